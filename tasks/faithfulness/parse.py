"""Takes the score out of a faithfulness judgement: the last line, in the form that the prompt asks for, and no other.

A judgement lists claims of the answer before it rates it, and those may speak of scores and figures themselves, so no
verdict is looked for in the prose. In doubt there is no score.
"""

import re

from tasks.core.errors import DataError

LOWEST, HIGHEST = 1, 5
# As asked for, and with what judges add to it: a denominator, a decimal nought, a full stop.
_SCORE = re.compile(r"score\s*[:=]\s*(?P<value>[0-9]+(?:[.,][0-9]+)?)\s*(?:(?:/|out\s+of)\s*(?P<of>[0-9]+))?\s*\.?")
_MARKUP = re.compile(r"[*_`#<>\[\]()\"']")


def parse(text: str, finish_reason: str) -> int:
    """Return the score of 1 to 5 on the last line of `text`.

    Raises DataError: `answer_truncated` (the token limit came before the score), `score_missing`,
    `score_out_of_range`, or `score_ambiguous` when an earlier line states another score.
    """
    lines = [line for line in map(_plain, text.rpartition("</think>")[2].splitlines()) if line]
    last = _SCORE.fullmatch(lines[-1]) if lines else None
    if last is None:
        if finish_reason == "length":
            raise DataError("answer_truncated", f"{len(text)} characters, then the token limit")
        raise DataError("score_missing", f"the last line is {_shown(lines[-1] if lines else '')}")
    value = _value(last)
    if value is None:
        raise DataError("score_out_of_range", _shown(lines[-1]))
    earlier = [found for line in lines[:-1] if (found := _SCORE.fullmatch(line))]
    if any(_value(found) != value for found in earlier):
        raise DataError("score_ambiguous", f"{_shown(earlier[0][0])} and {_shown(lines[-1])}")
    return value


def _plain(line: str) -> str:
    """Return `line` in small letters, without markup and the blanks around it."""
    return " ".join(_MARKUP.sub("", line).casefold().split())


def _value(found: re.Match[str]) -> int | None:
    """Return the whole number that a line states, None where the scale has no such."""
    whole = re.fullmatch(r"([0-9]{1,2})(?:[.,]0+)?", found["value"])
    value = int(whole[1]) if whole and found["of"] in (None, str(HIGHEST)) else 0
    return value if LOWEST <= value <= HIGHEST else None


def _shown(text: str) -> str:
    return repr(text[:120])
