"""Words and runs of words, without case and punctuation."""

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{1,200}`", re.DOTALL)


def words(text: str) -> list[str]:
    """Return the words of `text` in small letters, without punctuation; apostrophes are written alike."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def runs(sequence: list[str], length: int) -> list[tuple[str, ...]]:
    """Return all runs of `length` words, in order; none where there are fewer words."""
    return [tuple(sequence[i : i + length]) for i in range(len(sequence) - length + 1)]


def without_code(text: str) -> str:
    """Return `text` with code blanked out; positions stay the same."""
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
