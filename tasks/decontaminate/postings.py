"""Where runs of words stand in the evaluation sets, by a hash of the run. Hits are candidates, never verdicts."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
# Odd numbers with bits all over; nothing depends on which.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
# A text that repeats a run more often is looked at where the run stands first: the number of hits, and the time for
# them, stay in proportion to its length.
MAX_REPEATS = 64
# Slots of the filter for each run: one in 8 to 16 is taken, so that most runs of a page are dismissed by one look.
_SLOTS = 8


def runs(ids: Ids, length: int) -> tuple[Hashes, Ids]:
    """Return (hashes, places) of the runs of `length` ids that hold no 0, which stands for an unknown word."""
    count = len(ids) - length + 1
    if count <= 0:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    unknown = np.concatenate(([0], np.cumsum(ids == 0)))
    places = np.flatnonzero(unknown[length:] == unknown[:-length])
    hashes = np.zeros(len(places), np.uint64)
    numbers = ids.astype(np.uint64)
    for offset in range(length):
        hashes = (hashes + numbers[places + offset]) * _STEP
    hashes ^= hashes >> _HALF
    return hashes * _MIX, places


@dataclass(frozen=True)
class Postings:
    """Runs of words by hash, sorted; `places` are those of their first words."""

    hashes: Hashes
    places: Ids
    taken: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, hashes: Hashes, places: Ids) -> Self:
        """Index runs; equal ones keep the order of their places."""
        order = np.lexsort((places, hashes))
        slots = 1 << (max(1, len(hashes)) * _SLOTS).bit_length()
        taken = np.zeros(slots, np.bool_)
        taken[hashes & np.uint64(slots - 1)] = True
        return cls(hashes[order], places[order], taken)

    def hits(self, hashes: Hashes, places: Ids) -> tuple[Ids, Ids]:
        """Return pairs (place in the text, place in the sets) of equal hashes, in the order of the text.

        Of a run that the text repeats, the first MAX_REPEATS places.
        """
        likely = self.taken[hashes & np.uint64(len(self.taken) - 1)]
        if not likely.any():
            return np.empty(0, np.int64), np.empty(0, np.int64)
        hashes, places = _first_of_each(hashes[likely], places[likely])
        first = np.searchsorted(self.hashes, hashes, side="left")
        count = np.searchsorted(self.hashes, hashes, side="right") - first
        # The places of each hit follow one another from `first` on.
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return np.repeat(places, count), self.places[np.repeat(first, count) + within]


def _first_of_each(hashes: Hashes, places: Ids) -> tuple[Hashes, Ids]:
    if len(hashes) <= MAX_REPEATS:
        return hashes, places
    order = np.argsort(hashes, kind="stable")
    _, starts, counts = np.unique(hashes[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(starts, counts)
    kept = np.sort(order[rank < MAX_REPEATS])
    return hashes[kept], places[kept]
