"""The compressions of a WARC file: how a member begins, and what inflates it without going past a limit.

gzip is RFC 1952 and LZ4 its frame format 1.6, one member or frame for each record. Zstandard is the IIPC's proposal
"Zstandard Compression for WARC Files 1.0": one frame for each record, and a dictionary in a skippable frame at the
beginning of the file.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import lz4.frame
from backports import zstd
from isal import igzip_lib

from tasks.extract.window import Window

GZIP_MAGIC = b"\x1f\x8b\x08"  # RFC 1952: two magic bytes, then 8 for deflate
LZ4_MAGIC = b"\x04\x22\x4d\x18"  # LZ4 frame format 1.6
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"  # RFC 8878
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"  # the skippable frame that holds the dictionary
_SKIPPABLE_MAGIC = tuple(bytes([0x50 + number]) + b"\x2a\x4d\x18" for number in range(16))
MEMBER_HEAD_BYTES = 15  # what tells whether a member can begin: the header of gzip, and that of its first block
MAX_DICTIONARY_BYTES = 64 << 20
# The largest window `zstd -d` accepts without being asked: 128 MiB. A frame that wants more is refused.
_ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
# No output comes before a whole block is in, of up to 128 KiB for zstd.
_MAX_BLOCK_BYTES = 160 << 10
# What other files begin with, so that a reject can name them.
FOREIGN_MAGIC = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
    b"\x1f\x9d": "compress",
}
# isal's stub calls its exception class an exception.
CODEC_ERRORS: tuple[type[Exception], ...] = (igzip_lib.IsalError, zlib.error, zstd.ZstdError)  # type: ignore[assignment]


class Inflater(Protocol):
    """Inflates one member; bytes behind its end are left in `unused_data`. Raises one of CODEC_ERRORS."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


class ZlibInflater:
    """zlib with the interface of the others. All that lies before a fault is given before the fault is raised."""

    def __init__(self, wbits: int = zlib.MAX_WBITS | 16) -> None:
        self._zlib = zlib.decompressobj(wbits=wbits)
        self._has_more = False
        self._error: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._has_more and self._error is None

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = 0) -> bytes:
        if self._error is not None:
            raise self._error
        data = self._zlib.unconsumed_tail + data
        before = self._zlib.copy()
        try:
            piece = self._zlib.decompress(data, max_length)
        except zlib.error as error:
            self._error = error
            return _up_to_fault(before, data)
        # With its input used up zlib may still hold output back.
        self._has_more = bool(self._zlib.unconsumed_tail) or (0 < max_length == len(piece) and not self.eof)
        return piece


def _up_to_fault(inflater: "zlib._Decompress", data: bytes) -> bytes:
    pieces: list[bytes] = []
    with suppress(zlib.error):
        for place in range(len(data)):
            pieces.append(inflater.decompress(data[place : place + 1]))
    return b"".join(pieces)


def _gzip() -> Inflater:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _may_begin_gzip(head: bytes) -> bool:
    if len(head) < MEMBER_HEAD_BYTES or head[3]:  # a header with options is left to the inflater
        return len(head) > 3 and not head[3] & 0xE0
    block_type = head[10] >> 1 & 3
    if block_type == 0:  # stored: the length, and the same with its bits turned over
        return head[11] ^ head[13] == 0xFF == head[12] ^ head[14]
    return block_type != 3


class Lz4Inflater:
    """LZ4 with the interface of the others: what it finds wrong is one of CODEC_ERRORS."""

    def __init__(self) -> None:
        self._lz4 = lz4.frame.LZ4FrameDecompressor()

    @property
    def eof(self) -> bool:
        return bool(self._lz4.eof)

    @property
    def needs_input(self) -> bool:
        return bool(self._lz4.needs_input)

    @property
    def unused_data(self) -> bytes:
        return self._lz4.unused_data or b""

    def decompress(self, data: bytes, max_length: int = 0) -> bytes:
        try:
            return bytes(self._lz4.decompress(data, max_length or -1))
        except (RuntimeError, EOFError) as error:
            raise zlib.error(str(error)) from None


def _may_begin_lz4(head: bytes) -> bool:
    return len(head) > 4 and head[4] >> 6 == 1  # the version of the frame format


def _may_begin_zstd(head: bytes) -> bool:
    return len(head) > 4 and not head[4] & 0x08  # a reserved bit of the frame header


@dataclass(frozen=True)
class Codec:
    """One compression: `magic` is what a member begins with, the first one for those that hold data.

    `careful` makes an inflater that gives all there is up to a fault, if it is fed `careful_bytes` at a time, where
    `inflater` loses its last piece.
    """

    name: str
    magic: tuple[bytes, ...]
    inflater: Callable[[], Inflater]
    careful: Callable[[], Inflater]
    careful_bytes: int
    may_begin: Callable[[bytes], bool]  # whether a member can begin with these bytes, without inflating them
    stands_alone: bool = True  # whether a member can be inflated without the rest of its file


GZIP = Codec("gzip", (GZIP_MAGIC,), _gzip, ZlibInflater, 1_024, _may_begin_gzip)
LZ4 = Codec("lz4", (LZ4_MAGIC,), Lz4Inflater, Lz4Inflater, 1, _may_begin_lz4)


def zstd_codec(dictionary: bytes | None = None) -> Codec:
    """Return the codec of a file whose frames need `dictionary`, as stored in its first frame."""
    loaded = _Dictionary(dictionary)

    def inflater() -> Inflater:
        return zstd.ZstdDecompressor(zstd_dict=loaded.digested, options=_ZSTD_OPTIONS)

    magic = (ZSTD_MAGIC, *_SKIPPABLE_MAGIC)
    return Codec("zstd", magic, inflater, inflater, 1, _may_begin_zstd, stands_alone=dictionary is None)


@dataclass
class _Dictionary:
    stored: bytes | None

    @cached_property
    def digested(self) -> zstd.ZstdDict | None:
        """The dictionary, inflated if it was itself stored as a frame. A broken one makes the frames unreadable."""
        if self.stored is None:
            return None
        data = self.stored
        try:
            if data.startswith(ZSTD_MAGIC):
                inflater = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
                data = inflater.decompress(data, MAX_DICTIONARY_BYTES)
            dictionary = zstd.ZstdDict(data)
            zstd.ZstdDecompressor(zstd_dict=dictionary)  # this is where a broken one shows
            return dictionary
        except (zstd.ZstdError, ValueError):
            return None


def codec_of(window: Window) -> Codec | None:
    """Return the compression that the file's first bytes name, None for a plain file or another kind."""
    head = window.at(0, 8)
    if head.startswith(GZIP_MAGIC):
        return GZIP
    if head.startswith(LZ4_MAGIC):
        return LZ4
    if head.startswith(ZSTD_MAGIC):
        return zstd_codec()
    if head.startswith(DICTIONARY_MAGIC):
        length = int.from_bytes(head[4:8], "little")
        return zstd_codec(window.at(8, length) if length <= MAX_DICTIONARY_BYTES else None)
    return None


def first_bytes(codec: Codec, window: Window, offset: int, length: int) -> bytes:
    """Return up to `length` bytes of what the member at `offset` inflates to; b"" where it is none."""
    head = window.at(offset, MEMBER_HEAD_BYTES)
    if not head.startswith(codec.magic[0]) or not codec.may_begin(head):
        return b""
    try:
        return b"".join(_first_pieces(codec.inflater(), window, offset, length, 4_096))
    except CODEC_ERRORS:
        pieces: list[bytes] = []
        with suppress(*CODEC_ERRORS):
            pieces.extend(_first_pieces(codec.careful(), window, offset, length, codec.careful_bytes))
        return b"".join(pieces)


def _first_pieces(inflater: Inflater, window: Window, offset: int, length: int, step: int) -> Iterator[bytes]:
    pos = offset
    while length > 0 and not inflater.eof and pos < offset + _MAX_BLOCK_BYTES:
        chunk = window.at(pos, step) if inflater.needs_input else b""
        if inflater.needs_input and not chunk:
            return
        pos += len(chunk)
        piece = inflater.decompress(chunk, length)
        length -= len(piece)
        yield piece
