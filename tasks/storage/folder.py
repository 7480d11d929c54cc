"""A folder that looks like an object store: web corpora on a disk, and what `backforth extract` has made."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tasks.core.errors import ConfigError
from tasks.storage.keys import check_key, check_length


class FolderObjects:
    """A folder with the face of a bucket."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root)
        self.bucket = str(root)

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        with self._whole(key) as partial:
            partial.write_bytes(data)

    def put_file(self, key: str, path: str, *, content_type: str = "application/octet-stream") -> None:
        with self._whole(key) as partial:
            shutil.copyfile(path, partial)

    @contextmanager
    def _whole(self, key: str) -> Iterator[Path]:
        """Yield a file that takes the key's place when it is written: a kill leaves no half of a commit mark."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}.", dir=target.parent)
        os.close(handle)
        try:
            yield Path(name)
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        with self.open(key) as file:
            return file.read()

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        with self.open(key) as file:
            file.seek(offset)
            return file.read(check_length(key, length))

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError as error:
            raise KeyError(str(self._path(key))) from error
        with file:
            yield file

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError as error:
            raise KeyError(str(self._path(key))) from error

    @property
    def is_there(self) -> bool:
        """Whether there is such a folder."""
        return self._root.is_dir()

    def list(self, prefix: str) -> Iterator[str]:
        if not self.is_there:
            raise ConfigError(f"source folder {self._root} does not exist on this worker")
        folder = self._root / prefix.rpartition("/")[0]  # and not all that lies beside it
        paths = (path.relative_to(self._root).as_posix() for path in folder.rglob("*") if path.is_file())
        yield from sorted(path for path in paths if path.startswith(prefix))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the keys that begin with `prefix` in order, each with its number of bytes."""
        for key in self.list(prefix):
            with suppress(FileNotFoundError):  # gone since it was listed
                yield key, (self._root / key).stat().st_size

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)
