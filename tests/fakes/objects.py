"""An object store in a dictionary."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO


class MemoryObjects:
    """Implements `tasks.core.runtime.ObjectStore` over a dictionary; `puts` and `gets` list what was asked."""

    def __init__(self, content: dict[str, bytes] | None = None, *, bucket: str = "memory") -> None:
        self.bucket = bucket
        self.content: dict[str, bytes] = dict(content or {})
        self.puts: list[str] = []
        self.gets: list[str] = []

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        """Store `data` under `key`, over whatever was there."""
        self.puts.append(key)
        self.content[key] = bytes(data)

    def put_file(self, key: str, path: str, *, content_type: str = "application/octet-stream") -> None:
        """Store the bytes of the file at `path`."""
        with open(path, "rb") as file:
            self.put(key, file.read(), content_type=content_type)

    def get(self, key: str) -> bytes:
        """Return the bytes under `key`; KeyError when there are none."""
        self.gets.append(key)
        return self.content[key]

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer at the end."""
        return self.get(key)[offset : offset + length]

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """Yield a seekable binary stream of the bytes under `key`."""
        with io.BytesIO(self.get(key)) as stream:
            yield stream

    def exists(self, key: str) -> bool:
        """Say whether there is an object under `key`."""
        return key in self.content

    def size(self, key: str) -> int:
        """Return the number of bytes under `key`; KeyError when there are none."""
        return len(self.content[key])

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, in order."""
        yield from sorted(key for key in self.content if key.startswith(prefix))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the keys that start with `prefix`, in order, each with its number of bytes."""
        yield from ((key, len(self.content[key])) for key in self.list(prefix))

    def delete(self, key: str) -> None:
        """Remove the object under `key`, if it is there."""
        self.content.pop(key, None)
