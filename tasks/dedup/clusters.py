"""Which of a handful of texts are near: for trials and for those who build on this. Everything is in memory."""

from collections.abc import Iterable

from tasks.dedup.keys import NO_KEY, Signer


def near_duplicates(texts: Iterable[str]) -> list[int]:
    """Return the cluster of each text: the place of the first text of its cluster, counted from 0.

    Texts are near when they are the same but for case, white space and compatibility forms, or share a band of their
    MinHash (see minhash.py). A cluster holds all that are joined by such steps. Which documents a pipeline drops is
    another question: those that are near one of lower rank, which leaves the ends of a chain that are not near.
    """
    signer = Signer()
    parents: list[int] = []
    first_of: dict[int, int] = {}
    for number, text in enumerate(texts):
        parents.append(number)
        for key in signer.keys(text, None).tolist():
            if key != NO_KEY:
                one, other = sorted((_root(parents, number), _root(parents, first_of.setdefault(key, number))))
                parents[other] = one
    return [_root(parents, number) for number in range(len(parents))]


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number
