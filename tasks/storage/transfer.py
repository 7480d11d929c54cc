"""One file, or a part of one, over as many HTTP requests as it takes."""

import io
import re
from typing import TYPE_CHECKING, Any, cast

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from tasks.core.errors import RetriableError

if TYPE_CHECKING:
    from tasks.storage.http import HttpObjects

CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")
# What a cut may cost: the client gives a read whole or not at all.
READ_BYTES = 1 << 16


class Transfer(io.RawIOBase):
    """The bytes [start, stop) of one file, over as many requests as it takes."""

    def __init__(self, store: "HttpObjects", key: str, start: int, stop: int | None) -> None:
        self._store, self._key = store, key
        self._position, self._stop = start, stop
        self._response: BaseHTTPResponse | None = None
        self._etag: str | None = None
        self._size: int | None = None
        self._failures = 0
        self._connect()

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        while self._left is None or self._left > 0:
            wanted = min(len(buffer), READ_BYTES, self._left or READ_BYTES)
            if not wanted:
                return 0
            told = "the connection was closed early"
            try:
                data = cast(BaseHTTPResponse, self._response).read(wanted)
            except HTTPError as error:
                data, told = b"", f"{type(error).__name__}: {error}"
            if data:
                self._failures = 0
                self._position += len(data)
                buffer[: len(data)] = data
                return len(data)
            if self._left is None and told == "the connection was closed early":
                return 0  # of a file of unknown length an end is the end
            self._failures += 1
            self._store.wait(self._key, self._failures, told)
            self._connect()
        return 0

    @property
    def _left(self) -> int | None:
        ends = [end for end in (self._stop, self._size) if end is not None]
        return min(ends) - self._position if ends else None

    def _connect(self) -> None:
        """Ask for what is missing, and insist that it is of the same file as what came before."""
        headers = {}
        if self._position or self._stop is not None:
            headers["Range"] = f"bytes={self._position}-" + (f"{self._stop - 1}" if self._stop is not None else "")
        if self._response is not None:
            self._response.close()
        response = self._response = self._store.ask("GET", self._key, headers=headers, allowed={416})
        size, begins = self._told(response)
        etag = response.headers.get("ETag")
        if (self._etag and etag != self._etag) or (self._size is not None and size != self._size):
            raise RetriableError(f"{self._store.url(self._key)}: changed while it was read; the next try reads it anew")
        self._etag, self._size = etag or self._etag, size
        self._skip(response, self._position - begins)

    def _told(self, response: BaseHTTPResponse) -> tuple[int | None, int]:
        """Return the length of the file, where it is told, and which byte of it the answer begins with."""
        found = CONTENT_RANGE.match(response.headers.get("Content-Range") or "")
        if response.status == 416:  # all that is asked for lies beyond the end
            return (int(found[2]) if found and found[2].isdigit() else self._position), self._position
        if response.status == 206 and found:
            begins = int(found[1] or 0)
            if begins != self._position:
                raise RetriableError(f"{self._store.url(self._key)}: asked from byte {self._position}, got {begins}")
            return (int(found[2]) if found[2].isdigit() else None), begins
        told = response.headers.get("Content-Length") or ""
        return (int(told) if told.isascii() and told.isdigit() else None), 0

    def _skip(self, response: BaseHTTPResponse, count: int) -> None:
        """Read over what was there already, of a server that does not know ranges."""
        while count > 0:
            try:
                data = response.read(min(count, READ_BYTES))
            except HTTPError as error:
                raise RetriableError(f"{self._store.url(self._key)}: cut while reading again ({error})") from error
            if not data:
                return
            count -= len(data)
