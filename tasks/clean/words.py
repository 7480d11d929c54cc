"""Words, and the longest run of them that two texts share."""

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words of `text` in small letters, without punctuation; apostrophes are written alike."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def longest_shared_run(ours: list[str], theirs: list[str]) -> list[str]:
    """Return the longest run of `ours` that stands in `theirs` as it is, the first of equally long ones."""
    haystack = f" {' '.join(theirs)} "
    start = length = 0
    for i in range(len(ours)):
        while i + length < len(ours) and f" {' '.join(ours[i : i + length + 1])} " in haystack:
            start, length = i, length + 1
    return ours[start : start + length]
