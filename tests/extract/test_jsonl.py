"""Records of JSON lines, Dolma's and any other."""

import gzip
import json
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.ids import sha256_bytes
from tasks.core.source_config import USUAL_FIELDS, RecordFields
from tasks.extract.jsonl import MAX_VALUES, read, read_line
from tasks.extract.records import RejectedRecord, SourceRecord

DOLMA = {
    "id": "http://pages.example/one",
    "text": "The first text.",
    "source": "common-crawl",
    "added": "2023-04-11T09:57:03.044571+00:00",
    "created": "2020-01-17T12:48:23Z",
    "metadata": {"url": "http://pages.example/1", "title": "One"},
}


def outcomes(tmp_path: Path, data: bytes, **options: Any) -> list[SourceRecord | RejectedRecord]:
    path = tmp_path / "file"
    path.write_bytes(data)
    defaults: dict[str, Any] = {"fields": USUAL_FIELDS, "max_record_bytes": 10_000, "skipped": Counter()}
    return list(read(path, **(defaults | options)))


def reasons(tmp_path: Path, data: bytes, **options: Any) -> list[str]:
    return [getattr(one, "reason", "") for one in outcomes(tmp_path, data, **options)]


@pytest.mark.parametrize("compress", [lambda data: data, gzip.compress, zstd.compress])
def test_a_dolma_line_is_a_record(tmp_path: Path, compress: Any) -> None:
    """With its address, its times and its place in the decompressed stream."""
    line = json.dumps(DOLMA).encode()
    (record,) = outcomes(tmp_path, compress(b"\n" + line + b"\r\n"))
    assert isinstance(record, SourceRecord)
    assert record.locator == {"offset": 1, "length": len(line)} and record.record_sha256 == sha256_bytes(line)
    assert record.payload == b"The first text." and record.is_text
    assert (record.uri, record.record_name) == ("http://pages.example/1", "http://pages.example/one")
    assert (record.title, record.date, record.record_at) == ("One", "2020-01-17", "2023-04-11T09:57:03.044571Z")
    assert read_line(line, fields=USUAL_FIELDS).payload == record.payload


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"text": "t", "url": "https://a.example/", "date": "2013-05-18T05:48:54Z", "dump": "x"},
            ("t", "https://a.example/", "2013-05-18"),
        ),
        (
            {"content": "t", "warc_headers": {"warc-target-uri": "https://b.example/"}},
            ("t", "https://b.example/", None),
        ),
        ({"raw_content": "t", "meta": {"url": "https://c.example/"}, "text": None}, ("t", "https://c.example/", None)),
        ({"text": "t", "url": "not an address", "id": "https://d.example/"}, ("t", "https://d.example/", None)),
        ({"text": "t", "url": 5, "date": "yesterday"}, ("t", None, None)),
        ({"text": "t", "metadata": "none", "date": 20130518}, ("t", None, None)),
    ],
)
def test_usual_names_are_found(
    tmp_path: Path, row: dict[str, Any], expected: tuple[str, str | None, str | None]
) -> None:
    """FineWeb's, OSCAR's, RedPajama's; what is no address or date is none."""
    (record,) = outcomes(tmp_path, json.dumps(row).encode())
    assert isinstance(record, SourceRecord)
    assert (record.payload.decode(), record.uri, record.date) == expected


def test_fields_are_settable(tmp_path: Path) -> None:
    """One name or several, with dots into objects; a name that has a dot itself is taken first."""
    fields = RecordFields.model_validate(
        {"text_field": "page.body", "url_field": ["link", "page.link"], "id_field": "a.b"}
    )
    row = {"page": {"body": "t", "link": "https://a.example/"}, "a.b": 7, "a": {"b": 8}, "text": "no"}
    (record,) = outcomes(tmp_path, json.dumps(row).encode(), fields=fields)
    assert isinstance(record, SourceRecord)
    assert (record.payload, record.uri, record.record_name) == (b"t", "https://a.example/", "7")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "cut', "invalid_json"),
        (b'{"text": "\x00"}', "invalid_json"),
        (b"[" * 5_000, "invalid_json"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "invalid_json"),
        (b'["text"]', "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"other": "x"}', "no_text_field"),
        (b'{"text": null}', "no_text_field"),
        (b'{"text": ["a"]}', "text_not_a_string"),
        (b'{"text": 5}', "text_not_a_string"),
        (b'{"text": "a\\u0000b"}', "nul_in_text"),
        (b'{"text": "a\\ud800b"}', "lone_surrogate"),
        (b'{"text": "\xff\xfe"}', "invalid_utf8"),
        (b'{"text": "\xed\xa0\x80"}', "invalid_utf8"),
        (b'{"text": "' + b"a" * 20_000 + b'"}', "record_too_large"),
    ],
)
def test_a_broken_line_costs_itself_alone(tmp_path: Path, line: bytes, reason: str) -> None:
    """It is rejected with its reason and place, and the lines around it are read."""
    good = b'{"text": "good"}'
    before, broken, after = outcomes(tmp_path, good + b"\n" + line + b"\n" + good)
    assert isinstance(broken, RejectedRecord) and broken.reason == reason and broken.detail
    assert broken.locator == {"offset": len(good) + 1, "length": len(line)}
    assert broken.record_sha256 == sha256_bytes(line)
    assert isinstance(before, SourceRecord) and isinstance(after, SourceRecord)


def test_a_line_that_would_burst_memory_is_not_parsed(tmp_path: Path) -> None:
    """Two bytes of JSON can be a hundred of Python."""
    line = b'{"text": "t", "x": [' + b"[]," * (MAX_VALUES // 2 + 10) + b"0]}"
    assert reasons(tmp_path, line, max_record_bytes=16_000_000) == ["too_many_values"]


def test_blank_lines_are_counted_and_a_mark_is_left_out(tmp_path: Path) -> None:
    """They are no records; some writers begin a file with a byte order mark."""
    skipped: Counter[str] = Counter()
    found = outcomes(tmp_path, b'\xef\xbb\xbf{"text": "a"}\n\n  \n{"text": "b"}', skipped=skipped)
    assert [one.payload for one in found if isinstance(one, SourceRecord)] == [b"a", b"b"]
    assert skipped == {"blank_line": 2}


def test_a_cut_file_says_where(tmp_path: Path) -> None:
    """The lines before the cut are records, the cut one is a reject."""
    data = b"".join(b'{"text": "%064x"}\n' % random.Random(number).getrandbits(256) for number in range(500))
    found = outcomes(tmp_path, gzip.compress(data)[:-9_000])
    *whole, last = found
    assert all(isinstance(one, SourceRecord) for one in whole) and len(whole) > 100
    assert isinstance(last, RejectedRecord) and last.reason == "truncated_file"
    assert last.offset == sum(one.length + 1 for one in whole)


def test_a_line_of_a_gigabyte_is_not_held(tmp_path: Path) -> None:
    """What is read is bounded by the limit, not by the line; here a smaller one of the same kind."""
    line = b'{"text": "' + b"a" * (64 << 20) + b'"}'
    found = outcomes(tmp_path, gzip.compress(line + b'\n{"text": "b"}\n', 1))
    assert [getattr(one, "reason", "") for one in found] == ["record_too_large", ""]
    assert found[0].record_sha256 == sha256_bytes(line)


LINES = st.lists(
    st.sampled_from([b'{"text": "a"}', b"", b"broken", b'{"text": "' + b"b" * 90 + b'"}', b"\r"]), max_size=12
)


@given(LINES, st.sampled_from([b"\n", b"\r\n"]), st.lists(st.integers(0, 900), max_size=4))
def test_pieces_of_a_plain_file_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], end: bytes, cuts: list[int]
) -> None:
    """Each line once, in order, wherever the cuts fall."""
    folder = tmp_path_factory.getbasetemp()
    data = end.join(parts)
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(data)}), None]
    pieces = [
        one
        for start, stop in pairwise(edges)
        for one in outcomes(folder, data, start=start, end=stop, max_record_bytes=50)
    ]
    assert pieces == outcomes(folder, data, max_record_bytes=50)


@given(st.binary(max_size=400))
def test_any_bytes_end_as_outcomes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """No crash, whatever a file holds."""
    for packed in (
        data,
        gzip.compress(data),
        gzip.compress(data)[:-5],
        b"\x1f\x8b\x08\x00" + data,
        b"\x28\xb5\x2f\xfd" + data,
    ):
        for one in outcomes(tmp_path_factory.getbasetemp(), packed):
            assert isinstance(one, SourceRecord) or one.reason
