"""Measures of how much of a text repeats itself. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1, table A1.

Groups of words are of plain words: small letters, no punctuation around them, so that "again." repeats "Again". Shares
of characters are taken without white space. Nothing here is slower than linear in the number of words.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import count, islice

from tasks.filters.passage import Passage


def repeated_shares(items: Sequence[str], *, count_first: bool = False) -> tuple[float, float]:
    """Return the shares of items and of their characters that are in items which occurred before.

    With `count_first` the first one of several equal items counts too.
    """
    if len(set(items)) == len(items):
        return 0.0, 0.0
    counts = Counter(items)
    first = 0 if count_first else 1
    repeated = [(item, count - first) for item, count in counts.items() if count > 1]
    characters = sum(map(len, items))
    return (
        sum(count for _, count in repeated) / len(items),
        sum(len(item) * count for item, count in repeated) / (characters or 1),
    )


def top_share(passage: Passage, n: int) -> float:
    """Return the share of characters that the commonest group of `n` words covers; the longest of equally common ones.

    0 where no group occurs twice.
    """
    counts = _groups(passage.plain_words, n)
    most = max(counts.values(), default=0)
    if most < 2:
        return 0.0
    longest = max(sum(map(len, gram)) for gram, count in counts.items() if count == most)
    return min(1.0, most * longest / passage.plain_characters)  # occurrences may overlap


def top_share_bounds(passage: Passage, sizes: Sequence[int], highest: Sequence[float]) -> dict[int, float]:
    """Return what `top_share` is at most for each number of words, at little cost.

    A group that occurs k times consists of words, and of pairs of words, that occur at least k times each. Pairs are
    only counted where words alone leave one of the bounds `highest` open.
    """
    total = passage.plain_characters or 1
    word = max((len(word) * count for word, count in passage.plain_counts.items()), default=0) / total
    bounds = {n: n * word for n in sizes}
    if all(bounds[n] <= bound for n, bound in zip(sizes, highest, strict=True)):
        return bounds
    pairs = _groups(passage.plain_words, 2)
    pair = max((count * sum(map(len, gram)) for gram, count in pairs.items() if count > 1), default=0) / total
    return {n: min(bounds[n], n // 2 * pair + n % 2 * word) for n in sizes}


def _groups(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(islice(words, start, None) for start in range(n)), strict=False))


def duplicate_shares(passage: Passage, sizes: Sequence[int]) -> dict[int, float]:
    """Return, for each number of words, the share of characters in groups of so many words that occurred before.

    Groups are taken from left to right and do not overlap. A longer group can only repeat where the groups of the
    smallest size do, so only those places are gone through.
    """
    words, smallest = passage.plain_words, min(sizes)
    first = _first_places(words, smallest)
    again = [place for place, earlier in enumerate(first) if earlier != place]
    runs = _runs(sorted({*again, *(first[place] for place in again)}))
    return {n: _covered(words, n, runs, smallest) / (passage.plain_characters or 1) for n in sizes}


def duplicate_share_bound(passage: Passage, smallest: int) -> float:
    """Return what `duplicate_shares` is at most for groups of `smallest` words or more, at little cost.

    That is the share of all words that lie in a group of the smallest size which occurred before, overlapping or not.
    """
    words = passage.plain_words
    first = _first_places(words, smallest)
    covered = free = 0
    for place, earlier in enumerate(first):
        if earlier != place:
            covered += sum(map(len, words[max(place, free) : place + smallest]))
            free = place + smallest
    return covered / (passage.plain_characters or 1)


def _first_places(words: list[str], n: int) -> list[int]:
    """Return, for each group of `n` words, where such a group begins first."""
    places: dict[tuple[str, ...], int] = {}
    return list(map(places.setdefault, zip(*(islice(words, start, None) for start in range(n)), strict=False), count()))


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Return (first, after the last) of each run of places that follow one another."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs


def _covered(words: list[str], n: int, runs: list[tuple[int, int]], smallest: int) -> int:
    """Return how many characters lie in groups of `n` words that occurred before, inside the runs."""
    seen: set[tuple[str, ...]] = set()
    covered = free = 0
    for start, end in runs:
        for place in range(start, end - (n - smallest)):
            gram = tuple(words[place : place + n])
            if gram not in seen:
                seen.add(gram)
            elif place >= free:
                covered += sum(map(len, gram))
                free = place + n
    return covered
