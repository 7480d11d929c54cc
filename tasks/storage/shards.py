"""Parquet shards: written in batches to a temporary file, uploaded once, immutable afterwards."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from tasks.core.errors import FatalError
from tasks.core.records import text_bytes
from tasks.core.runtime import ObjectStore, Row

# A batch is written when it holds this many rows or bytes of text, whichever comes first: a thousand hostile pages of
# a megabyte each must not be in memory at once, and a task may write sixteen shards side by side.
BATCH_ROWS = 1_000
BATCH_BYTES = 4_000_000
READ_ROWS = 64

# The system's allocator gives back what a batch took; Arrow's own keeps it, up to 50 MB in a task of the corpus half.
pa.set_memory_pool(pa.system_memory_pool())


class ShardFile(BaseModel):
    """One Parquet object."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    sha256: str
    row_count: int


class ShardWriter:
    """Collects rows for one Parquet object; memory is bounded by BATCH_ROWS rows and BATCH_BYTES of text."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.row_count = 0
        self._batch: list[Row] = []
        self._batch_bytes = 0
        handle, self._path = tempfile.mkstemp(suffix=".parquet", prefix="backforth-")
        os.close(handle)
        self._writer = pq.ParquetWriter(self._path, schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer.is_open:
            self._writer.close()
        os.unlink(self._path)

    def write(self, row: Row) -> None:
        """Add one row; columns that the schema does not name are left out, missing ones are null."""
        self._batch.append({name: row.get(name) for name in self.schema.names})
        self._batch_bytes += text_bytes(row)
        self.row_count += 1
        if len(self._batch) >= BATCH_ROWS or self._batch_bytes >= BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._batch:
            columns = [_column([row[field.name] for row in self._batch], field.type) for field in self.schema]
            self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self.schema))
            self._batch.clear()
            self._batch_bytes = 0

    def upload(self, objects: ObjectStore, key: str) -> ShardFile:
        """Close the file, store it under `key` and return its digest and row count."""
        self._flush()
        self._writer.close()
        with open(self._path, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        objects.put_file(key, self._path, content_type="application/vnd.apache.parquet")
        return ShardFile(key=key, sha256=sha256, row_count=self.row_count)


def _column(values: list[Any], kind: pa.DataType) -> Any:
    """Return values as a column. Texts take a way of their own: `pa.array` imports pandas, which takes 50 MB."""
    if kind != pa.string():
        return pa.array(values, kind)
    builder = pa.lib.StringBuilder()
    builder.append_values(values)
    return builder.finish()


def read_shard(objects: ObjectStore, file: ShardFile, columns: list[str] | None = None) -> Iterator[Row]:
    """Yield the rows of a committed shard, after its bytes were compared with the digest in its manifest.

    Raises KeyError when it is missing, FatalError when it was changed after its commit.
    """
    with objects.open(file.key) as source:
        digest = hashlib.sha256()
        while chunk := source.read(1 << 20):
            digest.update(chunk)
        if digest.hexdigest() != file.sha256:
            raise FatalError(
                f"{file.key}: digest {digest.hexdigest()}, expected {file.sha256}; "
                "the object was changed after its commit"
            )
        source.seek(0)
        yield from _rows(source, file.key, columns)


def read_rows(objects: ObjectStore, key: str, columns: list[str] | None = None) -> Iterator[Row]:
    """Yield the rows of a Parquet object as dictionaries, for readers that have no digest to compare.

    Raises KeyError when it is missing, FatalError when it is no Parquet any more.
    """
    with objects.open(key) as source:
        yield from _rows(source, key, columns)


def _rows(source: BinaryIO, key: str, columns: list[str] | None) -> Iterator[Row]:
    try:
        for batch in pq.ParquetFile(source).iter_batches(batch_size=READ_ROWS, columns=columns):
            yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise FatalError(f"{key}: cannot be read as Parquet ({error}); was it changed after its commit?") from error
