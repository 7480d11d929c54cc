"""Words without case and punctuation, and the runs of them that two texts share."""

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words of `text` in small letters, without punctuation; apostrophes are written alike."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def runs(sequence: list[str], length: int) -> list[tuple[str, ...]]:
    """Return all runs of `length` words, in order; none where there are fewer words."""
    return [tuple(sequence[i : i + length]) for i in range(len(sequence) - length + 1)]


def longest_shared_run(ours: list[str], theirs: list[str]) -> list[str]:
    """Return the longest run of `ours` that stands in `theirs` as it is, the first of equally long ones."""
    haystack = f" {' '.join(theirs)} "
    start = length = 0
    for i in range(len(ours)):
        while i + length < len(ours) and f" {' '.join(ours[i : i + length + 1])} " in haystack:
            start, length = i, length + 1
    return ours[start : start + length]
