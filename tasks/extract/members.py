"""Splits a WARC file into its members: where each begins and ends, and what it inflates to.

A member is one gzip member of a compressed WARC, or one record of a plain one. Members tile the file: what
lies between two of them is a member of its own with a problem. The splitting is done here and not by a
WARC library because the exact byte range of each member is what lineage points to, because a bomb must not
be inflated, and because one broken member must not end the file.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from tasks.core.errors import DataError

Buffer = bytes | mmap

GZIP_MAGIC = b"\x1f\x8b\x08"  # RFC 1952: two magic bytes, then 8 for deflate
WARC_MAGIC = b"WARC/"
HEAD_BYTES = 65_536  # more than any header; what is kept of a member that is too large
CHUNK_BYTES = 65_536
# A member is inflated past the caller's limit only to find its end; beyond this many limits it is a bomb.
BOMB_FACTOR = 16

_CONTENT_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$")
_NEXT_PLAIN = re.compile(rb"(?:\A|\n)(?=WARC/1\.)")


@dataclass(frozen=True, slots=True)
class Member:
    """Bytes [offset, offset+length) of the file. `data` is the inflated record, or its head where it has a problem."""

    offset: int
    length: int
    data: bytes
    problem: str = ""  # reason code, empty when whole
    detail: str = ""


def members(raw: Buffer, *, max_bytes: int) -> Iterator[Member]:
    """Yield the members of a WARC file in order; `max_bytes` bounds what one inflates to.

    Never raises for the file's content, and uses memory for one member at most. Problems are `not_a_warc`
    (nothing in the file is a WARC record, or this member holds something else), `broken_record`,
    `truncated_record` and `record_too_large`.
    """
    size = len(raw)
    if size == 0:
        yield Member(0, 0, b"", "not_a_warc", "empty file")
        return
    offset = _find_next(raw, 0)
    if offset is None:
        detail = f"no WARC record in {size} bytes; the file begins with {raw[:16]!r}"
        yield Member(0, size, b"", "not_a_warc", detail)
        return
    if offset > 0:
        yield Member(0, offset, b"", "broken_record", f"{offset} bytes before the first record are no record")
    while offset < size:
        member = _member_at(raw, offset, max_bytes)
        yield member
        offset += member.length


def _member_at(raw: Buffer, offset: int, max_bytes: int) -> Member:
    """Read the member that begins at `offset`; where its end is unknown, it reaches to the next one found."""
    try:
        if raw[offset : offset + len(GZIP_MAGIC)] == GZIP_MAGIC:
            data, end, total = _inflate(raw, offset, max_bytes)
        else:
            data, end, total = _plain_record(raw, offset, max_bytes)
    except _EndUnknownError as error:
        following = _find_next(raw, offset + 1)
        end = len(raw) if following is None else following
        return Member(offset, end - offset, error.head, error.reason, error.detail)
    if total > max_bytes:
        detail = f"{total} bytes, more than max_record_bytes {max_bytes}"
        return Member(offset, end - offset, data[:HEAD_BYTES], "record_too_large", detail)
    return Member(offset, end - offset, data)


class _EndUnknownError(DataError):
    """A member begins here, but where it ends cannot be told."""

    def __init__(self, reason: str, detail: str, head: bytes = b"") -> None:
        super().__init__(reason, detail)
        self.head = head[:HEAD_BYTES]


def _inflate(raw: Buffer, start: int, max_bytes: int) -> tuple[bytes, int, int]:
    """Return (data, end, inflated size) of the gzip member at `start`; data is only a head when it is too large."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    data, total, pos, pending = bytearray(), 0, start, b""
    while not inflater.eof:
        if not pending:
            pending = bytes(raw[pos : pos + CHUNK_BYTES])
            pos += len(pending)
            if not pending:
                raise _EndUnknownError("truncated_record", "the file ends inside this gzip member", bytes(data))
        try:
            piece = inflater.decompress(pending, CHUNK_BYTES)
        except zlib.error as error:
            raise _EndUnknownError("broken_record", f"gzip: {error}", bytes(data) or _salvage(raw, start)) from None
        pending = inflater.unconsumed_tail
        total += len(piece)
        if total <= max_bytes:
            data += piece
        else:
            del data[HEAD_BYTES:]
        if total > max_bytes * BOMB_FACTOR:
            detail = f"not inflated beyond {max_bytes * BOMB_FACTOR} bytes, {BOMB_FACTOR} times max_record_bytes"
            raise _EndUnknownError("record_too_large", detail, bytes(data))
    return bytes(data), pos - len(inflater.unused_data), total


def _salvage(raw: Buffer, start: int) -> bytes:
    """Return what a broken member inflates to before its fault, in steps small enough to stop close to it."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    data = b""
    try:
        for pos in range(start, start + CHUNK_BYTES, 64):
            data += inflater.decompress(bytes(raw[pos : pos + 64]), HEAD_BYTES - len(data))
            if len(data) >= HEAD_BYTES:
                break
    except zlib.error:
        pass
    return data


def _plain_record(raw: Buffer, start: int, max_bytes: int) -> tuple[bytes, int, int]:
    """Return (data, end, size) of the uncompressed record at `start`, its two closing line ends included."""
    if raw[start : start + len(WARC_MAGIC)] != WARC_MAGIC:
        raise _EndUnknownError("broken_record", f"no record begins here: {raw[start : start + 16]!r}")
    head = bytes(raw[start : start + HEAD_BYTES])
    header, separator, _ = head.partition(b"\r\n\r\n")
    lengths = set(_CONTENT_LENGTH.findall(header))
    if not separator or len(lengths) != 1:
        raise _EndUnknownError("broken_record", "the header has no end, or not one Content-Length", head)
    end = start + len(header) + len(separator) + int(lengths.pop())
    if end > len(raw):
        detail = f"the record ends {end - len(raw)} bytes past the end of the file"
        raise _EndUnknownError("truncated_record", detail, head)
    closing = bytes(raw[end : end + 4])
    if closing not in (b"\r\n\r\n", b""):
        raise _EndUnknownError("broken_record", "no blank line where Content-Length puts the record's end", head)
    end += len(closing)
    total = end - start
    return bytes(raw[start:end]) if total <= max_bytes else head, end, total


def _find_next(raw: Buffer, start: int) -> int | None:
    """Return where the next thing that begins like a WARC record lies, at or after `start`.

    A file is compressed or plain throughout, so one kind is not searched for the other: a stored gzip block
    would be taken for a plain record, and a crawled .warc.gz inside a plain record for a member.
    """
    found = []
    if raw[: len(WARC_MAGIC)] != WARC_MAGIC:
        found.append(_find_gzip(raw, start))
    if raw[: len(GZIP_MAGIC)] != GZIP_MAGIC:
        plain = _NEXT_PLAIN.search(raw, start)
        found.append(plain.end() if plain else None)
    return min((offset for offset in found if offset is not None), default=None)


def _find_gzip(raw: Buffer, start: int) -> int | None:
    offset = raw.find(GZIP_MAGIC, start)
    while offset != -1 and not _begins_warc(raw, offset):
        offset = raw.find(GZIP_MAGIC, offset + 1)
    return None if offset == -1 else offset


def _begins_warc(raw: Buffer, offset: int) -> bool:
    try:
        head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(bytes(raw[offset : offset + 4_096]), 5)
    except zlib.error:
        return False
    return head == WARC_MAGIC
