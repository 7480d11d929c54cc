"""Files behind http(s):// with the face of a bucket, for reading only.

A transfer that is cut goes on where it was cut, a server that is busy is asked again after the time it names, and
nothing is asked for in parallel: the servers of public corpora are shared by many.
"""

import email.utils
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import BinaryIO, NoReturn
from urllib.parse import quote, unquote

import certifi
import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from tasks.core.errors import ConfigError, RetriableError
from tasks.core.version import code_version
from tasks.storage.keys import check_key, check_length
from tasks.storage.transfer import CONTENT_RANGE, Transfer

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 120.0
# Requests in a row that brought nothing; with the waits between them a server has a minute to come back.
ATTEMPTS = 6
FIRST_WAIT = 2.0
# A server that asks for a longer pause gets it from the scheduler, which tries the task again later.
LONGEST_WAIT = 60.0
COPY_BYTES = 1 << 20
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_GONE = {404, 410}
# What may stand in an address as it is; the percent sign, so that an address that is encoded already stays so.
_PLAIN = "/~:@!$&'()*+,;=%"


class HttpObjects:
    """The files below one address. They cannot be listed: name them, or give a list of them (`source.paths`).

    A query in the address, such as a signature, is sent with every request, and no message shows it.
    A file that is not there raises KeyError, a refusal ConfigError, and RetriableError a server that stays away or
    whose file changes while it is read.
    """

    def __init__(self, root: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        address, _, self._query = root.partition("?")
        self.bucket = address.rstrip("/")
        scheme, _, rest = self.bucket.partition("://")
        if "@" in rest.partition("/")[0]:
            raise ConfigError(
                f"{scheme}://{rest.partition('@')[2]}: a user and a password in an address are not sent, and logs "
                "would show them; use a signed address, or copy the files to a store"
            )
        self._sleep = sleep
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
            retries=urllib3.Retry(connect=0, read=0, status=0, other=0, redirect=5, respect_retry_after_header=False),
            headers={"User-Agent": f"backforth/{code_version()}", "Accept-Encoding": "identity"},
        )

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """Yield a stream of the file, which cannot be sought in; memory is bounded."""
        with io.BufferedReader(Transfer(self, key, 0, None), COPY_BYTES) as stream:
            yield stream

    def get(self, key: str) -> bytes:
        with self.open(key) as stream:
            return stream.read()

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer at the end.

        A server that does not know ranges is read from the beginning; see `takes_ranges`.
        """
        with Transfer(self, key, offset, offset + check_length(key, length)) as transfer:
            return transfer.readall()

    def size(self, key: str) -> int:
        """Return the number of bytes; raise ConfigError where the server does not say."""
        response = self.ask("HEAD", key, allowed={403, 405, 501})  # some servers answer a GET alone
        told = response.headers.get("Content-Length") if response.status == 200 else None
        if told is None:
            response = self._first_byte(key)
            found = CONTENT_RANGE.match(response.headers.get("Content-Range") or "")
            told = found[2] if found else response.headers.get("Content-Length")
            if response.status == 416:  # of a file without bytes there is no first one
                told = "0"
        if told is None or not told.isascii() or not told.isdigit():
            raise ConfigError(f"{self.url(key)}: the server does not say how long the file is; copy it to a store")
        return int(told)

    def takes_ranges(self, key: str) -> bool:
        """Whether the server gives a part of a file without all that stands before it."""
        return self._first_byte(key).status == 206

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except KeyError:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        return (key for key, _ in self.sizes(prefix))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        raise ConfigError(
            f"{self.bucket}: files behind http(s):// cannot be listed; name one in source.pattern, without wildcards, "
            "or give a list of paths in source.paths"
        )

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        self._refuse(key)

    def put_file(self, key: str, path: str, *, content_type: str = "application/octet-stream") -> None:
        self._refuse(key)

    def delete(self, key: str) -> None:
        self._refuse(key)

    def _refuse(self, key: str) -> NoReturn:
        raise ConfigError(f"{self.url(key)}: is read only")

    def url(self, key: str) -> str:
        """Return the address of a file, without the query of the root."""
        check_key(unquote(key))
        if "?" in key:
            raise ConfigError(
                f"{self.bucket}/{key.partition('?')[0]}: a name may not have a query behind it, as lineage keeps names "
                "for good; leave it out, or put it behind the root if all files take it (source.uri: …/folder?query)"
            )
        return f"{self.bucket}/{quote(key, safe=_PLAIN)}"

    def _first_byte(self, key: str) -> BaseHTTPResponse:
        response = self.ask("GET", key, headers={"Range": "bytes=0-0"}, allowed={416})
        response.close()  # unread: a server without ranges would send all of it
        return response

    def ask(
        self, method: str, key: str, *, headers: dict[str, str] | None = None, allowed: set[int] | None = None
    ) -> BaseHTTPResponse:
        """Return the answer to one request, its body unread; ask again while the server is busy or away."""
        url = self.url(key)
        told, wanted = "", None
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(self._pause(url, told, attempt, wanted))
            wanted = None
            try:
                response = self._pool.request(
                    method,
                    f"{url}?{self._query}" if self._query else url,
                    headers={**self._pool.headers, **(headers or {})},
                    preload_content=False,
                    decode_content=False,
                )
            except HTTPError as error:
                cause = getattr(error, "reason", None) or error  # without the whole address
                told = f"cannot be reached ({type(cause).__name__}: {cause})"
                continue
            if response.status in {200, 206, *(allowed or ())}:
                return response
            response.close()
            told = f"answered {response.status}"
            if response.status in _GONE:
                raise KeyError(url)
            if response.status not in _BUSY:
                raise ConfigError(f"{url}: the server {told}; check the address, and whether it lets this host read")
            wanted = _retry_after(response.headers.get("Retry-After"))
        raise RetriableError(f"{url}: the server {told}, {ATTEMPTS} times in a row")

    def wait(self, key: str, failures: int, told: str) -> None:
        """Wait after a transfer was cut for the n-th time without a byte; raise RetriableError after too many."""
        if failures >= ATTEMPTS:
            raise RetriableError(f"{self.url(key)}: the transfer was cut {failures} times in a row ({told})")
        self._sleep(self._pause(self.url(key), told, failures, None))

    def _pause(self, url: str, told: str, attempt: int, wanted: float | None) -> float:
        if wanted is not None and wanted > LONGEST_WAIT:
            raise RetriableError(f"{url}: the server {told} and asks for a pause of {wanted:.0f} seconds")
        own = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
        return own if wanted is None else max(wanted, own)


def _retry_after(value: str | None) -> float | None:
    """Return the pause that a server asks for, in seconds: RFC 9110 gives a number or a date."""
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
