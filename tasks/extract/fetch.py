"""The bytes of one record again, by the place that lineage recorded: for verification, and for copies of the source.

A WARC record and a line of a plain file are one ranged request. A line of a compressed file costs reading the file up
to it, a Parquet row its row group: where rows are verified often, `source.keep_source` keeps them apart.
"""

import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, BinaryIO, cast

from tasks.core.errors import DataError
from tasks.core.runtime import ObjectStore
from tasks.extract import parquet, warc
from tasks.extract.decompressed import chunks, compression_of
from tasks.extract.records import Locator
from tasks.storage.ranged import RangedFile

READ_BYTES = 4 << 20
# The stage has read the record under its own bound.
MAX_RECORD_BYTES = 1 << 30


def fetch(store: ObjectStore, kind: str, uri: str, locator: Locator) -> bytes:
    """Return the bytes of one record of a file in `store`.

    Raises KeyError when the file is gone, DataError(record_missing) when there is nothing at that place.
    """
    return next(bytes_at(RangedFile(store, uri), kind, [locator]))


def bytes_at(file: io.RawIOBase, kind: str, locators: Iterable[Locator]) -> Iterator[bytes]:
    """Yield the bytes of the records at `locators`, which stand in the order of the file."""
    if kind == "parquet":
        yield from _rows_at(io.BufferedReader(file, READ_BYTES), locators)
        return
    if kind in {"warc", "wet"}:
        for locator in locators:
            yield warc.record_bytes(cast(BinaryIO, file), locator, max_record_bytes=MAX_RECORD_BYTES)
    elif compression_of(_read(file, 0, 4)) != "none":
        yield from _lines_at(io.BufferedReader(file, READ_BYTES), locators)
    else:
        for locator in locators:
            yield _read(file, locator["offset"], locator["length"])


def _read(file: io.RawIOBase, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = b""
    while len(data) < length and (more := file.read(length - len(data))):
        data += more
    return data


def _lines_at(file: io.BufferedReader, locators: Iterable[Locator]) -> Iterator[bytes]:
    """Read a compressed file once, as far as the last of the lines."""
    stream = (item for item in chunks(file) if isinstance(item, bytes))
    begin, held = 0, b""
    for locator in locators:
        offset, length = locator["offset"], locator["length"]
        while begin + len(held) < offset + length:
            more = next(stream, None)
            if more is None:
                raise DataError("record_missing", f"the file has less than {offset + length} bytes")
            if begin + len(held) < offset:
                begin, held = begin + len(held), b""
            held += more
        held, begin = held[offset - begin :], offset
        yield held[:length]


def _rows_at(file: Any, locators: Iterable[Locator]) -> Iterator[bytes]:
    try:
        opened = parquet.open_file(file)
        for group, wanted in groupby(locators, key=lambda locator: locator["row_group"]):
            batches = parquet.rows(opened, group)
            batch, begin = next(batches), 0
            for locator in wanted:
                while locator["row"] >= begin + batch.num_rows:
                    begin += batch.num_rows
                    batch = next(batches)
                yield parquet.row_bytes(batch, locator["row"] - begin)[1]
    except (*parquet.BROKEN, StopIteration, IndexError) as error:
        raise DataError("record_missing", f"no such row can be read any more ({error})") from None
