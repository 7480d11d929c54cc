"""Numbers in texts, normalised: 1,000 is 1000, 3.50 is 3.5, "three" is 3, "1.5 million" is 1500000.

A written number may be read in several ways ("1,5", "1.000", "3 250"). A text that is relied upon knows every
reading of its numbers; a number that is looked up is known when one of its readings is.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tasks.verify import number_words

_DIGITS = r"[0-9]{1,3}(?:[ ][0-9]{3})+(?![0-9])|[0-9]+(?:[.,][0-9]+)*"
_SCALE = rf"[ -]?(?P<scale>{'|'.join(number_words.SCALES)})\b|[ ]?(?P<letter>bn|mn|[km])\b"
_STATED = re.compile(rf"(?<!\w)(?<![0-9][.,])(?P<digits>{_DIGITS})(?:{_SCALE})?|(?P<words>{number_words.PATTERN})")
_ANYWHERE = re.compile(rf"(?P<digits>{_DIGITS})(?:{_SCALE})?|(?P<words>{number_words.PATTERN})")
_LETTERS = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9}
# Longer runs of digits are codes; they are compared as they are written.
_MAX_SCALED_DIGITS = 15
# Who knows version 3.11.2 knows 3.11 as well.
_MAX_VERSION_PARTS = 4

# "1." at the start of a line, "Step 2", "## 3) Title": counting by the one who writes.
_ORDINAL = re.compile(
    r"^[ \t>#*_\-•]*(?:(?:step|tip|part|method|option|stage|phase|rule|example)[ ]+)?\(?[0-9]{1,3}[.):](?=[\s*_]|$)"
    r"|\bsteps?[ ]+[0-9]{1,2}\b(?:[ ]*(?:-|–|to|and)[ ]*[0-9]{1,2}\b)?",
    re.IGNORECASE | re.MULTILINE,
)
# A small number word counts as a figure only before a unit: "three hours", not "these three steps", "one of them".
_LARGEST_COUNTING_WORD = 12
_UNIT = re.compile(
    r"[ -](?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|per ?cent|degrees?|dollars?|euros?|pounds?|"
    r"cents?|inch(?:es)?|feet|foot|yards?|miles?|metres?|meters?|kilometres?|kilometers?|grams?|kilograms?|kilos?|ounces?|"
    r"lit(?:re|er)s?|cups?|tablespoons?|teaspoons?|times)\b"
)
Reading = frozenset[str]


@dataclass(frozen=True)
class Number:
    """One number as it stands in a text. `readings` are the sets of normalised numbers that it may mean."""

    text: str
    readings: tuple[Reading, ...]

    def is_known(self, known: set[str]) -> bool:
        """Say whether one of the readings is wholly among the `known` numbers."""
        return any(reading <= known for reading in self.readings)


def stated_numbers(text: str) -> Iterator[Number]:
    """Yield the numbers that `text` states, without ordinals of lists, small counting words and digits in names."""
    text = _ORDINAL.sub(" ", _fold(text))
    for match in _STATED.finditer(text):
        if match["digits"]:
            yield Number(match[0], _readings(match))
            continue
        value = number_words.value_of(match["words"])
        if value > _LARGEST_COUNTING_WORD or (value > 1 and _UNIT.match(text, match.end())):
            yield Number(match[0], (frozenset([str(value)]),))


def known_numbers(text: str) -> set[str]:
    """Return every number that `text` can be said to hold, in any reading and place ("B12" holds 12)."""
    text = _fold(text)
    known = {str(value) for value in number_words.every_value_in(text)}
    for match in _ANYWHERE.finditer(text):
        if not match["digits"]:
            known.add(str(number_words.value_of(match["words"])))
            continue
        for reading in _readings(match):
            known |= reading
        parts = re.findall(r"[0-9]+", match["digits"])
        known.add(_plain(match["digits"]))
        known.update(_plain(part) for part in parts)
        known.update(".".join(parts[:count]) for count in range(2, min(len(parts), _MAX_VERSION_PARTS) + 1))
    return known


def _fold(text: str) -> str:
    """Return `text` in small letters with plain digits; ½ becomes 1/2, apart from what it touches, ² is dropped."""
    if text.isascii():
        return text.casefold()
    spaced = text.translate({ord(char): _loose(char) for char in set(text) if unicodedata.category(char) == "No"})
    return unicodedata.normalize("NFKC", spaced).casefold()


def _loose(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return "" if plain.isdigit() and unicodedata.decomposition(char).startswith(("<super>", "<sub>")) else f" {char} "


def _readings(match: re.Match[str]) -> tuple[Reading, ...]:
    digits = match["digits"]
    plain = _plain(digits)
    if match["scale"]:
        return (frozenset([_times(plain, number_words.SCALES[match["scale"]])]),)
    readings = [frozenset([plain])]
    if match["letter"]:
        readings.append(frozenset([_times(plain, _LETTERS[match["letter"]])]))
    parts = frozenset(_plain(part) for part in re.findall(r"[0-9]+", digits))
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", digits):
        readings.append(frozenset([_plain(digits.replace(".", ""))]))
    elif " " in digits or re.fullmatch(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", digits):
        readings.append(parts)
    elif "," in digits and not re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", digits):
        readings += [parts, frozenset([_plain(digits.replace(",", "."))])]
    return tuple(readings)


def _plain(digits: str) -> str:
    """Return a number without thousands separators, leading zeros and trailing decimal zeros."""
    digits = re.sub(r"[ ]", "", digits)
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", digits):
        digits = digits.replace(",", "")
    whole, point, rest = digits.partition(".")
    if "," in digits or "." in rest:
        return digits
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + rest if rest else "")


def _times(plain: str, scale: int) -> str:
    if len(plain) > _MAX_SCALED_DIGITS or not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain):
        return plain
    return _plain(f"{Decimal(plain) * scale:f}")
