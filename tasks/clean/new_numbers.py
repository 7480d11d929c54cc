"""The instruction brings in a number that the document does not hold: its premise has drifted away.

Only what is surely a figure of the matter is looked at: no small counts ("five tips"), no wishes about the form of
the answer ("in 200 words"), no age of a listener ("to a 10-year-old").
"""

import re
import unicodedata

from tasks.clean.rule import Case, Rule

# Up to a dozen a person counts ways, steps and tips, which a document has without numbering them.
LARGEST_COUNT = 12
_NUMBER = re.compile(r"(?<![\w.,])[0-9]+(?:[.,][0-9]+)*(?![0-9])(?P<ordinal>st|nd|rd|th)?(?P<plural>s\b)?")
_FORM = re.compile(
    r"[ -]*(?:(?:\w+[ -]){0,1}(?:words?|sentences?|paragraphs?|characters?|lines?|bullets?|points?|items?|questions?|"
    r"examples?|ideas?|tips?|ways?|steps?|reasons?|facts?|things?|options?)\b|-?years?-olds?\b|year[ -]old\b)"
)
_DIGITS = re.compile(r"[0-9]+(?:[ .,:/'’\u00a0\u202f-]?[0-9]+)*")
# How numbers begin in words, whether they count or order: "twent" of twenty and twentieth.
_TENS = {2: "twent", 3: "thirt", 4: "fort", 5: "fift", 6: "sixt", 7: "sevent", 8: "eight", 9: "ninet"}
_ONES = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nin"}
_ORDINAL_ONES = {1: "first", 2: "second", 3: "third", 5: "fifth"}


def _fault(case: Case) -> str | None:
    instruction = unicodedata.normalize("NFKC", case.instruction)
    stated = [match for match in _NUMBER.finditer(instruction) if not _FORM.match(instruction, match.end())]
    if not stated:
        return None
    document = unicodedata.normalize("NFKC", case.told).casefold()
    digits = " ".join(re.sub("[^0-9]", "", found) for found in _DIGITS.findall(document))
    missing = [match[0] for match in stated if not _is_known(match, digits, document)]
    return f"not in the document: {', '.join(missing[:10])}" if missing else None


def _is_known(match: re.Match[str], digits: str, document: str) -> bool:
    """Say whether the digits stand anywhere in the document, written in whatever way."""
    plain = re.sub("[^0-9]", "", match[0])
    if len(plain) <= len(str(LARGEST_COUNT)) and int(plain) <= LARGEST_COUNT:
        return True
    # "1.5 million" holds the digits of 1,500,000 but for its noughts, "the 90s" those of 1990s.
    significant = plain.rstrip("0") or "0"
    if significant in digits or (match["plural"] and plain[-2:] in digits):
        return True
    if len(plain) == 2:
        return _TENS.get(int(plain[0]), "teen") in document and _ones(int(plain[1]), document)
    return len(significant) == 1 and bool(re.search(r"\b(?:hundred|thousand|million|billion)", document))


def _ones(value: int, document: str) -> bool:
    return value == 0 or _ONES[value] in document or _ORDINAL_ONES.get(value, "-") in document


RULE = Rule("instruction_new_numbers", _fault)
