"""HTTP responses in the states in which archives keep them."""

import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.core.errors import DataError
from tasks.extract.http_body import HttpResponse, http_response, is_http_response

BODY = b"<html><body><p>A page with some text in it.</p></body></html>"
LIMIT = 100_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def chunked(data: bytes, size: int = 7) -> bytes:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%X;name=value\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Trailer: 1\r\n\r\n"


def response(body: bytes, *headers: str, status_line: str = "HTTP/1.1 200 OK") -> HttpResponse:
    block = "\r\n".join([status_line, *headers, "", ""]).encode() + body
    return http_response(block, max_bytes=LIMIT)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, []),
        (gzip.compress(BODY), ["Content-Encoding: gzip"]),
        (gzip.compress(BODY), ["content-encoding: X-GZIP"]),
        (gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), ["Content-Encoding: gzip"]),
        (gzip.compress(BODY) + b"\x00\x00trailing", ["Content-Encoding: gzip"]),
        (zlib.compress(BODY), ["Content-Encoding: deflate"]),
        (raw_deflate(BODY), ["Content-Encoding: deflate"]),
        (brotli.compress(BODY), ["Content-Encoding: br"]),
        (zstd.compress(BODY), ["Content-Encoding: zstd"]),
        (brotli.compress(gzip.compress(BODY)), ["Content-Encoding: gzip, br"]),
        (brotli.compress(gzip.compress(BODY)), ["Content-Encoding: gzip", "Content-Encoding: br"]),
        (chunked(BODY), ["Transfer-Encoding: chunked"]),
        (chunked(gzip.compress(BODY)), ["Transfer-Encoding: gzip, chunked"]),
        (chunked(gzip.compress(BODY)), ["Transfer-Encoding: chunked", "Content-Encoding: gzip"]),
        (chunked(BODY).replace(b"\r\n", b"\n"), ["Transfer-Encoding: chunked"]),
        (BODY, ["Transfer-Encoding: chunked"]),
        (BODY, ["Content-Encoding: gzip"]),
        (BODY, ["Content-Encoding: br"]),
        (BODY, ["Content-Encoding: deflate"]),
        (BODY, ["Content-Encoding: zstd"]),
        (BODY, ["Content-Encoding: identity"]),
        (BODY, ["Content-Encoding: utf-8"]),
        (BODY, ["Content-Encoding: made-up"]),
        (BODY, ["X-Crawl-Transfer-Encoding: chunked", "X-Crawl-Content-Encoding: gzip"]),
    ],
)
def test_the_body_is_what_a_browser_shows(body: bytes, headers: list[str]) -> None:
    """Encodings are undone from the last applied to the first, and passed over where the body does not have them."""
    found = response(body, *headers)
    assert (found.body, found.fault) == (BODY, None)


def test_a_first_line_that_looks_like_a_chunk_size_is_text() -> None:
    """A body that was joined already is not cut because it begins like a chunk."""
    body = b"add\r\n and this is the text"
    assert response(body, "Transfer-Encoding: chunked").body in (body, body[5:])
    body = b"5\r\nmore than five bytes follow"
    assert response(body, "Transfer-Encoding: chunked").body == body


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(BODY)[:-40], ["Transfer-Encoding: chunked"]),
        (gzip.compress(BODY * 90)[:-20], ["Content-Encoding: gzip"]),
        (gzip.compress(BODY * 90)[:-1] + b"\xff", ["Content-Encoding: gzip"]),
        (zlib.compress(BODY * 90)[:-20], ["Content-Encoding: deflate"]),
        (raw_deflate(BODY * 90)[:-9], ["Content-Encoding: deflate"]),
        (brotli.compress(bytes(range(256)) * 90)[:-4], ["Content-Encoding: br"]),
    ],
)
def test_a_cut_body_gives_what_there_is_and_says_so(body: bytes, headers: list[str]) -> None:
    """The beginning of the page is kept, with the fault beside it."""
    found = response(body, *headers)
    assert found.body
    assert found.fault is not None
    assert found.fault[0] == "truncated_record"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"\x00\x01\x02\x03", "gzip"),
        (b"\x1f\x8b\x08\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff", "gzip"),
        (b"\xff\x00\xfe\x01" * 9, "br"),
        (b"\xff\x00\xfe\x01" * 9, "deflate"),
        (b"\xff\x00\xfe\x01" * 9, "zstd"),
        (b"\x1f\x9d\x90\x00\x01", "compress"),
    ],
)
def test_a_body_that_cannot_be_decoded_is_refused(body: bytes, encoding: str) -> None:
    """Bytes that are neither encoded as said nor text raise with the reason."""
    with pytest.raises(DataError) as caught:
        response(body, f"Content-Encoding: {encoding}")
    assert caught.value.reason == "undecodable"


@pytest.mark.parametrize(
    ("pack", "encoding"),
    [(gzip.compress, "gzip"), (zlib.compress, "deflate"), (raw_deflate, "deflate"), (zstd.compress, "zstd")],
)
def test_a_bomb_is_refused(pack, encoding: str) -> None:
    """Decoding stops at the limit, and one byte under it is no bomb."""
    with pytest.raises(DataError) as caught:
        response(pack(b"x" * 5_000_000), f"Content-Encoding: {encoding}")
    assert caught.value.reason == "record_too_large"
    assert len(response(pack(b"x" * LIMIT), f"Content-Encoding: {encoding}").body) == LIMIT


def test_a_chain_of_encodings_has_a_bound() -> None:
    """Each encoding may be a bomb, so a chain of them is followed so far and no further."""
    body = BODY
    for _ in range(6):
        body = gzip.compress(body)
    assert response(gzip.decompress(body), "Content-Encoding: " + ", ".join(["gzip"] * 5)).body == BODY
    with pytest.raises(DataError):
        response(body, "Content-Encoding: " + ", ".join(["gzip"] * 6))


def test_a_brotli_bomb_is_refused() -> None:
    """brotli is bounded like the others."""
    with pytest.raises(DataError):
        response(brotli.compress(b"x" * 50_000_000), "Content-Encoding: br")
    assert len(response(brotli.compress(b"x" * LIMIT), "Content-Encoding: br").body) == LIMIT


@pytest.mark.parametrize(
    ("block", "status", "body"),
    [
        (b"HTTP/2 404 \r\nA: b\r\n\r\nbody", 404, b"body"),
        (b"HTTP/1.0 200\r\n\r\nbody", 200, b"body"),
        (b"HTTP/1.1 200 OK\n\nbody", 200, b"body"),
        (b"HTTP/1.1 200 OK\nA: b\n\nbody", 200, b"body"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", 200, b"body"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/2 301 \r\n\r\nbody", 301, b"body"),
        (b"<html>no status line</html>", 200, b"<html>no status line</html>"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\nC", 200, b""),
        (b"HTTP/1.1 200 OK", 200, b""),
        (b"", 200, b""),
        (b"\r\nHTTP/1.1 302 Found\r\n\r\nbody", 302, b"body"),
    ],
)
def test_status_lines_of_all_kinds(block: bytes, status: int, body: bytes) -> None:
    """Interim responses, bare line ends, missing phrases and HTTP/0.9 are read."""
    found = http_response(block, max_bytes=LIMIT)
    assert (found.status, found.body) == (status, body)


def test_headers_are_kept_in_order_with_folded_lines_joined() -> None:
    """Duplicates stay, a folded line goes on with the one before, a line without a colon is passed over."""
    found = response(b"", "A: one", " two", "no colon", "a: three", "Ü: \u00fc")
    assert found.headers == (("A", "one two"), ("a", "three"), ("Ü", "ü"))


@pytest.mark.parametrize(
    ("block", "media_type", "uri", "expected"),
    [
        (b"", "application/http; msgtype=response", None, True),
        (b"HTTP/1.1 200 OK\r\n\r\n", None, None, True),
        (b"<html>", None, "https://pages.example/", True),
        (b"20260102 dns", "text/dns", "dns:pages.example", False),
        (b"220 ftp", None, "ftp://pages.example/", False),
    ],
)
def test_only_web_responses_are_http(block: bytes, media_type: str | None, uri: str | None, expected: bool) -> None:
    """The record's type decides, then the status line, then the address."""
    assert is_http_response(block, media_type, uri) is expected


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400),
    st.lists(st.sampled_from(["gzip", "br", "deflate", "zstd", "chunked", "x"]), max_size=3),
    st.sampled_from([bytes, gzip.compress, zlib.compress, raw_deflate, brotli.compress, zstd.compress, chunked]),
    st.integers(0, 400),
)
def test_no_body_raises_anything_but_a_reason(data: bytes, codings: list[str], pack, cut: int) -> None:
    """Whatever the body and its headers, there is a body or a reason."""
    try:
        found = response(
            pack(data)[cut:] + data, "Content-Encoding: " + ",".join(codings), "Transfer-Encoding: chunked"
        )
        size, reason = len(found.body), ""
    except DataError as error:
        size, reason = 0, error.reason
    assert size <= LIMIT
    assert reason in {"", "undecodable", "record_too_large"}
