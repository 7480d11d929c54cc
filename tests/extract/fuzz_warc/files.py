"""Makes WARC files of every shape, whole and damaged, and knows which records they were made of."""

import gzip
import os
import struct
import zlib
from dataclasses import dataclass

import lz4.frame
from backports import zstd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.extract.warc_bytes import http, record

LIMIT = 60_000
SHAPES = ["gzip", "stored", "plain", "lz4", "zstd", "dictionary", "solid", "solid zstd", "blocks", "pairs"]
# Shapes in which each record has a range of bytes of its own.
OWN_RANGE = {"gzip", "stored", "plain", "lz4", "zstd", "dictionary"}
TOKENS = [b"", b"\x00", b"\r\n", b"\r\n\r\n", b"\n\n", b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"\xff" * 5]
TOKENS += [b"Content-Length: 7\r\n", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", gzip.compress(b"", mtime=0), bytes(64)]
DICTIONARY = zstd.train_dict([record(http(bytes([65 + n % 20]) * 50 + b"<p>page</p>" * n)) for n in range(60)], 4_096)
# A short run in the suite, the same each time; FUZZ_EXAMPLES asks for a longer and a random one.
_ASKED = os.environ.get("FUZZ_EXAMPLES")


def fuzz(examples: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    if _ASKED:
        return settings(max_examples=int(_ASKED), deadline=None, suppress_health_check=checks, database=None)
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=checks)


@dataclass(frozen=True)
class Page:
    uri: str
    body: bytes
    block: bytes
    raw: bytes  # the record as it is before compression


@dataclass(frozen=True)
class WarcFile:
    shape: str
    pages: list[Page]
    raw: bytes
    untouched: list[Page]  # those with a range of bytes of their own that was left as it was, in their order


bodies = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda data, times: data * times, st.binary(min_size=1, max_size=40), st.integers(1, 2_000)),
    st.builds(lambda data: gzip.compress(record(http(data)), mtime=0), st.binary(max_size=40)),
    st.builds(lambda data: record(http(data)), st.binary(max_size=40)),
)


@st.composite
def page_lists(draw: st.DrawFn, max_size: int = 6) -> list[Page]:
    pages = []
    for number, body in enumerate(draw(st.lists(bodies, min_size=1, max_size=max_size))):
        uri = f"https://pages.example/{number}"
        block = http(body, headers=f"Content-Type: text/html\r\nX-Page: {number}\r\n")
        pages.append(Page(uri, body, block, record(block, uri=uri)))
    return pages


def pack(shape: str, records: list[bytes]) -> list[bytes]:
    """Return the parts of the file: one for each record where the shape has that."""
    whole = b"".join(records)
    if shape == "plain":
        return records
    if shape in {"gzip", "stored"}:
        return [gzip.compress(one, 0 if shape == "stored" else 6, mtime=0) for one in records]
    if shape == "lz4":
        return [lz4.frame.compress(one, content_checksum=True) for one in records]
    if shape == "zstd":
        options = {zstd.CompressionParameter.checksum_flag: 1}
        return [zstd.compress(one, options=options) for one in records]
    if shape == "dictionary":
        first = b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(DICTIONARY.dict_content)) + DICTIONARY.dict_content
        packed = [zstd.compress(one, zstd_dict=DICTIONARY) for one in records]
        return [first + packed[0], *packed[1:]]
    if shape == "solid":
        return [gzip.compress(whole, mtime=0)]
    if shape == "solid zstd":
        return [zstd.compress(whole)]
    if shape == "pairs":
        return [gzip.compress(b"".join(records[at : at + 2]), mtime=0) for at in range(0, len(records), 2)]
    return [gzip.compress(whole[at : at + 700], mtime=0) for at in range(0, len(whole), 700)]


@st.composite
def warc_files(draw: st.DrawFn, *, damage: bool = True, max_size: int = 6) -> WarcFile:
    shape = draw(st.sampled_from(SHAPES))
    pages = draw(page_lists(max_size))
    parts = pack(shape, [page.raw for page in pages])
    touched: set[int] = set()
    if damage:
        for _ in range(draw(st.integers(0, 3))):
            number = draw(st.integers(0, len(parts) - 1))
            touched.add(number)
            parts[number] = draw(damaged(parts[number]))
    untouched = [page for number, page in enumerate(pages) if number not in touched] if shape in OWN_RANGE else []
    if not touched:
        untouched = pages
    if shape == "dictionary" and 0 in touched:
        untouched = []
    return WarcFile(shape, pages, b"".join(parts), untouched)


@st.composite
def damaged(draw: st.DrawFn, part: bytes) -> bytes:
    raw = bytearray(part)
    place = draw(st.integers(0, len(raw)))
    match draw(st.sampled_from(["flip", "token", "cut", "drop", "noise"])):
        case "flip" if raw:
            raw[place % len(raw)] ^= 1 << draw(st.integers(0, 7))
        case "token":
            raw[place : place + draw(st.integers(0, 8))] = draw(st.sampled_from(TOKENS))
        case "cut":
            del raw[place:]
        case "drop":
            del raw[place : place + draw(st.integers(1, 400))]
        case "noise":
            raw[place : place + draw(st.integers(0, 40))] = draw(st.binary(max_size=40))
    return bytes(raw)


def bomb(inflated: int) -> bytes:
    """Return one gzip member of a record that says it is longer than it is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    data = packer.compress(record(http(b""), length=inflated)[:-4])
    for _ in range(inflated // 1_000_000):
        data += packer.compress(bytes(1_000_000))
    return data + packer.flush()
