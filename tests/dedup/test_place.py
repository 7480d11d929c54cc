"""Ranks: source and offset, however the sources were cut and packed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.errors import FatalError
from tasks.dedup.place import Ranks, Run, RunCounter, place_of

Row = tuple[str, int, int]


def ranks_of(shards: list[list[Row]]) -> tuple[Ranks, list[Row], list[Run]]:
    """The ranks of shards of (source, major, minor), all rows in the order of positions, and the runs looked into."""
    rows = [row for shard in shards for row in shard]
    asked: list[Run] = []
    named: list[tuple[str, Any]] = []
    for number, shard in enumerate(shards):
        counter = RunCounter()
        for source, major, minor in shard:
            counter.add(source, (major, minor))
        named.append((f"shard {number}", counter.runs()))

    def places(run: Run) -> tuple[Any, Any]:
        asked.append(run)
        part = rows[run.position : run.position + run.size]
        return np.array([row[1] for row in part]), np.array([row[2] for row in part])

    return Ranks.of(named, places), rows, asked


PLACES = st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.integers(0, 30))


@given(st.lists(PLACES, unique=True, max_size=40), st.data())
def test_ranks_are_those_of_a_sort(rows: list[Row], data: st.DataObject) -> None:
    """Whatever shards the rows are in, and in whatever order they come there."""
    shards: list[list[Row]] = [[] for _ in range(4)]
    for row in data.draw(st.permutations(rows)):
        shards[data.draw(st.integers(0, 3))].append(row)
    if data.draw(st.booleans()):
        shards = [sorted(shard) for shard in shards]
    ranks, flat, _ = ranks_of(shards)
    positions = np.arange(len(flat))
    assert ranks.count == len(flat)
    assert [flat[place] for place in np.argsort(ranks.ranks(positions))] == sorted(flat)
    assert (ranks.positions(ranks.ranks(positions)) == positions).all()
    assert ranks.starts.tolist() == np.cumsum([0, *map(len, shards)]).tolist()


def test_pieces_that_follow_one_another_are_not_looked_into() -> None:
    """Only where runs overlap the places of single rows are asked for."""
    whole = [("a", 0, offset) for offset in range(0, 90, 10)]
    ranks, _, asked = ranks_of([whole[6:], whole[:3], whole[3:6]])
    assert asked == []
    assert ranks.ranks(np.arange(9)).tolist() == [6, 7, 8, 0, 1, 2, 3, 4, 5]
    ranks, _, asked = ranks_of([whole[:3] + whole[6:], whole[3:6]])
    assert len(asked) == 2
    assert ranks.ranks(np.arange(9)).tolist() == [0, 1, 2, 6, 7, 8, 3, 4, 5]


def test_documents_of_one_record_stay_in_their_order() -> None:
    """Segments have one place."""
    ranks, _, asked = ranks_of([[("a", 0, 5)] * 3, [("a", 0, 1)]])
    assert asked == []
    assert ranks.ranks(np.arange(4)).tolist() == [1, 2, 3, 0]


@pytest.mark.parametrize(
    ("locator", "place"),
    [
        ('{"length":3,"offset":70000000000}', (0, 70_000_000_000)),
        ('{"row":7,"row_group":2}', (2, 7)),
        ('{"row":7}', (0, 7)),
        (None, (0, 0)),
        ("{}", (0, 0)),
    ],
)
def test_a_place_is_read_from_the_locator(locator: str | None, place: tuple[int, int]) -> None:
    """Bytes of a file, or rows of a row group."""
    assert place_of(locator) == place


def test_more_rows_than_ranks_are_refused() -> None:
    """A rank has 32 bits."""
    with pytest.raises(FatalError, match="at most 2"):
        Ranks.of([("s", [["a", [0, 0], [0, 9], 1 << 32]])], lambda run: (np.empty(0), np.empty(0)))
