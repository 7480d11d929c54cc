"""Parquet shards: written in batches to a temporary file, uploaded once, immutable afterwards."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from tasks.core.runtime import ObjectStore, Row

BATCH_ROWS = 1_000


class ShardFile(BaseModel):
    """One Parquet object."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    sha256: str
    row_count: int


class ShardWriter:
    """Collects rows for one Parquet object; memory is bounded by BATCH_ROWS rows."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.row_count = 0
        self._batch: list[Row] = []
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
        self.row_count += 1
        if len(self._batch) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._batch:
            self._writer.write_table(pa.Table.from_pylist(self._batch, schema=self.schema))
            self._batch.clear()

    def upload(self, objects: ObjectStore, key: str) -> ShardFile:
        """Close the file, store it under `key` and return its digest and row count."""
        self._flush()
        self._writer.close()
        with open(self._path, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        objects.put_file(key, self._path, content_type="application/vnd.apache.parquet")
        return ShardFile(key=key, sha256=sha256, row_count=self.row_count)


def read_rows(objects: ObjectStore, key: str, columns: list[str] | None = None) -> Iterator[Row]:
    """Yield the rows of a shard as dictionaries, one row group at a time."""
    with objects.open(key) as source:
        parquet = pq.ParquetFile(source)
        for batch in parquet.iter_batches(batch_size=BATCH_ROWS, columns=columns):
            yield from batch.to_pylist()
