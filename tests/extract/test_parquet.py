"""Records of Parquet files, FineWeb's columns and any other."""

import io
import json
import random
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.core.ids import canonical_json, sha256_bytes
from tasks.core.source_config import USUAL_FIELDS, RecordFields
from tasks.extract.jsonl import read_line
from tasks.extract.parquet import open_file, read, row_groups
from tasks.extract.records import RejectedRecord, SourceRecord


def row(number: int) -> dict[str, Any]:
    return {
        "text": f"Text {number}. {random.Random(number).getrandbits(2_000):x}",
        "id": f"<urn:uuid:{number}>",
        "dump": "CC-MAIN-2013-20",
        "url": f"https://pages.example/{number}",
        "date": "2013-05-18T05:48:54Z",
        "language_score": 0.5 + number / 1_000,
    }


def parquet(rows: list[dict[str, Any]] | pa.Table, *, group: int = 100) -> bytes:
    out = io.BytesIO()
    table = pa.Table.from_pylist(rows) if isinstance(rows, list) else rows
    pq.write_table(table, out, row_group_size=group, write_page_checksum=True)
    return out.getvalue()


def outcomes(tmp_path: Path, data: bytes, **options: Any) -> list[SourceRecord | RejectedRecord]:
    path = tmp_path / "file"
    path.write_bytes(data)
    defaults: dict[str, Any] = {"fields": USUAL_FIELDS, "max_record_bytes": 10_000}
    return list(read(path, **(defaults | options)))


def test_a_row_is_a_record(tmp_path: Path) -> None:
    """FineWeb's columns; the row is known by its row group, its place there and its canonical JSON."""
    rows = [row(number) for number in range(250)]
    found = outcomes(tmp_path, parquet(rows))
    assert [one.payload.decode() for one in found if isinstance(one, SourceRecord)] == [one["text"] for one in rows]
    record = found[213]
    assert isinstance(record, SourceRecord)
    assert record.locator == {"row_group": 2, "row": 13} and (record.offset, record.length) == (13, 1)
    assert record.record_sha256 == sha256_bytes(canonical_json(rows[213]).encode())
    assert (record.uri, record.record_name) == ("https://pages.example/213", "<urn:uuid:213>")
    assert (record.record_at, record.date) == ("2013-05-18T05:48:54Z", "2013-05-18")


def test_values_that_json_lacks_are_written_in_one_way(tmp_path: Path) -> None:
    """Times, decimals, bytes and numbers that are none; the JSON gives the record again."""
    values = {
        "page": {"body": "A text.", "tags": ["a", None]},
        "date": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "score": float("nan"),
        "price": Decimal("1.50"),
        "raw": b"\x00\xff",
    }
    fields = RecordFields.model_validate({"text_field": "page.body"})
    (record,) = outcomes(tmp_path, parquet([values]), fields=fields)
    assert isinstance(record, SourceRecord)
    assert (record.payload, record.date, record.record_at) == (b"A text.", "2026-01-02", "2026-01-02T03:04:05Z")
    data = json.dumps(
        {
            "date": "2026-01-02T03:04:05+00:00",
            "page": {"body": "A text.", "tags": ["a", None]},
            "price": "1.50",
            "raw": "AP8=",
            "score": "nan",
        },
        separators=(",", ":"),
    ).encode()
    assert record.record_sha256 == sha256_bytes(data)
    assert read_line(data, fields=fields).payload == record.payload


@pytest.mark.parametrize(
    ("value", "reason"),
    [(None, "no_text_field"), ("a\0b", "nul_in_text"), ("a" * 20_000, "record_too_large")],
)
def test_a_broken_row_costs_itself_alone(tmp_path: Path, value: Any, reason: str) -> None:
    """The rows around it are read."""
    found = outcomes(tmp_path, parquet([{"text": "a"}, {"text": value}, {"text": "c"}]))
    assert [getattr(one, "reason", "") for one in found] == ["", reason, ""]
    assert found[1].locator == {"row_group": 0, "row": 1}


def test_a_column_of_text_that_is_marked_as_bytes_is_text(tmp_path: Path) -> None:
    """As some writers leave it; never the base64 of it."""
    found = outcomes(tmp_path, parquet(pa.table({"text": pa.array(["Ein schöner Text.".encode()])})))
    assert isinstance(found[0], SourceRecord) and found[0].payload.decode() == "Ein schöner Text."


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pa.array([uuid.UUID(int=7).bytes], pa.uuid()), ""),
        (pa.array([1_700_000_000_000_000], pa.timestamp("us", "Nowhere/Atall")), "broken_row"),
    ],
)
def test_no_type_of_column_ends_the_file(tmp_path: Path, column: pa.Array, reason: str) -> None:
    """Beside the text there may be anything: identifiers as databases write them, a time zone that is none."""
    (found,) = outcomes(tmp_path, parquet(pa.table({"text": pa.array(["A text."]), "other": column})))
    assert getattr(found, "reason", "") == reason


def test_bytes_that_are_no_text_cost_their_row(tmp_path: Path) -> None:
    """A column that says it is text may hold anything."""
    column = pa.array([b"good", b"\xff\xfe", b"good"]).view(pa.utf8())
    found = outcomes(tmp_path, parquet(pa.table({"text": column})))
    assert [getattr(one, "reason", "") for one in found] == ["", "broken_row", ""]


def test_a_broken_row_group_costs_itself_alone(tmp_path: Path) -> None:
    """One reject names it and how many rows are lost; the groups around it are read."""
    data = bytearray(parquet([row(number) for number in range(300)]))
    place = pq.ParquetFile(io.BytesIO(bytes(data))).metadata.row_group(1).column(0).dictionary_page_offset
    data[place + 500 : place + 560] = b"\xff" * 60
    found = outcomes(tmp_path, bytes(data))
    (lost,) = [one for one in found if isinstance(one, RejectedRecord)]
    assert lost.reason == "broken_row_group" and lost.locator == {"row_group": 1, "row": 0} and lost.length == 100
    assert [one.locator["row_group"] for one in found] == [0] * 100 + [1] + [2] * 100


def test_a_table_without_a_text_is_one_reject_for_each_group(tmp_path: Path) -> None:
    """It says which columns there are."""
    found = outcomes(tmp_path, parquet([{"body": "a"}] * 150))
    assert [(one.reason, one.length) for one in found if isinstance(one, RejectedRecord)] == [
        ("no_text_field", 100),
        ("no_text_field", 50),
    ]
    assert "body" in found[0].detail  # type: ignore[union-attr]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no table at all", parquet([row(1)])[:-10]])
def test_what_is_no_parquet_is_one_reject(tmp_path: Path, data: bytes) -> None:
    """With the digest of the file."""
    (lost,) = outcomes(tmp_path, data)
    assert isinstance(lost, RejectedRecord) and lost.reason == "not_parquet"
    assert lost.record_sha256 == sha256_bytes(data)


GROUPS = parquet([row(number) for number in range(150)], group=20)
BEGINS = [begin for _, begin, _ in row_groups(open_file(io.BytesIO(GROUPS)))]


@given(st.lists(st.sampled_from(BEGINS) | st.integers(0, len(GROUPS)), max_size=4))
@settings(max_examples=20)
def test_pieces_are_the_whole(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    """A row group is read in the piece where it begins, wherever the cuts fall."""
    folder = tmp_path_factory.getbasetemp()
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(GROUPS)}), None]
    pieces = [one for start, end in pairwise(edges) for one in outcomes(folder, GROUPS, start=start, end=end)]
    assert pieces == outcomes(folder, GROUPS)


@given(st.lists(st.tuples(st.integers(0, 1_000_000), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_changed_bytes_end_as_outcomes(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    """No crash, whatever a file holds."""
    data = bytearray(parquet([row(number) for number in range(40)], group=20))
    for place, value in changes:
        data[place % len(data)] = value
    for one in outcomes(tmp_path_factory.getbasetemp(), bytes(data)):
        assert isinstance(one, SourceRecord) or one.reason
