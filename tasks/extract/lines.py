"""The lines of a file or a piece of one, each with its place; one that is too long is passed without holding it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tasks.extract.decompressed import chunks
from tasks.extract.records import Fault


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `data` is without its line end, and None where there is a fault; so are `length` and the digest.

    `offset` is of the stream as decompressed.
    """

    offset: int
    length: int
    sha256: str
    data: bytes | None
    fault: Fault | None = None


def lines(file: BinaryIO, *, max_bytes: int, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """Yield the lines of a file (gzip, zstd or plain) that begin in the bytes [start, end), blank ones too.

    A piece that does not begin with the file is one of a plain file: its first line is whose end stands before it.
    """
    if start:
        file.seek(start - 1)
        found = _split(iter(lambda: file.read(1 << 16), b""), start - 1, max_bytes)
        next(found, None)  # begins before the piece, or is what a line end at its edge leaves over
    else:
        found = _split(chunks(file), 0, max_bytes)
    for line in found:
        if end is not None and line.offset >= end:
            return
        yield line


class _Growing:
    """The line that is being read: its bytes, or, once they are too many, their digest alone."""

    def __init__(self, offset: int, max_bytes: int) -> None:
        self.offset = offset
        self.length = 0
        self._max_bytes = max_bytes
        self._held = bytearray()
        self._digest = hashlib.sha256()
        self._is_long = False

    def add(self, data: bytes) -> None:
        self.length += len(data)
        if not self._is_long:
            self._held += data
            if len(self._held) <= self._max_bytes + 1:  # one more for the first half of a line end
                return
            self._is_long, data = True, bytes(self._held)
            self._held.clear()
        self._digest.update(data)

    def line(self, fault: Fault | None = None) -> Line:
        if self._is_long or fault:
            self._digest.update(self._held)
            told = fault or ("record_too_large", f"a line of {self.length} bytes, more than {self._max_bytes}")
            return Line(self.offset, self.length, self._digest.hexdigest(), None, told)
        data = bytes(self._held.removesuffix(b"\r"))
        return Line(self.offset, len(data), hashlib.sha256(data).hexdigest(), data)


def _split(stream: Iterable[bytes | Fault], offset: int, max_bytes: int) -> Iterator[Line]:
    line = _Growing(offset, max_bytes)
    for chunk in stream:
        if not isinstance(chunk, bytes):
            yield line.line(chunk)
            line = _Growing(line.offset + line.length, max_bytes)
            continue
        begin = 0
        while (stop := chunk.find(b"\n", begin)) >= 0:
            line.add(chunk[begin:stop])
            yield line.line()
            line = _Growing(line.offset + line.length + 1, max_bytes)
            begin = stop + 1
        line.add(chunk[begin:])
    if line.length:
        yield line.line()
