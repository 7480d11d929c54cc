"""Parquet shards: rows come back as they went in, and the same rows are the same bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.core.errors import FatalError
from tasks.core.ids import sha256_bytes
from tasks.storage import shards
from tasks.storage.shards import ShardFile, ShardWriter, read_rows, read_shard
from tests.fakes.objects import MemoryObjects

SCHEMA = pa.schema([("name", pa.string()), ("count", pa.int64())])
STORABLE = st.text(st.characters(codec="utf-8"))


def write(objects: MemoryObjects, rows: list[dict[str, Any]], key: str = "a.parquet") -> ShardFile:
    with ShardWriter(SCHEMA) as writer:
        for row in rows:
            writer.write(row)
        return writer.upload(objects, key)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.fixed_dictionaries({"name": st.none() | STORABLE, "count": st.none() | st.integers(-9, 2**62)})))
def test_rows_come_back_in_order(rows: list[dict[str, Any]]) -> None:
    """Any text, NUL included, any number, and null."""
    objects = MemoryObjects()
    file = write(objects, rows)
    assert list(read_rows(objects, "a.parquet")) == rows
    assert file.row_count == len(rows)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 25])
def test_batches_are_no_boundary(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Rows around the size of a batch are neither lost nor doubled."""
    monkeypatch.setattr(shards, "BATCH_ROWS", 10)
    objects = MemoryObjects()
    rows = [{"name": str(number), "count": number} for number in range(count)]
    assert write(objects, rows).row_count == count
    assert list(read_rows(objects, "a.parquet")) == rows


def test_memory_is_bounded_by_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long shard is written in row groups, never held whole."""
    monkeypatch.setattr(shards, "BATCH_ROWS", 10)
    with ShardWriter(SCHEMA) as writer:
        for number in range(35):
            writer.write({"name": "x", "count": number})
            assert len(writer._batch) < 10
        objects = MemoryObjects()
        writer.upload(objects, "a")
    with objects.open("a") as file:
        assert pq.ParquetFile(file).num_row_groups == 4


def test_the_same_rows_are_the_same_bytes() -> None:
    """No time, path or host is in a shard, and its digest is that of the object."""
    first, second = MemoryObjects(), MemoryObjects()
    rows = [{"name": "a", "count": 1}, {"name": None, "count": 2}]
    one, two = write(first, rows), write(second, rows)
    assert one == two
    assert first.content == second.content
    assert one.sha256 == sha256_bytes(first.content["a.parquet"])
    assert write(second, rows[::-1]).sha256 != one.sha256


def test_columns_follow_the_schema() -> None:
    """What the schema does not name is left out, what the row lacks is null."""
    objects = MemoryObjects()
    write(objects, [{"other": 1, "count": 2}])
    assert list(read_rows(objects, "a.parquet")) == [{"name": None, "count": 2}]
    assert list(read_rows(objects, "a.parquet", ["count"])) == [{"count": 2}]


@pytest.mark.parametrize("broken", [False, True])
def test_the_temporary_file_goes_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: bool) -> None:
    """After an upload and after an error alike."""
    monkeypatch.setattr(shards.tempfile, "tempdir", str(tmp_path))
    objects = MemoryObjects()
    if broken:
        with pytest.raises(pa.ArrowInvalid):
            write(objects, [{"name": "a", "count": "no number"}])
        assert objects.content == {}
    else:
        write(objects, [{"name": "a", "count": 1}])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage", [lambda d: b"", lambda d: b"no Parquet", lambda d: d[:-9], lambda d: d[:20] + d[40:]]
)
def test_what_is_no_parquet_any_more_is_fatal(damage: Callable[[bytes], bytes]) -> None:
    """The object is named; a missing one is a KeyError."""
    objects = MemoryObjects()
    write(objects, [{"name": "a" * 99, "count": 1}])
    objects.content["a.parquet"] = damage(objects.content["a.parquet"])
    with pytest.raises(FatalError, match=r"a\.parquet: cannot be read"):
        list(read_rows(objects, "a.parquet"))
    with pytest.raises(KeyError):
        list(read_rows(objects, "b.parquet"))


def test_long_texts_are_written_before_they_fill_the_memory() -> None:
    """A batch is bounded in characters too: a few pages of a megabyte make a row group of their own."""

    schema = pa.schema([("text", pa.string())])
    objects = MemoryObjects()
    with ShardWriter(schema) as writer:
        for _ in range(40):
            writer.write({"text": "x" * 1_000_000})
            assert sum(len(row["text"]) for row in writer._batch) < shards.BATCH_BYTES + 1_000_000
        file = writer.upload(objects, "a.parquet")
    assert [len(row["text"]) for row in read_shard(objects, file)] == [1_000_000] * 40


def test_changed_shard_is_refused() -> None:
    """A Parquet object that was rewritten after its commit is not read, though it is well formed."""
    schema = pa.schema([("text", pa.string())])
    objects = MemoryObjects()
    files = []
    for text in ("true", "forged"):
        with ShardWriter(schema) as writer:
            writer.write({"text": text})
            files.append(writer.upload(objects, "a.parquet"))
    assert list(read_shard(objects, files[1])) == [{"text": "forged"}]
    with pytest.raises(FatalError, match="changed after its commit"):
        list(read_shard(objects, files[0]))
