"""Finds every place of a plain text that names a score, and says how strongly it does.

Each number is looked at with the words right before and behind it: both windows are bounded, so that the work grows
with the number of numbers and no text makes it slow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from tasks.score import wording

LOWEST, HIGHEST = 1, 5
# Characters that are looked at before and behind a number.
_BEFORE, _BEHIND = 90, 40


class Strength(IntEnum):
    """How a score is stated. A stronger statement makes weaker ones irrelevant; equals must agree."""

    PART = 0  # "Clarity: 3/5"
    MENTION = 1  # "this is a 4", a number alone on the first or last line
    STATED = 2  # "Score: 4", "4 out of 5", "I would give it a 4"
    FINAL = 3  # "Overall score: 4"


@dataclass(frozen=True)
class Statement:
    """One place that names a score; `value` is None for a number that no row of the rubric has."""

    strength: Strength
    value: int | None
    where: str
    position: int
    is_ambiguous: bool = False


def find_statements(text: str) -> Iterator[Statement]:
    """Yield every place of the plain `text` that names a score, in their order."""
    begin = len(text) - len(text.lstrip())
    for number in wording.NUMERAL.finditer(text):
        before = text[max(0, number.start() - _BEFORE) : number.start()]
        behind = text[number.end() : number.end() + _BEHIND]
        if number.start() > _BEFORE:
            before = "\x1f" + before  # \A is the beginning of the text alone
        strength = _strength(before, number[0], behind)
        if strength is None and _is_alone(text, number.span(), begin):
            strength = Strength.MENTION
        if strength is not None and not wording.HYPOTHETICAL.match(behind):
            yield _statement(strength, before, number, behind)


def _strength(before: str, number: str, behind: str) -> Strength | None:
    """Return how strongly the words around a number make it a score, None for not at all."""
    is_clean = bool(wording.CLEAN.match(behind))
    if (found := wording.STRONGLY.search(before)) and (strength := _labelled(found, before, is_clean)) is not None:
        return _unless_quoted(strength, before, behind)
    if is_clean and (found := wording.WEAKLY.search(before)) and wording.IS_COLON.search(found["link"]):
        is_final = bool({found["label"], found["part"]} & wording.FINAL_WORDS) or found["label"] == "quality"
        return Strength.FINAL if is_final else Strength.MENTION
    is_wished = wording.RATHER.search(before) or wording.WISHED.search(before)
    if is_clean and (found := wording.VERDICT.search(before)):
        return None if is_wished or wording.NEGATED.search(before[: found.start()]) else Strength.STATED
    if is_wished or wording.NEGATED.search(before):
        return None
    if (fraction := wording.FRACTION.match(behind)) and is_clean:
        if _whole_number(fraction["of"]) != HIGHEST:
            return None
        if wording.CRITERION.search(before):
            return Strength.PART
        return Strength.MENTION if _whole_number(number) is None else Strength.STATED
    if wording.OF.search(before) or wording.STARRED.match(behind):
        return Strength.MENTION
    if not is_clean or number == "one":
        return None
    opens = wording.OPENS.search(before) and not behind.startswith("\n")
    return Strength.MENTION if opens or wording.TOLD.search(before) or wording.LEVEL.search(before) else None


def _labelled(found: re.Match[str], before: str, is_clean: bool) -> Strength | None:
    """Read "Score: 4", "the score is 4", "Score 4" at the start of a line, "Final score 4"."""
    part, link = found["part"], found["link"]
    if found["label"].endswith("]") or wording.IS_COLON.search(link):
        if part in wording.FINAL_WORDS:
            return Strength.FINAL
        is_whole = (
            part is None or part in wording.WHOLE_WORDS or not wording.CLAUSE_START.search(before[: found.start()])
        )
        return Strength.STATED if is_whole else Strength.PART
    if not is_clean or wording.NEGATED.search(before[: found.start()]):
        return None
    if {"is", "be", "was"} & set(link.split()):
        return Strength.STATED
    opens_line = part is None and wording.LINE_START.search(before[: found.start()])
    return Strength.STATED if not link.split() and (opens_line or part in wording.FINAL_WORDS | {"my"}) else None


def _unless_quoted(strength: Strength, before: str, behind: str) -> Strength | None:
    """Take a label and number in quotation marks for the judge's own at the end of the text only."""
    closing = wording.ENDS_QUOTED.match(behind)
    if closing is None or not wording.QUOTED.search(before):
        return strength
    return Strength.MENTION if closing["rest"] is not None else None


def _is_alone(text: str, span: tuple[int, int], begin: int) -> bool:
    """Whether a number is all that the first or the last line holds; the first begins at `begin`."""
    start, end = span
    line = text.rfind("\n", max(0, start - _BEFORE), start) + 1
    if any(sign.isalnum() or sign in "+-" for sign in text[line:start]) or (not line and start > _BEFORE):
        return False
    behind = text[end : end + _BEHIND]
    if line <= begin and wording.ALONE.match(behind):
        return True
    return end + _BEHIND >= len(text) and bool(wording.LAST.match(behind))


def _statement(strength: Strength, before: str, number: re.Match[str], behind: str) -> Statement:
    """Read the number with what stands around it: a denominator, a second number, a per cent sign, a doubt."""
    where = " ".join((before[-40:] + number[0] + behind[:20]).split())
    fraction = wording.FRACTION.match(behind)
    is_off_scale = bool(wording.INEXACT.match(behind)) or bool(fraction and _whole_number(fraction["of"]) != HIGHEST)
    value = None if is_off_scale else _whole_number(number[0])
    if value is None or not LOWEST <= value <= HIGHEST:
        return Statement(strength, None, where, number.start())
    is_closed = before.rstrip().endswith("<") and behind.startswith(">")
    second = wording.SECOND_FRACTION.match(behind, fraction.end()) if fraction else wording.SECOND.match(behind)
    is_compared = wording.COMPARED.search(before) and not is_closed
    is_ambiguous = bool(second or wording.DOUBTED.match(behind) or is_compared)
    return Statement(strength, value, where, number.start(), is_ambiguous)


def _whole_number(token: str) -> int | None:
    """Return a whole number of up to two digits, written in digits ("4", "4.0") or as a word; None for all else."""
    if token in wording.WORDS:
        return wording.WORDS.index(token)
    whole = re.fullmatch(r"(\d{1,2})(?:\.0+)?", token, re.ASCII)
    return int(whole[1]) if whole else None
