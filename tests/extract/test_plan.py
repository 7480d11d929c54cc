"""Shards of about equal size, whatever the files."""

import json
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.refs import SourceRef, SourceShard
from tasks.extract.plan import plan


def file(name: str, size: int) -> SourceRef:
    return SourceRef(kind="warc", root="r", uri=name, byte_count=size)


def spans(shards: list) -> list[int]:
    return [shard.byte_count for shard in shards]


CORPORA = st.lists(st.integers(0, 5_000), max_size=60).map(
    lambda sizes: [file(f"{number:03}", size) for number, size in enumerate(sizes)]
)


@given(CORPORA, st.integers(1, 2_000), st.integers(1, 50), st.sets(st.integers(0, 59), max_size=10))
def test_every_byte_is_in_one_piece_and_in_order(
    files: list[SourceRef], shard_bytes: int, max_shards: int, uncut: set[int]
) -> None:
    """Pieces tile their files, a file without bytes is a piece, and ranks only grow: by name, then by offset."""
    whole = {f"{number:03}" for number in uncut}
    shards = plan(files, shard_bytes=shard_bytes, max_shards=max_shards, uncut=whole)
    pieces = [piece for shard in shards for piece in shard.pieces]
    assert [(piece.uri, piece.start) for piece in pieces] == sorted({(piece.uri, piece.start) for piece in pieces})
    by_file = {one.uri: [piece for piece in pieces if piece.uri == one.uri] for one in files}
    for one in files:
        found = by_file[one.uri]
        assert found[0].start == 0 and found[-1].end is None
        assert all(before.end == after.start and before.span > 0 for before, after in pairwise(found))
        assert sum(piece.span for piece in found) == one.byte_count
        assert one.uri not in whole or len(found) == 1
    assert all(len({piece.uri for piece in shard.pieces}) == len(shard.pieces) for shard in shards)


@given(CORPORA, st.integers(1, 2_000), st.integers(1, 50))
def test_shards_are_few_and_balanced(files: list[SourceRef], shard_bytes: int, max_shards: int) -> None:
    """Never more than asked for, and none larger than what their number makes necessary."""
    shards = plan(files, shard_bytes=shard_bytes, max_shards=max_shards)
    assert len(shards) <= max_shards
    # Of two neighbours one at least is over half the size aimed at, which is then at most that much over the mean.
    total = sum(one.byte_count for one in files)
    assert max(spans(shards), default=0) <= max(shard_bytes, 2.5 * total / max_shards + 2)
    assert all(before + after > min(shard_bytes, max(spans(shards))) / 2 for before, after in pairwise(spans(shards)))


@given(CORPORA)
def test_the_same_files_make_the_same_shards(files: list[SourceRef]) -> None:
    """On every machine, and in a backfill."""
    assert plan(files, shard_bytes=700, max_shards=20) == plan(list(files), shard_bytes=700, max_shards=20)


def test_shards_travel_as_json() -> None:
    """Without what is the usual, which most of it is."""
    shards = plan([file("a", 40), file("c", 250)], shard_bytes=100, max_shards=9)
    sent = [shard.model_dump(exclude_defaults=True) for shard in shards]
    assert sent[0] == {"pieces": ({"kind": "warc", "root": "r", "uri": "a", "byte_count": 40},)}
    assert [SourceShard.model_validate_json(json.dumps(item)) for item in sent] == shards


def test_small_files_go_together_and_large_ones_are_cut() -> None:
    """Up to the size asked for."""
    shards = plan([file("a", 40), file("b", 50), file("c", 250), file("d", 30)], shard_bytes=100, max_shards=9)
    assert [[(piece.uri, piece.start, piece.end) for piece in shard.pieces] for shard in shards] == [
        [("a", 0, None), ("b", 0, None)],
        [("c", 0, 83)],
        [("c", 83, 166)],
        [("c", 166, None)],
        [("d", 0, None)],
    ]


@pytest.mark.parametrize("count", [1_001, 90_000])
def test_a_whole_crawl_fits_the_map_limit(count: int) -> None:
    """Airflow maps a task over 1,024 elements."""
    shards = plan([file(f"{number:06}", 900 << 20) for number in range(count)], shard_bytes=256 << 20, max_shards=1_000)
    assert 500 <= len(shards) <= 1_000
    assert max(spans(shards)) <= 2 * min(spans(shards)[:-1])


def test_a_size_in_the_wrong_unit_costs_no_memory() -> None:
    """256 where 256 MB were meant would be four thousand million pieces of a terabyte."""
    tracemalloc.start()
    shards = plan([file("a", 1 << 40)], shard_bytes=256, max_shards=1_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(shards) <= 1_000 and peak < 50_000_000
