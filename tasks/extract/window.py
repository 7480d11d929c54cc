"""Random access to the bytes of a file, a block at a time: memory does not grow with the file."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from tasks.core.errors import ConfigError

BLOCK_BYTES = 1 << 18
# Longest thing that `search` finds: the header line of an ARC record, which holds an address.
OVERLAP_BYTES = 4_096

Source = str | os.PathLike[str] | BinaryIO


class Window:
    """The bytes of a seekable binary file. One block is kept; a map of the file would count as memory of ours."""

    def __init__(self, file: BinaryIO, *, block_bytes: int = BLOCK_BYTES) -> None:
        self._file = file
        self._block_bytes = block_bytes
        self.size = file.seek(0, os.SEEK_END)
        self._offset = 0
        self._block = b""

    def at(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset` on; fewer only where the file ends."""
        begin = offset - self._offset
        if begin < 0 or begin + length > len(self._block):
            if offset + length > self.size:
                length = max(self.size - offset, 0)
            if begin < 0 or begin + length > len(self._block):
                self._file.seek(offset)
                self._block = self._read(max(length, self._block_bytes))
                self._offset, begin = offset, 0
        return self._block[begin : begin + length]

    def find(self, token: bytes, start: int) -> int:
        """Return where `token` lies at or after `start`, or -1."""
        while start < self.size:
            block = self.at(start, BLOCK_BYTES)
            found = block.find(token)
            if found >= 0:
                return start + found
            if len(block) < BLOCK_BYTES:
                break
            start += len(block) - len(token) + 1
        return -1

    def search(self, pattern: re.Pattern[bytes], start: int) -> int:
        """Return where group 1 of `pattern`, which matches at most OVERLAP_BYTES, lies at or after `start`, or -1.

        One byte before `start` is looked at, so that a pattern may ask for the line end before it.
        """
        begin = max(start - 1, 0)
        while begin < self.size:
            block = self.at(begin, BLOCK_BYTES)
            for found in pattern.finditer(block):
                if begin + found.start(1) >= start:
                    return begin + found.start(1)
            if len(block) < BLOCK_BYTES:
                break
            begin += len(block) - OVERLAP_BYTES
            start = max(start, begin + 1)
        return -1

    def _read(self, length: int) -> bytes:
        """Read `length` bytes where a raw file may give fewer at a time."""
        data = self._file.read(length)
        while data and len(data) < length and (more := self._file.read(length - len(data))):
            data += more
        return data


@contextmanager
def open_window(source: Source, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Window]:
    """Open a path, a `file://` address or a binary file. A stream that cannot seek is copied to a temporary file.

    `block_bytes` is how much is read at least. Raises OSError where the file cannot be read, ConfigError for an address
    of another scheme.
    """
    if not isinstance(source, str | os.PathLike):
        if source.seekable():
            yield Window(source, block_bytes=block_bytes)
            return
        with tempfile.TemporaryFile(prefix="backforth-") as copy:
            shutil.copyfileobj(source, copy)
            yield Window(copy, block_bytes=block_bytes)
        return
    with open(_local_path(source), "rb", buffering=0) as file:
        yield Window(file, block_bytes=block_bytes)


def _local_path(source: str | os.PathLike[str]) -> str | os.PathLike[str]:
    if not isinstance(source, str) or "://" not in source:
        return source
    parts = urlsplit(source)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        raise ConfigError(f"{source}: only local files are read here; give a path or a file:// address")
    return unquote(parts.path)
