"""Reads the records of a JSON-lines file: one object a line, gzip, zstd or plain. Broken input never ends the file."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tasks.core.errors import DataError
from tasks.core.ids import sha256_bytes
from tasks.core.source_config import RecordFields
from tasks.extract.fields import record_of
from tasks.extract.lines import Line, lines
from tasks.extract.records import RejectedRecord, SourceRecord

# Values of one line: each takes a hundred times its two bytes of "[]," once it is parsed.
MAX_VALUES = 1_000_000


def read(
    path: str | Path,
    *,
    fields: RecordFields,
    max_record_bytes: int,
    skipped: Counter[str],
    start: int = 0,
    end: int | None = None,
) -> Iterator[SourceRecord | RejectedRecord]:
    """Yield the records whose lines begin in the bytes [start, end) of a file; blank lines are counted in `skipped`."""
    with open(path, "rb") as file:
        for line in lines(file, max_bytes=max_record_bytes, start=start, end=end):
            if line.data is not None and not line.data.strip():
                skipped["blank_line"] += 1
                continue
            try:
                yield _record(line, fields)
            except DataError as error:
                yield RejectedRecord(
                    locator={"length": line.length, "offset": line.offset},
                    offset=line.offset,
                    length=line.length,
                    record_sha256=line.sha256,
                    reason=error.reason,
                    detail=error.detail,
                )


def read_line(data: bytes, *, fields: RecordFields) -> SourceRecord:
    """Return the record in one line, as `read` found it; its offset is 0. Raises DataError."""
    return _record(Line(0, len(data), sha256_bytes(data), data), fields)


def _record(line: Line, fields: RecordFields) -> SourceRecord:
    if line.data is None:
        raise DataError(*(line.fault or ("broken_record", "")))
    return record_of(
        parse(line.data),
        fields,
        locator={"length": line.length, "offset": line.offset},
        offset=line.offset,
        length=line.length,
        sha256=line.sha256,
    )


def parse(data: bytes) -> object:
    """Return the value in a line of JSON. Raises DataError: `invalid_utf8`, `invalid_json` or `too_many_values`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError("invalid_utf8", f"byte {error.start} of the line: {error.reason}") from None
    if text.count("[") + text.count("{") + text.count(",") > MAX_VALUES:
        raise DataError("too_many_values", f"the line holds more than {MAX_VALUES} values")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError("invalid_json", str(error)) from None
    return value
