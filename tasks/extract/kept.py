"""Copies of the records that became documents, in our own bucket: `verify` needs the source no more.

One Parquet object for the records of one source file that one shard kept, under a prefix that its kind and uri give,
so that a record is found by what its row says. A record that is there already, from an earlier configuration, is not
copied again.
"""

import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.core.errors import FatalError
from tasks.core.ids import digest_of
from tasks.core.runtime import ObjectStore
from tasks.extract.fetch import bytes_at
from tasks.extract.records import Locator
from tasks.storage.ranged import RangedFile

_COLUMNS: list[tuple[str, pa.DataType]] = [("record_sha256", pa.string()), ("data", pa.binary())]
SCHEMA = pa.schema(_COLUMNS)
# One row group is what is read for one record.
GROUP_BYTES = 4 << 20
READ_BYTES = 1 << 20


def kept_prefix(kind: str, uri: str) -> str:
    """Return where the kept records of one source file lie."""
    return f"kept/{digest_of([kind, uri])}/"


def keep_records(objects: ObjectStore, path: Path, kind: str, uri: str, records: Iterable[tuple[str, Locator]]) -> int:
    """Copy the records (digest, place) of a local source file that are not kept yet; return how many they were."""
    known = KeptRecords(objects).digests(kind, uri)
    # A record that became several segments is in several rows, and so is one that the file repeats: the first place
    # is taken, so that the places stay in the order of the file.
    new: dict[str, Locator] = {}
    for sha256, locator in records:
        if sha256 not in known:
            new.setdefault(sha256, locator)
    if not new:
        return 0
    handle, name = tempfile.mkstemp(suffix=".parquet", prefix="backforth-")
    os.close(handle)
    try:
        with path.open("rb", buffering=0) as file, pq.ParquetWriter(name, SCHEMA, compression="zstd") as writer:
            for batch in _batches(zip(new, bytes_at(file, kind, new.values()), strict=True)):
                writer.write_table(pa.Table.from_pylist(batch, schema=SCHEMA))
        objects.put_file(f"{kept_prefix(kind, uri)}{digest_of([*new])}.parquet", name)
    finally:
        os.unlink(name)
    return len(new)


class KeptRecords:
    """The kept records of a bucket. What is known of one source file is held until another one is asked for."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._prefix = ""
        self._places: dict[str, tuple[str, int, int]] = {}

    def digests(self, kind: str, uri: str) -> Set[str]:
        """Return the digests of the kept records of a source file."""
        prefix = kept_prefix(kind, uri)
        if prefix != self._prefix:
            self._prefix, self._places = prefix, dict(self._indexed(prefix))
        return self._places.keys()

    def get(self, kind: str, uri: str, record_sha256: str) -> bytes | None:
        """Return the bytes of a record of a source file, None where it was not kept. Raises FatalError."""
        if record_sha256 not in self.digests(kind, uri):
            return None
        key, group, row = self._places[record_sha256]
        with _read_errors(key):
            return bytes(_open(self._objects, key).read_row_group(group, columns=["data"]).column(0)[row].as_py())

    def _indexed(self, prefix: str) -> Iterator[tuple[str, tuple[str, int, int]]]:
        for key in self._objects.list(prefix):
            with _read_errors(key):
                file = _open(self._objects, key)
                for group in range(file.metadata.num_row_groups):
                    column = file.read_row_group(group, columns=["record_sha256"]).column(0)
                    for row, sha256 in enumerate(column.to_pylist()):
                        yield str(sha256), (key, group, row)


@contextmanager
def _read_errors(key: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise FatalError(f"{key}: cannot be read as Parquet ({error}); was it changed after it was written?") from error


def _open(objects: ObjectStore, key: str) -> pq.ParquetFile:
    return pq.ParquetFile(io.BufferedReader(RangedFile(objects, key), READ_BYTES))


def _batches(records: Iterator[tuple[str, bytes]]) -> Iterator[list[dict[str, str | bytes]]]:
    batch: list[dict[str, str | bytes]] = []
    held = 0
    for sha256, data in records:
        batch.append({"record_sha256": sha256, "data": data})
        held += len(data)
        if held >= GROUP_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
