"""The rank of a document: partition, source, offset. It is the same however the sources were cut into shards.

The rows of a shard come in runs: stretches of one source with ascending places. Sorted by source and first place, the
runs of all shards give every document of the partition a number from 0, without a sort of the documents. Only where
runs of one source overlap (a shard that holds two pieces of a file, another one what lies between) are their rows
looked at one by one.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tasks.core.errors import FatalError

Place = tuple[int, int]
Numbers = NDArray[np.int64]


def place_of(locator: str | None) -> Place:
    """Return where in its source a record stands: (row group, row) for Parquet, (0, offset) for all else."""
    where: dict[str, Any] = json.loads(locator) if locator else {}
    if "row" in where:
        return int(where.get("row_group", 0)), int(where["row"])
    return 0, int(where.get("offset", 0))


class Run(NamedTuple):
    """Rows of one shard, one after the other, from one source.

    `row` is the first one in its shard; `position` is the same counted over all shards, one after the other.
    """

    source: str
    first: Place
    last: Place
    shard: str
    position: int
    row: int
    size: int


class RunCounter:
    """Finds the runs of a shard while its rows go by."""

    def __init__(self) -> None:
        self._runs: list[tuple[str, Place, Place, int]] = []

    def add(self, source: str, place: Place) -> None:
        """Take the next row. The segments of one page have one place, and stay in their order."""
        if self._runs:
            last_source, first, last, count = self._runs[-1]
            if last_source == source and last <= place:
                self._runs[-1] = (source, first, place, count + 1)
                return
        self._runs.append((source, place, place, 1))

    def runs(self) -> list[list[Any]]:
        """Return [source, first place, last place, rows] of each run, as JSON holds it."""
        return [[source, list(first), list(last), count] for source, first, last, count in self._runs]


# The places of the rows of a run, as two columns.
PlacesOf = Callable[[Run], tuple[Numbers, Numbers]]


@dataclass(frozen=True)
class Ranks:
    """Turns the position of a row (all rows of the shards, one shard after the other) into its rank, and back.

    `by_position` and `by_rank` hold the first position and the first rank of each stretch in which both ascend
    together, in the order of positions and of ranks; `starts` the first position of each shard and, at the end, the
    number of rows.
    """

    by_position: tuple[Numbers, Numbers]
    by_rank: tuple[Numbers, Numbers]
    starts: Numbers

    @classmethod
    def of(cls, shards: Sequence[tuple[str, list[list[Any]]]], places_of: PlacesOf) -> Self:
        """Make the table from the name and the runs of each shard. Their order makes no difference to the ranks.

        A record that is listed twice has two places: the names of the shards decide. Raises FatalError beyond 2^32
        rows.
        """
        runs: list[Run] = []
        starts = [0]
        for name, shard in shards:
            position = starts[-1]
            for source, first, last, count in shard:
                ends = (first[0], first[1]), (last[0], last[1])
                runs.append(Run(source, *ends, name, position, position - starts[-1], count))
                position += count
            starts.append(position)
        if starts[-1] >= 1 << 32:
            raise FatalError(f"{starts[-1]} documents in one partition: at most 2^32 can be ranked; make it smaller")
        stretches = np.array([*_in_order(sorted(runs), places_of)], dtype=np.int64).reshape(-1, 2)
        positions, counts = stretches[:, 0], stretches[:, 1]
        ranks = np.cumsum(counts) - counts
        order = np.argsort(positions)
        return cls((positions[order], ranks[order]), (ranks, positions), np.array(starts, dtype=np.int64))

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self.starts[-1])

    def ranks(self, positions: Numbers) -> Numbers:
        """Return the rank of each position."""
        return _shifted(self.by_position, positions)

    def positions(self, ranks: Numbers) -> Numbers:
        """Return the position of each rank."""
        return _shifted(self.by_rank, ranks)


def _shifted(table: tuple[Numbers, Numbers], values: Numbers) -> Numbers:
    froms, tos = table
    stretch = np.searchsorted(froms, values, side="right") - 1
    shifted: Numbers = values - froms[stretch] + tos[stretch]
    return shifted


def _in_order(runs: list[Run], places_of: PlacesOf) -> Iterator[tuple[int, int]]:
    """Yield (first position, rows) of stretches in the order of ranks; `runs` are sorted."""
    group: list[Run] = []
    last: Place = (0, 0)
    for run in runs:
        if group and (run.source != group[0].source or run.first >= last):
            yield from _stretches(group, places_of)
            group = []
        last = max(last, run.last) if group else run.last
        group.append(run)
    if group:
        yield from _stretches(group, places_of)


def _stretches(group: list[Run], places_of: PlacesOf) -> Iterator[tuple[int, int]]:
    """Yield the stretches of runs that overlap, each row at its place; one run alone is one."""
    if len(group) == 1:
        yield group[0].position, group[0].size
        return
    places = [places_of(run) for run in group]
    majors, minors = (np.concatenate([place[column] for place in places]) for column in (0, 1))
    numbers = np.repeat(np.arange(len(group)), [run.size for run in group])
    rows = np.concatenate([np.arange(run.position, run.position + run.size) for run in group])
    rows = rows[np.lexsort((rows, numbers, minors, majors))]
    cuts = np.flatnonzero(np.diff(rows) != 1) + 1
    for part in np.split(rows, cuts):
        yield int(part[0]), len(part)
