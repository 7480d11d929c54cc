"""Reads the score out of a judge's whole answer, or says why there is none that can be trusted.

Judges were seen to write numbers beyond the scale, halves, two scores, or the rubric itself (method notes of
re-implementations: up to two thirds of a small judge's answers hold no usable score). A wrong score poisons the
dataset in silence, a refused one costs a row: in doubt this parser refuses.

Statements of four strengths are looked for (tasks/score/statements.py). The strongest that is found counts, and all
statements of that strength must name the same number.
"""

from dataclasses import dataclass

from tasks.score.plain import judgement_span, plain
from tasks.score.statements import Statement, Strength, find_statements

# A judgement has some hundred words; a text beyond this is a model that ran away.
MAX_CHARS = 100_000


@dataclass(frozen=True)
class Score:
    """A whole number from 1 to 5, the words in which it was found, and the place of its number in the judgement."""

    value: int
    where: str
    offset: int


@dataclass(frozen=True)
class Reason:
    """Why there is no score: `score_missing`, `score_out_of_range` or `score_ambiguous`; `detail` is for people."""

    code: str
    detail: str


def parse(text: str) -> Score | Reason:
    """Return the one score that the judgement `text` states, or the reason why there is none. Never raises."""
    start, end = judgement_span(text)
    if end - start > MAX_CHARS:
        return Reason("score_missing", f"{end - start} characters are no judgement")
    read = plain(text, start, end)
    stated = _strongest(list(find_statements(read.text)))
    if not stated:
        return Reason("score_missing", f"no score in {_shown(read.text[-160:])}")
    if any(item.is_ambiguous for item in stated) or len({item.value for item in stated}) > 1:
        return Reason("score_ambiguous", "; ".join(dict.fromkeys(_shown(item.where) for item in stated))[:300])
    first = stated[0]
    if first.strength is Strength.PART and len(stated) > 1:
        return Reason("score_ambiguous", f"only of parts: {_shown(first.where)}; {_shown(stated[1].where)}")
    if first.value is None:
        return Reason("score_out_of_range", _shown(first.where))
    return Score(first.value, _shown(first.where), read.offsets[first.position])


def parse_score(text: str) -> int | None:
    """Return the score alone, or None."""
    found = parse(text)
    return found.value if isinstance(found, Score) else None


def _strongest(found: list[Statement]) -> list[Statement]:
    """Return the statements that count. A final score settles what was said before it, not what is said after it."""
    for strength in reversed(Strength):
        of_it = [item for item in found if item.strength is strength]
        if of_it and strength is Strength.FINAL:
            return [item for item in found if item.strength >= Strength.STATED and item.position >= of_it[0].position]
        if of_it:
            return of_it
    return []


def _shown(text: str) -> str:
    return " ".join(text.split())[:120]
