"""An object as a seekable file: each read is one ranged request, and nothing is copied to this machine."""

import io
from typing import Any

from tasks.core.runtime import ObjectStore


class RangedFile(io.RawIOBase):
    """One object of a store, for readers that need a little of a large one. Wrap it in a BufferedReader for many reads.

    Raises what the store raises: KeyError where the object is gone, RetriableError where the store is away.
    """

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store = store
        self._key = key
        self._position = 0
        self._size: int | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(whence)
        self._position = max(0, offset + (self.size() if start is None else start))
        return self._position

    def size(self) -> int:
        """Return the number of bytes of the object."""
        if self._size is None:
            self._size = self._store.size(self._key)
        return self._size

    def readinto(self, buffer: Any) -> int:
        if not len(buffer):
            return 0
        data = self._store.get_range(self._key, self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
