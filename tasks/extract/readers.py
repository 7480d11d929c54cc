"""One reader for every kind of source: what a piece of a file becomes, record by record."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tasks.core.errors import ConfigError
from tasks.core.refs import SourceRef
from tasks.core.source_config import USUAL_FIELDS, RecordFields
from tasks.extract import jsonl, parquet, warc
from tasks.extract.records import RejectedRecord, SourceRecord

# The type of WARC record that is a page: what a server answered, or the text that was made of it.
WARC_TYPES = {"warc": ("response",), "wet": ("conversion",)}


def read_source(
    path: str | Path,
    source: SourceRef,
    fields: RecordFields | None,
    *,
    max_record_bytes: int,
    skipped: Counter[str] | None = None,
) -> Iterator[SourceRecord | RejectedRecord]:
    """Yield the records of `source`, whose bytes lie at `path` at the offsets they have in its file.

    `fields` are those of the text kinds, None for their usual names. What is no record (a WARC request, a blank
    line) is counted in `skipped`. Raises ConfigError for a kind that does not exist.
    """
    counts: Counter[str] = Counter() if skipped is None else skipped
    start, end = source.start, source.end
    if source.kind in WARC_TYPES:
        return warc.read(
            path,
            max_record_bytes=max_record_bytes,
            skipped=counts,
            start=start,
            end=end,
            types=WARC_TYPES[source.kind],
        )
    fields = fields or USUAL_FIELDS
    if source.kind == "parquet":
        return parquet.read(path, fields=fields, max_record_bytes=max_record_bytes, start=start, end=end)
    if source.kind in {"dolma", "jsonl"}:
        return jsonl.read(path, fields=fields, max_record_bytes=max_record_bytes, skipped=counts, start=start, end=end)
    raise ConfigError(f"{source.uri}: no reader for the kind {source.kind!r}")


def read_one(data: bytes, kind: str, fields: RecordFields | None, *, max_record_bytes: int) -> SourceRecord:
    """Return the record in the bytes that `fetch` gives for its place, as `read_source` found it; its offset is 0.

    Raises DataError with the reason where they are no usable record.
    """
    if kind in WARC_TYPES:
        return warc.read_one(data, max_record_bytes=max_record_bytes, types=WARC_TYPES[kind])
    return jsonl.read_line(data, fields=fields or USUAL_FIELDS)  # a Parquet row is known by its JSON
