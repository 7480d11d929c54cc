"""Copies of the records that became documents."""

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.core.ids import canonical_json, sha256_bytes
from tasks.extract.kept import KeptRecords, keep_records
from tests.fakes.objects import MemoryObjects

ROWS = [{"text": "the first"}, {"text": "another and longer one"}, {"text": "the first"}, {"text": "the last"}]
LINES = [json.dumps(row).encode() for row in ROWS]


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "data", "records"),
    [
        ("jsonl", gzip.compress(b"\n".join(LINES), mtime=0), LINES),
        ("jsonl", b"\n".join(LINES), LINES),
        ("parquet", _parquet(), [canonical_json(row).encode() for row in ROWS]),
    ],
    ids=["compressed lines", "lines", "rows"],
)
def test_a_record_that_a_file_repeats_is_kept_once(
    tmp_path: Path, kind: str, data: bytes, records: list[bytes]
) -> None:
    """And what stands between the two is kept as it is, whatever their order is taken for."""
    (tmp_path / "file").write_bytes(data)
    offsets = [sum(len(line) + 1 for line in LINES[:number]) for number in range(len(LINES))]
    places = [
        {"row_group": 0, "row": number} if kind == "parquet" else {"offset": offset, "length": len(LINES[number])}
        for number, offset in enumerate(offsets)
    ]
    objects = MemoryObjects()
    named = [(sha256_bytes(record), place) for record, place in zip(records, places, strict=True)]
    assert keep_records(objects, tmp_path / "file", kind, "file", named) == 3
    kept = KeptRecords(objects)
    assert [kept.get(kind, "file", sha256_bytes(record)) for record in records] == records
