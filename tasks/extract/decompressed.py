"""A file as the bytes it holds, gzip and zstd undone: in small pieces, up to where it breaks and on behind it."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

from tasks.extract.codecs import CODEC_ERRORS, GZIP, GZIP_MAGIC, Codec, zstd_codec
from tasks.extract.records import Fault

CHUNK_BYTES = 1 << 16
# Deflate cannot go over 1,032:1, zstd has no bound; a file that goes over this one is a bomb.
BOMB_RATIO = 2_000
BOMB_FLOOR = 64 << 20

Compression = Literal["gzip", "zstd", "none"]
# How a member may begin. RFC 1952: two magic bytes, 8 for deflate, and flags whose upper three bits are zero.
# RFC 8878: a frame, or one to skip.
_BEGINS = {
    "gzip": re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}


def compression_of(head: bytes) -> Compression:
    """Tell the compression of a file by its first four bytes; its name does not count."""
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    return "zstd" if _BEGINS["zstd"].match(head) else "none"


def chunks(file: BinaryIO) -> Iterator[bytes | Fault]:
    """Yield what a seekable file holds from its beginning, and a Fault (`broken_gzip`, `broken_zstd`,
    `truncated_file`, `compression_bomb`) wherever bytes are lost; behind it the next member is read.
    """
    file.seek(0)
    compression = compression_of(file.read(4))
    file.seek(0)
    if compression == "none":
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
        return
    made = 0
    for item in _inflated(file, compression, GZIP if compression == "gzip" else zstd_codec()):
        yield item
        made += len(item) if isinstance(item, bytes) else 0
        if made > BOMB_FLOOR and made > BOMB_RATIO * file.tell():
            yield "compression_bomb", f"{file.tell()} bytes hold more than {made}"
            return


def _inflated(file: BinaryIO, compression: str, codec: Codec) -> Iterator[bytes | Fault]:
    told = False  # one fault for a stretch, however many beginnings of members it seems to hold
    data = file.read(CHUNK_BYTES)
    while data:
        if len(data) < 4:
            data += file.read(CHUNK_BYTES)
        if not data.strip(b"\0"):  # padding, as tapes have it
            data = file.read(CHUNK_BYTES)
            continue
        begin = fed = file.tell() - len(data)
        given = 0
        inflater = codec.inflater()
        try:
            while not inflater.eof:
                if inflater.needs_input and not data:
                    fed = file.tell()
                    data = file.read(CHUNK_BYTES)
                    if not data:
                        yield "truncated_file", f"the file ends within a {compression} member"
                        return
                piece, data = inflater.decompress(data, CHUNK_BYTES), b""
                if piece:
                    told = False
                    given += len(piece)
                    yield piece
            data = inflater.unused_data or file.read(CHUNK_BYTES)
        except CODEC_ERRORS as error:
            saved = _salvaged(file, codec, begin, given)
            if saved:
                yield saved
            if saved or not told:
                yield f"broken_{compression}", str(error)
            told = True
            file.seek(max(fed, begin + 1))
            data = _next_member(file, _BEGINS[compression])


def _salvaged(file: BinaryIO, codec: Codec, begin: int, given: int) -> bytes:
    """Return what the member at `begin` holds behind its first `given` bytes, up to its fault.

    An inflater gives a step whole or not at all, so that it is done again in small ones.
    """
    file.seek(begin)
    inflater = codec.careful()
    saved = bytearray()
    try:
        while not inflater.eof:
            data = file.read(CHUNK_BYTES) if inflater.needs_input else b""
            if inflater.needs_input and not data:
                break
            piece = inflater.decompress(data, min(given, CHUNK_BYTES) if given else 1)
            if given:
                given -= len(piece)
            else:
                saved += piece
    except CODEC_ERRORS:
        pass
    return bytes(saved)


def _next_member(file: BinaryIO, begins: re.Pattern[bytes]) -> bytes:
    """Return bytes that begin like a member, the next ones of the file; b"" at its end."""
    data = file.read(CHUNK_BYTES)
    while data and not (found := begins.search(data)):
        more = file.read(CHUNK_BYTES)
        data = data[-3:] + more if more else b""
    return data[found.start() :] if data and found else b""
