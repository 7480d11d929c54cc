"""Arrays of fixed-size records: on the object store as raw little-endian bytes, on this machine as files.

They hold what is derived from the signature shards and can be made again from them. Digests do not compress, and a
file of records is searched without being read whole: memory stays flat at any number of documents.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tasks.core.errors import FatalError
from tasks.core.runtime import ObjectStore
from tasks.storage.shards import ShardFile

Array = NDArray[Any]
# Records that are in memory at once while they are sorted or merged: about 12 MB of keys and ranks.
BLOCK = 1 << 20
_COPY_BYTES = 1 << 20
# Records that are picked out of a mapping at once: one page of memory each at the worst, 64 MB.
_TAKEN = 1 << 14


class ArrayWriter:
    """Collects records in a temporary file and uploads them once."""

    def __init__(self, dtype: DTypeLike) -> None:
        self._dtype = np.dtype(dtype)
        self._count = 0
        handle, self._path = tempfile.mkstemp(suffix=".bin", prefix="backforth-")
        self._file = os.fdopen(handle, "wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        os.unlink(self._path)

    def write(self, records: Array) -> None:
        """Add `records`, which are converted to the type of the file."""
        self._file.write(np.ascontiguousarray(records, dtype=self._dtype).tobytes())
        self._count += len(records)

    def upload(self, objects: ObjectStore, key: str) -> ShardFile:
        """Close the file, store it under `key` and return its digest and record count."""
        self._file.close()
        return upload_file(objects, key, self._path, self._count)


def upload_file(objects: ObjectStore, key: str, path: str | Path, count: int) -> ShardFile:
    """Store a file of `count` records under `key`."""
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    objects.put_file(key, str(path))
    return ShardFile(key=key, sha256=sha256, row_count=count)


@contextmanager
def open_checked(objects: ObjectStore, file: ShardFile) -> Iterator[BinaryIO]:
    """Yield a committed object after its bytes were compared with its digest.

    Raises KeyError when it is missing, FatalError when it was changed after its commit.
    """
    with objects.open(file.key) as source:
        digest = hashlib.sha256()
        while chunk := source.read(_COPY_BYTES):
            digest.update(chunk)
        if digest.hexdigest() != file.sha256:
            raise FatalError(
                f"{file.key}: digest {digest.hexdigest()}, expected {file.sha256}; "
                "the object was changed after its commit"
            )
        source.seek(0)
        yield source


class Records:
    """The records of a file. Only what is asked for is mapped, and only while it is copied: a mapping that stays would

    count as memory of the process, page by page, until it holds the whole file.
    """

    def __init__(self, source: BinaryIO, dtype: DTypeLike, count: int) -> None:
        self._dtype = np.dtype(dtype)
        self._count = count
        try:
            source.fileno()
        except io.UnsupportedOperation:  # a store that is in memory itself
            self._source: Any = np.frombuffer(source.read(), dtype=self._dtype)
        else:
            self._source = source

    def __len__(self) -> int:
        return self._count

    def _mapped(self) -> Array:
        if isinstance(self._source, np.ndarray):
            return self._source
        return np.memmap(self._source, dtype=self._dtype, mode="r") if self._count else np.empty(0, dtype=self._dtype)

    def block(self, start: int, end: int) -> Array:
        """Return the records from `start` to before `end`."""
        return np.array(self._mapped()[start:end])

    def blocks(self) -> Iterator[Array]:
        """Yield all records, a block at a time."""
        for start in range(0, self._count, BLOCK):
            yield self.block(start, start + BLOCK)

    def place_of(self, value: Any) -> int:
        """Return how many of the records, which are numbers in ascending order, are below `value`."""
        return int(np.searchsorted(self._mapped(), value))

    def take(self, numbers: Array) -> Array:
        """Return the records with these numbers, in their order."""
        taken = np.empty(len(numbers), dtype=self._dtype)
        order = np.argsort(numbers)
        for start in range(0, len(order), _TAKEN):
            part = order[start : start + _TAKEN]
            taken[part] = self._mapped()[numbers[part]]
        return taken


@contextmanager
def open_array(objects: ObjectStore, file: ShardFile, dtype: DTypeLike) -> Iterator[Records]:
    """Yield the records of a file, after its bytes were compared with its digest (see `open_checked`)."""
    with open_checked(objects, file) as source:
        yield Records(source, dtype, file.row_count)


class Buckets:
    """Distributes records over files on disk, so that each can be sorted in memory by itself.

    `bucket_of` maps records to the numbers 0 to `count` - 1; the buckets come back in that order.
    """

    def __init__(self, dtype: DTypeLike, count: int, bucket_of: Callable[[Array], Array]) -> None:
        self._dtype = np.dtype(dtype)
        self._bucket_of = bucket_of
        self._folder = tempfile.TemporaryDirectory(prefix="backforth-")
        self._paths = [Path(self._folder.name, str(number)) for number in range(count)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def add(self, records: Array) -> None:
        """Add records, a block at a time."""
        for start in range(0, len(records), BLOCK):
            block = np.ascontiguousarray(records[start : start + BLOCK], dtype=self._dtype)
            numbers = self._bucket_of(block)
            order = np.argsort(numbers, kind="stable")
            ends = np.searchsorted(numbers[order], np.arange(len(self._paths)), side="right")
            begin = 0
            for path, end in zip(self._paths, ends.tolist(), strict=True):
                if end > begin:
                    with path.open("ab") as file:
                        file.write(block[order[begin:end]].tobytes())
                begin = end

    def __iter__(self) -> Iterator[Array]:
        for path in self._paths:
            if path.exists():
                yield np.fromfile(path, dtype=self._dtype)


def bucket_count(records: int) -> int:
    """Return how many buckets hold `records` in blocks of about BLOCK."""
    return max(1, -(-records // BLOCK))
