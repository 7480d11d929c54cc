"""Undoes the transfer and content encodings of an HTTP body, as far as it has them and never past a limit."""

import re
import zlib
from collections.abc import Callable
from functools import partial

import brotli

from tasks.core.errors import DataError
from tasks.extract.codecs import CODEC_ERRORS, GZIP, GZIP_MAGIC, ZSTD_MAGIC, Inflater, ZlibInflater, zstd_codec

_CHUNK_LINE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]{0,4096})?\r?\n")
_PLAIN_PROBE_BYTES = 1_024
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BODY_ERRORS: tuple[type[Exception], ...] = (*CODEC_ERRORS, brotli.error)


def unchunked(body: bytes) -> tuple[bytes, bool]:
    """Return (the joined chunks, whether the last one was there); a body that has no chunks comes back as it is."""
    pieces: list[bytes] = []
    pos = 0
    while line := _CHUNK_LINE.match(body, pos):
        size = int(line[1], 16)
        begin, end = line.end(), line.end() + size
        if size == 0:
            return b"".join(pieces), True
        closing = body[end : end + 2]
        if not pieces and end < len(body) and closing[:1] not in (b"\r", b"\n"):
            return body, True  # its first line only looks like the size of a chunk
        pieces.append(body[begin:end])
        if end >= len(body):
            return b"".join(pieces), False
        pos = end + (2 if closing == b"\r\n" else 1 if closing[:1] == b"\n" else 0)
    if not pieces:
        return body, True
    return b"".join(pieces), False


def undone(coding: str, body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Return (the body without this coding, whether it was whole); one that does not have it comes back as it is."""
    try:
        if coding in ("gzip", "x-gzip"):
            if body.startswith(GZIP_MAGIC):
                return _inflated(GZIP.inflater, GZIP.careful, body, max_bytes)
        elif coding == "deflate":
            return _undeflated(body, max_bytes)
        elif coding == "br":
            return _unbrotlied(body, max_bytes)
        elif coding == "zstd" and body.startswith(ZSTD_MAGIC):
            codec = zstd_codec()
            return _inflated(codec.inflater, codec.careful, body, max_bytes)
    except _BODY_ERRORS as error:
        if _is_plain(body):
            return body, True
        raise DataError("undecodable", f"HTTP body: {coding}: {error}") from None
    if _is_plain(body):
        return body, True
    raise DataError("undecodable", f"HTTP body: it is not {coding}, and no text: {body[:16]!r}")


def _is_plain(body: bytes) -> bool:
    return not _CONTROL.search(body[:_PLAIN_PROBE_BYTES])


def _inflated(
    fast: Callable[[], Inflater], careful: Callable[[], Inflater], body: bytes, max_bytes: int
) -> tuple[bytes, bool]:
    """Inflate `body`; with a fault in it once more, in steps small enough to have all that lies before the fault."""
    try:
        return _inflate_bounded(fast, body, max_bytes)
    except _BODY_ERRORS:
        return _inflate_bounded(careful, body, max_bytes, step=1_024)


def _undeflated(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """HTTP's deflate is zlib's format by the standard, and bare deflate by what many servers send."""
    is_zlib = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    for wbits in (zlib.MAX_WBITS, -zlib.MAX_WBITS) if is_zlib else (-zlib.MAX_WBITS,):
        try:
            result = _inflate_bounded(partial(ZlibInflater, wbits), body, max_bytes, step=4_096)
        except _BODY_ERRORS:
            continue
        if result[1] or not _is_plain(body):
            return result
    raise zlib.error("neither zlib's format nor bare deflate")


def _unbrotlied(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    inflater = brotli.Decompressor()
    pieces: list[bytes] = []
    total, chunk = 0, body
    try:
        while not inflater.is_finished():
            piece = inflater.process(chunk, output_buffer_limit=max_bytes + 1 - total)
            pieces.append(piece)
            total += len(piece)
            if total > max_bytes:
                raise DataError("record_too_large", f"the body decodes to more than max_record_bytes {max_bytes}")
            if not piece and inflater.can_accept_more_data():
                break
            chunk = b""
    except brotli.error:
        if not total or _is_plain(body):
            raise
        return b"".join(pieces), False
    if not inflater.is_finished() and (not total or _is_plain(body)):
        raise brotli.error("the stream has no end")
    return b"".join(pieces), inflater.is_finished()


def _inflate_bounded(make: Callable[[], Inflater], data: bytes, limit: int, *, step: int = 0) -> tuple[bytes, bool]:
    """Return (what `data` inflates to, whether it was whole); members that follow one another are joined.

    With a `step` what lies before a fault is returned, without one the fault is raised, one of CODEC_ERRORS; so it
    is when not even the first bytes can be read. Raises DataError `record_too_large` over `limit` bytes.
    """
    pieces: list[bytes] = []
    total, rest = 0, data
    try:
        while rest:
            inflater, pos = make(), 0
            while not inflater.eof:
                chunk = b""
                if inflater.needs_input:
                    chunk = rest[pos : pos + step] if step else rest[pos:]
                    pos += len(chunk)
                    if not chunk:
                        return b"".join(pieces), False
                piece = inflater.decompress(chunk, limit + 1 - total)
                pieces.append(piece)
                total += len(piece)
                if total > limit:
                    raise DataError("record_too_large", f"the body decodes to more than max_record_bytes {limit}")
            rest = inflater.unused_data + rest[pos:]
            if not rest.startswith((GZIP_MAGIC, ZSTD_MAGIC)):
                break
    except CODEC_ERRORS:
        if not (step and total):
            raise
        return b"".join(pieces), False
    return b"".join(pieces), True
