"""Builds the bytes of WARC records, whole or broken, for the tests."""

import gzip

BODY = b"<html><body><p>Hello, reader. This is a page.</p></body></html>"


def http(body: bytes = BODY, *, status: int = 200, headers: str = "Content-Type: text/html\r\n") -> bytes:
    """Return an HTTP response."""
    return f"HTTP/1.1 {status} OK\r\n{headers}\r\n".encode() + body


def record(
    block: bytes | None = None,
    *,
    kind: str = "response",
    uri: str = "https://pages.example/a.html",
    length: int | None = None,
    extra: str = "",
) -> bytes:
    """Return one uncompressed WARC record; `length` lies about the length of `block`."""
    block = http() if block is None else block
    header = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\n{extra}"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return header.encode() + block + b"\r\n\r\n"


def member(*args: object, **kwargs: object) -> bytes:
    """Return one record as a gzip member; the arguments are those of `record`."""
    return gzip.compress(record(*args, **kwargs), mtime=0)  # type: ignore[arg-type]
