"""Reads the score out of a judge's whole answer, or says why there is none that can be trusted.

Judges were seen to write numbers beyond the scale, halves, two scores, or the rubric itself (method notes of
re-implementations: up to two thirds of a small judge's answers hold no usable score). A wrong score poisons the
dataset in silence, a refused one costs a row: in doubt this parser refuses.

Statements of three strengths are looked for: a labelled score ("Score: 4"), a verdict in prose ("4 out of 5",
"I would give it a 4"), a mere mention ("this is a 4", a number alone on the first or last line). The first two
count together, the last only where they are missing. All that count must name the same number.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LOWEST, HIGHEST = 1, 5
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Score:
    """A whole number from 1 to 5, and the words in which it was found."""

    value: int
    where: str


@dataclass(frozen=True)
class Reason:
    """Why there is no score: `score_missing`, `score_out_of_range` or `score_ambiguous`; `detail` is for people."""

    code: str
    detail: str


@dataclass(frozen=True)
class _Statement:
    """One place that names a score; `value` is None for a number that no row of the rubric has."""

    value: int | None
    where: str
    ambiguous: bool = False


_VALUE = r"[<\[({\"'$ \t]{0,8}(?P<value>[-+]?\d+(?:[.,]\d+)*|" + "|".join(_WORDS) + r")(?!\w)"
_LABEL = r"(?:score|rating|grade|mark|verdict|final answer)"

_LABELLED = (
    # Score: 4 | "score": 4 | <score>4 | Overall rating = 4 | Score:\n4
    re.compile(rf"(?:(?P<part>[a-z]+)[ \t]+)?\b{_LABEL}\b[\s\"')\]]*[:=>]+\s*{_VALUE}"),
    # a line "Score 4", "Final score - 4", or a heading "Score" with the number below it
    re.compile(rf"^[^\w\n]*(?:(?P<part>[a-z]+)[ \t]+)?\b{_LABEL}\b(?:[ \t]*[-–—]?[ \t]*|[ \t]*\n+){_VALUE}", re.M),
)
_FILLER = (
    "it|this|that|the|these|an|a|as|at|with|of|to|is|be|would|overall|therefore|thus|so|only|just|level|solid|strong|"
    "answer|response|pair|example|candidate|text|final|score|rating|grade"
)
_VERB = "give|gives|rate|rates|rated|score|scores|scored|assign|award|awarded|deserves?|merits?|earns?|gets|receives|go"
# What may follow a number that is a verdict; "gives it 3 examples" is none.
_TAIL = (
    r"(?=[\])>}\"']*[ \t]*(?:$|[.,;:!?)\n/⁄%+–—-]|(?:on|because|since|as|for|overall|but|due|or|to|and|out of|of|"
    r"instead|rather|at|points?|stars?|here|if|would|with)\b))"
)
_VERDICTS = (
    re.compile(rf"\b(?:{_VERB})(?:\s+(?:{_FILLER})){{0,8}}\s+{_VALUE}{_TAIL}", re.M),
    re.compile(rf"\b(?:my|the|final|overall)\s+{_LABEL}(?:\s+(?:for|{_FILLER}|i)){{0,6}}\s+{_VALUE}{_TAIL}", re.M),
    re.compile(
        rf"(?<![\w.,/]){_VALUE}[ \t]*(?:/|out of)[ \t]*(?:5|five)"
        r"(?=\W*$|[.,;:!)\]\n]|\s+(?:points?|stars?|because|since|as|for|on|overall|and|but|due)\b)",
        re.M,
    ),
)
_MENTIONS = (
    re.compile(rf"\b{_LABEL}\s+of\s+{_VALUE}"),
    re.compile(
        r"\b(?:is|as|be|it|say|therefore|so),?\s+(?:(?:an?|level|clearly|a clear|a solid|a strong)\s+)?"
        rf"{_VALUE}(?=\s*(?:$|[.,;!)\n]|on\b|because\b|since\b|out of\b))",
        re.M,
    ),
    re.compile(rf"\bbetween\s+(?:an?\s+)?{_VALUE}(?=\s+and\b)"),
    re.compile(rf"{_VALUE}\s+stars?\b"),
    # the number is all that the first or the last line holds
    re.compile(rf"\A[^\w+-]*{_VALUE}[^\w\n]*(?:/[ \t]*5[^\w\n]*)?(?:\n|\Z)"),
    re.compile(rf"^[^\w\n+-]*{_VALUE}[^\w\n]*(?:/[ \t]*5)?\W*\Z", re.M),
)

# "5: An exemplary answer …", "3 - It helps": a line of the rubric, or an item of a list, is no verdict.
_RUBRIC_LINE = re.compile(r"^[^\w\n]*[0-9][ \t]*[:.)=–—-][ \t]*[^\s\d].*$", re.M)
_RUBRIC_LABEL_LINE = re.compile(r"^[^\w\n]*(?:score|rating|level|grade)[ \t]+[0-9][ \t]*[:=–—-][ \t]*[^\s\d].*$", re.M)
_SCALE = re.compile(
    r"\(?\b(?:(?:on|using)\s+)?(?:(?:a|the)\s+)?(?:scale\s+)?(?:from\s+|of\s+|between\s+)?"
    r"(?:1|one)\s*(?:-|–|—|to|and|through)\s*(?:5|five)\b(?:[ -]*(?:point\s+)?scale)?\)?"
    r"|(?<!out of )\b(?:5|five)[ -]points?\b(?:\s+(?:scale|rubric))?"
    r"|\((?:max(?:imum)?|out of)\s+(?:5|five)\)(?=[ \t]*:)"
)
# "cannot give it a 5", "to get a 5", "falls short of a 5"
_NEGATED = re.compile(
    r"(?:\b(?:not|cannot|never|hardly|barely|short of|instead of|than|could|if|(?<!inclined )(?<!have )(?<!going )to)"
    r"|n['’]t)(?:\s+\w+)?\s*$"
)
# What follows a score that was only thought of: a score of 5 would require this, means that, is reserved for those.
_HYPOTHETICAL = re.compile(
    r"\W*(?:would|requires?|needs?|means?|if|were|is (?:for|reserved)|for (?:an?|the)\s+\w+\s+answer)\b"
)
# What may stand before the word "score" when the whole is meant; any other word names a part ("Clarity score").
_WHOLE = {None, "overall", "final", "total", "quality", "the", "my", "your", "a", "this", "is", "and"}

_DENOMINATOR = re.compile(r"[\])>}\"']*[ \t]*\(?[ \t]*(?:/|⁄|out of|of)[ \t]*(?P<of>\d+|" + "|".join(_WORDS) + r")\b")
_SECOND = re.compile(
    r"[ \t]*(?:-|–|—|\bto\b|\bor\b|\band\b|,|&|~)[ \t]*(?:an?[ \t]+)?(?:\d|half\b|(?:" + "|".join(_WORDS) + r")\b)"
)
_INEXACT = re.compile(r"[ \t]*%|\+")


def parse(text: str) -> Score | Reason:
    """Return the one score that the judgement `text` states, or the reason why there is none. Never raises."""
    plain = _plain(text)
    kept = _strip_rubric(plain)
    stated = [*_labelled(kept), *_find(kept, _VERDICTS)] or list(_find(kept, _MENTIONS))
    if not stated:
        return Reason("score_missing", f"no score in {_shown(plain[-160:])}")
    if any(item.ambiguous for item in stated) or len({item.value for item in stated}) > 1:
        places = "; ".join(dict.fromkeys(_shown(item.where) for item in stated))
        return Reason("score_ambiguous", places[:300])
    value = stated[0].value
    if value is None:
        return Reason("score_out_of_range", _shown(stated[0].where))
    return Score(value, _shown(stated[0].where))


def parse_score(text: str) -> int | None:
    """Return the score alone, or None."""
    found = parse(text)
    return found.value if isinstance(found, Score) else None


def _plain(text: str) -> str:
    """Return `text` in small letters without markup; what a reasoning model thought before it answered is left out."""
    text = unicodedata.normalize("NFKC", text.rpartition("</think>")[2]).casefold()
    text = text.replace("\x00", "").replace("−", "-").replace("_", " ")
    text = re.sub(r"\*|`|~|\\boxed", "", text)
    # One space, one empty line at most: no run of blanks can make a pattern slow.
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", re.sub(r"[^\S\n]+", " ", text))


def _strip_rubric(text: str) -> str:
    """Return `text` without quoted lines of the rubric and without words about the scale itself."""
    text = _SCALE.sub(" ", _RUBRIC_LINE.sub(" ", text))
    if len(_RUBRIC_LABEL_LINE.findall(text)) > 1:
        text = _RUBRIC_LABEL_LINE.sub(" ", text)
    return text


def _labelled(text: str) -> list[_Statement]:
    """Return the labelled scores; those of parts ("Clarity score: 3") count only where no whole is named."""
    whole: list[_Statement] = []
    parts: list[_Statement] = []
    for pattern in _LABELLED:
        for match in pattern.finditer(text):
            if _HYPOTHETICAL.match(text, match.end()):
                continue
            (whole if match["part"] in _WHOLE else parts).append(_statement(text, match))
    return whole or parts


def _find(text: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[_Statement]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 30) : match.start()]
            if not _NEGATED.search(before) and not _HYPOTHETICAL.match(text, match.end()):
                yield _statement(text, match)


def _statement(text: str, match: re.Match[str]) -> _Statement:
    """Read the number of `match` with what follows it: a denominator, a second number, a per cent sign."""
    end = match.end("value")
    where = text[match.start() : end + 20].strip()
    if _INEXACT.match(text, end):
        return _Statement(None, where)
    denominator = _DENOMINATOR.match(text, end)
    if denominator and _number(denominator["of"]) != HIGHEST:
        return _Statement(None, where)
    if not denominator and _SECOND.match(text, end):
        return _Statement(None, where, ambiguous=True)
    value = _number(match["value"])
    return _Statement(value if value is not None and LOWEST <= value <= HIGHEST else None, where)


def _number(token: str) -> int | None:
    """Return a whole number of up to two digits, written in digits ("4", "4.0") or as a word; None for all else."""
    if token in _WORDS:
        return _WORDS.index(token)
    whole = re.fullmatch(r"\+?(\d{1,2})(?:\.0+)?", token, re.ASCII)
    return int(whole[1]) if whole else None


def _shown(text: str) -> str:
    return " ".join(text.split())[:120]
