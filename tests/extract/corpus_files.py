"""Files of every kind of source, each holding the same short texts."""

import gzip
import io
import json
from collections.abc import Callable

import lz4.frame
import pyarrow as pa
import pyarrow.parquet as pq
from backports import zstd

from tests.extract.warc_bytes import http, record

SENTENCE = "This is what page {} has to say about the tides, and it says it in one sentence. "


def text(number: int) -> str:
    """The text of one record."""
    return (SENTENCE.format(number) * (1 + number % 5)).strip()


def _warc(number: int) -> bytes:
    page = f"<html><body><main><p>{text(number)}</p></main></body></html>".encode()
    return record(http(page), uri=f"https://pages.example/{number}")


def _wet(number: int) -> bytes:
    return record(text(number).encode(), kind="conversion", uri=f"https://pages.example/{number}")


def _line(number: int) -> bytes:
    row = {"id": str(number), "text": text(number), "metadata": {"url": f"https://pages.example/{number}"}}
    return json.dumps(row).encode() + b"\n"


def _parquet(count: int) -> bytes:
    out = io.BytesIO()
    rows = [{"text": text(number), "url": f"https://pages.example/{number}"} for number in range(count)]
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=max(7, count // 100))
    return out.getvalue()


def _each(one: Callable[[int], bytes], pack: Callable[[bytes], bytes]) -> Callable[[int], bytes]:
    return lambda count: b"".join(pack(one(number)) for number in range(count))


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


# (kind, what the file is) -> a file of so many records.
FILES: dict[tuple[str, str], Callable[[int], bytes]] = {
    ("warc", "gzip"): _each(_warc, _gzip),
    ("warc", "zstd"): _each(_warc, zstd.compress),
    ("warc", "lz4"): _each(_warc, lz4.frame.compress),
    ("warc", "plain"): _each(_warc, bytes),
    ("wet", "gzip"): _each(_wet, _gzip),
    ("dolma", "gzip"): lambda count: _gzip(_each(_line, bytes)(count)),
    ("dolma", "plain"): _each(_line, bytes),
    ("jsonl", "zstd"): lambda count: zstd.compress(_each(_line, bytes)(count)),
    ("jsonl", "members"): _each(_line, _gzip),
    ("jsonl", "plain"): _each(_line, bytes),
    ("parquet", "row groups"): _parquet,
}
# Those that a reader can begin in the middle of.
CUT = [key for key in FILES if key[0] in {"warc", "wet", "parquet"} or key[1] == "plain"]
