"""Brings what a reader needs of one piece of a source file to this machine, and takes its digest on the way.

A piece lies in its local file at the same offsets as in the source: the file is sparse, and what the reader does not
need takes no room. A WARC reader needs the head of the file (its format, a dictionary) and what a record that begins in
the piece may take behind its end, a line reader the rest of the last line, a Parquet reader the footer.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from tasks.core.errors import ConfigError, FatalError
from tasks.core.refs import SourceRef
from tasks.core.runtime import ObjectStore
from tasks.extract import parquet
from tasks.extract.members import archive_of
from tasks.extract.window import Window
from tasks.storage.ranged import RangedFile

COPY_BYTES = 1 << 20
# What one ranged request brings; it is held twice.
RANGE_BYTES = 4 << 20
HEAD_BYTES = 1 << 16
# What a WARC reader looks at behind the last record of a piece, to find a sound one: see warc.read.
TAIL_BYTES = 1 << 18
# A skippable frame with the dictionary of a WARC file in zstd, and its length in four bytes: codecs.py.
_DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
MAX_DICTIONARY_BYTES = 64 << 20


@dataclass(frozen=True)
class LocalFile:
    """A piece of a source file on this machine. `sha256` is of everything that was brought."""

    source: SourceRef
    path: Path
    sha256: str


@contextmanager
def local_file(store: ObjectStore, source: SourceRef, *, max_record_bytes: int) -> Iterator[LocalFile]:
    """Copy a file of the corpus, or what is needed of a piece of it, to a temporary file."""
    with tempfile.TemporaryDirectory(prefix="backforth-") as folder:
        path = Path(folder, "source")
        try:
            with path.open("wb") as local:
                sha256 = (
                    _copy(store, source, local)
                    if source.is_whole
                    else _Pieces(store, source, local).copy(max_record_bytes)
                )
        except KeyError:
            raise FatalError(
                f"{source.place}: was listed and is gone; put it back, or run the partition again"
            ) from None
        except OSError as error:
            raise ConfigError(f"{source.place}: cannot be read or copied here ({error})") from error
        yield LocalFile(source, path, sha256)


def _copy(store: ObjectStore, source: SourceRef, local: BinaryIO) -> str:
    digest = hashlib.sha256()
    with store.open(source.uri) as remote:
        while chunk := remote.read(COPY_BYTES):
            digest.update(chunk)
            local.write(chunk)
    return digest.hexdigest()


class _Pieces:
    """Copies ranges of one remote file to the same places of a local one."""

    def __init__(self, store: ObjectStore, source: SourceRef, local: BinaryIO) -> None:
        self._source = source
        self._remote = RangedFile(store, source.uri)
        self._local = local
        self._digest = hashlib.sha256()
        self._size = self._remote.size()
        self._end = self._size if source.end is None else min(source.end, self._size)

    def copy(self, max_record_bytes: int) -> str:
        """Copy what the reader of the source's kind needs; return the digest of it all."""
        if self._source.kind == "parquet":
            self._copy_parquet()
        elif self._source.kind in {"warc", "wet"}:
            self._copy_warc(max_record_bytes)
        else:
            self._copy_lines()
        return self._digest.hexdigest()

    def _range(self, start: int, stop: int, step: int = RANGE_BYTES) -> Iterator[bytes]:
        """Copy the bytes [start, stop) and yield them, `step` at a time."""
        start, stop = max(0, start), min(stop, self._size)
        self._digest.update(f"[{start},{stop})".encode())
        self._remote.seek(start)
        self._local.seek(start)
        while start < stop and (chunk := self._remote.read(min(step, stop - start))):
            self._digest.update(chunk)
            self._local.write(chunk)
            start += len(chunk)
            yield chunk

    def _copy_range(self, start: int, stop: int) -> None:
        for _ in self._range(start, stop):
            pass

    def _copy_warc(self, max_record_bytes: int) -> None:
        head = b"".join(self._range(0, min(HEAD_BYTES, self._source.start)))
        if head.startswith(_DICTIONARY_MAGIC):
            length = int.from_bytes(head[4:8], "little")
            if length <= MAX_DICTIONARY_BYTES:
                self._copy_range(len(head), min(8 + length, self._source.start))
        behind = max(self._next_member(max_record_bytes), self._end + max_record_bytes)
        self._copy_range(self._source.start, behind + TAIL_BYTES)

    def _next_member(self, max_record_bytes: int) -> int:
        """Return where the first member behind the piece begins: the last one of the piece may be of any length."""
        if self._end >= self._size:
            return self._size
        archive = archive_of(Window(cast(BinaryIO, self._remote)), max_bytes=max_record_bytes)
        return self._end if isinstance(archive, str) else archive.next_begin(self._end)

    def _copy_lines(self) -> None:
        self._copy_range(self._source.start - 1, self._end)
        if not self._ends_line():
            for chunk in self._range(self._end, self._size, HEAD_BYTES):
                if b"\n" in chunk:
                    return

    def _ends_line(self) -> bool:
        """Whether the piece ends with a line, so that nothing behind it is needed."""
        self._remote.seek(self._end - 1)
        return self._end == 0 or self._remote.read(1) == b"\n"

    def _copy_parquet(self) -> None:
        self._local.truncate(self._size)
        self._copy_range(self._size - 8, self._size)
        self._copy_range(self._footer(), self._size)
        try:
            groups = [*parquet.row_groups(parquet.open_file(io.BufferedReader(self._remote, COPY_BYTES)))]
        except parquet.BROKEN:
            return  # the reader will find the same
        for _, begin, stop in groups:
            if self._source.start <= begin < self._end:
                self._copy_range(begin, stop)

    def _footer(self) -> int:
        """Return where the footer begins: its length stands before the last four bytes."""
        self._remote.seek(max(0, self._size - 8))
        return max(0, self._size - 8 - int.from_bytes(self._remote.read(4), "little"))
