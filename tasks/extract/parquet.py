"""Reads the records of a Parquet file, row group by row group and some rows at a time.

A row is known by the canonical JSON of all its columns: what `record_sha256` is of, and what is kept of it. A row
group that is broken is one reject for the rows that are lost, and the next one is read.
"""

import base64
import hashlib
import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.core.errors import DataError
from tasks.core.ids import canonical_json, sha256_bytes
from tasks.core.source_config import RecordFields
from tasks.extract.fields import record_of
from tasks.extract.records import RejectedRecord, SourceRecord

BATCH_BYTES = 8 << 20
BATCH_ROWS = 1_000
# What pyarrow raises for broken files: its own errors, and those of Python for strings and times it cannot make.
BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)


def read(
    path: str | Path, *, fields: RecordFields, max_record_bytes: int, start: int = 0, end: int | None = None
) -> Iterator[SourceRecord | RejectedRecord]:
    """Yield the records of the row groups that begin in the bytes [start, end) of a file."""
    with open(path, "rb") as file:
        try:
            parquet = open_file(file)
        except BROKEN as error:
            yield _lost(file, {"row_group": 0, "row": 0}, 0, "not_parquet", str(error))
            return
        has_text = any(
            name in parquet.schema_arrow.names for path in fields.text_field for name in (path, path.split(".")[0])
        )
        for group, begin, stop in row_groups(parquet):
            if begin < start or (end is not None and begin >= end):
                continue
            if has_text:
                yield from _read_group(file, parquet, group, (begin, stop), fields, max_record_bytes)
            else:
                there = ", ".join(parquet.schema_arrow.names)[:500]
                told = f"none of {', '.join(fields.text_field)} among the columns {there}"
                count = parquet.metadata.row_group(group).num_rows
                yield _lost(file, {"row_group": group, "row": 0}, count, "no_text_field", told, (begin, stop))


def open_file(file: Any) -> pq.ParquetFile:
    """Open a Parquet file for reading in small steps. Raises one of BROKEN."""
    return pq.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True)


def row_groups(parquet: pq.ParquetFile) -> Iterator[tuple[int, int, int]]:
    """Yield (number, begin, end) of each row group; the bytes are those its column chunks say they take."""
    for number in range(parquet.metadata.num_row_groups):
        group = parquet.metadata.row_group(number)
        begins, ends = [], []
        for index in range(group.num_columns):
            column = group.column(index)
            pages = [place for place in (column.dictionary_page_offset, column.data_page_offset) if place]
            begin = max(0, min(pages, default=0))
            begins.append(begin)
            ends.append(begin + max(0, column.total_compressed_size))
        yield number, min(begins, default=0), max(ends, default=0)


def rows(parquet: pq.ParquetFile, group: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a row group, in batches of about BATCH_BYTES. Raises one of BROKEN."""
    about = parquet.metadata.row_group(group)
    row_bytes = max(1, about.total_byte_size // max(1, about.num_rows))
    size = max(1, min(BATCH_ROWS, BATCH_BYTES // row_bytes))
    yield from parquet.iter_batches(batch_size=size, row_groups=[group], use_threads=False)


def row_bytes(batch: pa.RecordBatch, index: int) -> tuple[dict[str, Any], bytes]:
    """Return the values of one row, and the canonical JSON by which it is known. Raises DataError(broken_row)."""
    try:
        (row,) = batch.slice(index, 1).to_pylist()
        values = _plain(row)
        return values, canonical_json(values).encode()
    except (*BROKEN, LookupError) as error:  # a time zone that does not exist is a LookupError
        raise DataError("broken_row", str(error)) from None


def _read_group(
    file: BinaryIO,
    parquet: pq.ParquetFile,
    group: int,
    place: tuple[int, int],
    fields: RecordFields,
    max_record_bytes: int,
) -> Iterator[SourceRecord | RejectedRecord]:
    done = 0
    try:
        for batch in rows(parquet, group):
            for index in range(batch.num_rows):
                yield _record(batch, index, {"row_group": group, "row": done}, fields, max_record_bytes)
                done += 1
    except BROKEN as error:
        yield _lost(
            file,
            {"row_group": group, "row": done},
            parquet.metadata.row_group(group).num_rows - done,
            "broken_row_group",
            str(error),
            place,
        )


def _record(
    batch: pa.RecordBatch, index: int, locator: dict[str, int], fields: RecordFields, max_record_bytes: int
) -> SourceRecord | RejectedRecord:
    place: dict[str, Any] = {"locator": locator, "offset": locator["row"], "length": 1}
    sha256 = sha256_bytes(b"")
    try:
        values, data = row_bytes(batch, index)
        sha256 = sha256_bytes(data)
        if len(data) > max_record_bytes:
            raise DataError("record_too_large", f"a row of {len(data)} bytes, more than {max_record_bytes}")
        return record_of(values, fields, **place, sha256=sha256)
    except DataError as error:
        return RejectedRecord(**place, record_sha256=sha256, reason=error.reason, detail=error.detail)


def _lost(
    file: BinaryIO, locator: dict[str, int], count: int, reason: str, detail: str, place: tuple[int, int] | None = None
) -> RejectedRecord:
    """Return the reject of rows that cannot be read; its digest is of the bytes that hold them."""
    begin, stop = place or (0, file.seek(0, 2))
    digest = hashlib.sha256()
    file.seek(begin)
    while begin < stop and (chunk := file.read(min(1 << 20, stop - begin))):
        digest.update(chunk)
        begin += len(chunk)
    return RejectedRecord(
        locator=locator,
        offset=locator["row"],
        length=count,
        record_sha256=digest.hexdigest(),
        reason=reason,
        detail=detail,
    )


def _plain(value: Any) -> Any:
    """Return a value of a row as one that JSON has."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return _text_of(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    # Decimals, UUIDs and what else later types of column may give.
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _text_of(value: bytes) -> str:
    """Return bytes as the text they are, for writers that do not mark their columns as text; others as base64."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
