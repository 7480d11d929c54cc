"""Reading pages out of WARC files."""

import gzip
import hashlib
import io
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.core.errors import DataError
from tasks.extract.warc import RejectedRecord, SourceRecord, read, read_one
from tests.extract.warc_bytes import BODY, http, member, record

LIMIT = 1_000_000


def outcomes(raw: bytes, max_bytes: int = LIMIT) -> list[SourceRecord | RejectedRecord]:
    return list(read(io.BytesIO(raw), max_record_bytes=max_bytes))


def only(raw: bytes, max_bytes: int = LIMIT) -> SourceRecord | RejectedRecord:
    (found,) = outcomes(raw, max_bytes)
    return found


def reason(raw: bytes, max_bytes: int = LIMIT) -> str:
    found = only(raw, max_bytes)
    assert isinstance(found, RejectedRecord)
    return found.reason


def test_a_response_is_read_with_everything_its_header_says(tmp_path: Path) -> None:
    """Header fields, body and the digest of the bytes in the file come out as they went in."""
    extra = "WARC-Payload-Digest: sha1:ABC\r\n"
    raw = member(kind="warcinfo") + member(extra=extra)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(raw)
    (found,) = read(path, max_record_bytes=LIMIT)
    assert found == SourceRecord(
        offset=len(member(kind="warcinfo")),
        length=len(member(extra=extra)),
        record_sha256=hashlib.sha256(member(extra=extra)).hexdigest(),
        record_name="<urn:uuid:00000000-0000-0000-0000-000000000001>",
        target_uri="https://pages.example/a.html",
        record_at="2026-01-02T03:04:05Z",
        claimed_digest="sha1:ABC",
        status=200,
        content_type="text/html",
        payload=BODY,
    )


def test_records_of_other_types_are_counted_and_not_returned() -> None:
    """Only responses over HTTP are pages; everything else is a count."""
    dns = record().replace(b"application/http; msgtype=response", b"text/dns")
    skipped: Counter[str] = Counter()
    raw = b"".join([record(kind="request"), record(kind="metadata"), record(kind="request"), record(kind="odd"), dns])
    assert list(read(io.BytesIO(raw), max_record_bytes=LIMIT, skipped=skipped)) == []
    assert skipped == {"request": 2, "metadata": 1, "unknown_type": 1, "response_not_http": 1}


def test_a_record_can_be_read_again_from_its_range_alone() -> None:
    """`read_one` over the recorded range gives the same page, which is what verification does."""
    raw = member(uri="https://pages.example/1") + member(http(b"<p>two</p>")) + member()
    for found in outcomes(raw):
        again = read_one(raw[found.offset : found.offset + found.length])
        assert (again.payload, again.target_uri, again.record_sha256) == (
            found.payload,
            found.target_uri,
            found.record_sha256,
        )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "not_a_warc"),
        (b"plain text", "not_a_warc"),
        (member() + member(), "broken_record"),
        (member(kind="request"), "not_html"),
        (member()[:-20], "truncated_record"),
    ],
)
def test_read_one_refuses_what_is_not_one_whole_response(raw: bytes, expected: str) -> None:
    """Bytes that are no single response raise with the reason, they are never read half."""
    with pytest.raises(DataError) as caught:
        read_one(raw)
    assert caught.value.reason == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "not_a_warc"),
        (b"%PDF-1.7 no warc", "not_a_warc"),
        (gzip.compress(b"text, and no warc"), "not_a_warc"),
        (member(b"no http at all"), "broken_record"),
        (member(http(status=200)[:9]), "broken_record"),
        (member(length=10_000), "truncated_record"),
        (member(length=20), "broken_record"),
        (member(length=-4), "broken_record"),
        (member(length=10**18), "truncated_record"),
        (member(uri=""), "broken_record"),
        (member(uri="https://pages.example/" + "a" * 5_000), "broken_record"),
        (gzip.compress(record() + record()), "broken_record"),
        (member(extra="WARC-Truncated: length\r\n"), "truncated_record"),
        (member(http(b"\x00\x01", headers="Content-Type: text/html\r\nContent-Encoding: gzip\r\n")), "undecodable"),
        (member(http(b"zz\r\nno chunk", headers="Transfer-Encoding: chunked\r\n")), "undecodable"),
        (member(http(headers="X: " + "y" * 300_000 + "\r\n")), "broken_record"),
    ],
)
def test_broken_input_is_a_reject_with_its_reason(raw: bytes, expected: str) -> None:
    """Each kind of damage has its reason code and never raises."""
    assert reason(raw) == expected


def test_a_reject_keeps_what_could_be_read_of_its_header() -> None:
    """A truncated record still says which page it was."""
    found = only(member(http(bytes(range(256)) * 400))[:-300])
    assert isinstance(found, RejectedRecord)
    assert (found.reason, found.target_uri) == ("truncated_record", "https://pages.example/a.html")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(BODY), "Content-Encoding: gzip\r\n"),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY), "Transfer-Encoding: chunked\r\n"),
        (BODY, "Content-Encoding: gzip\r\n"),
    ],
    ids=["gzip", "chunked", "says gzip, is plain"],
)
def test_http_encodings_are_undone(body: bytes, headers: str) -> None:
    """The payload is the page itself, also where a crawler decoded it and left the header."""
    found = only(member(http(body, headers=headers)))
    assert isinstance(found, SourceRecord)
    assert found.payload == BODY


@pytest.mark.parametrize("make", [member, record], ids=["gzip", "plain"])
def test_a_50_mb_page_is_rejected_without_holding_it(make, tmp_path: Path) -> None:
    """A page over the limit costs memory for the limit, not for the page."""
    path = tmp_path / "big.warc"
    path.write_bytes(make(http(b"x" * 50_000_000)) + make())
    tracemalloc.start()
    try:
        found = list(read(path, max_record_bytes=LIMIT))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [getattr(one, "reason", None) for one in found] == ["record_too_large", None]
    assert peak < 10_000_000


def test_a_bomb_in_the_body_is_rejected() -> None:
    """Content-Encoding is undone up to the limit and no further."""
    bomb = gzip.compress(bytes(20_000_000))
    assert reason(member(http(bomb, headers="Content-Encoding: gzip\r\n"))) == "record_too_large"


def test_header_values_are_cleaned() -> None:
    """NUL bytes and brackets do not reach the shards, and a date that is none is null."""
    raw = gzip.compress(record(uri="<https://pages.example/\x00x>").replace(b"2026-01-02T03:04:05Z", b"2026-13-99"))
    found = only(raw)
    assert (found.target_uri, found.record_at) == ("https://pages.example/x", None)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_bytes_make_reading_fail(data: st.DataObject) -> None:
    """Whatever is done to a file, every outcome is a record or a reject, and the ranges still name their bytes."""
    make = data.draw(st.sampled_from([member, record]))
    parts = [bytearray(make(http(body))) for body in (BODY, b"", gzip.compress(BODY))]
    for part in parts:
        for _ in range(data.draw(st.integers(0, 2))):
            place = data.draw(st.integers(0, len(part)))
            token = data.draw(
                st.sampled_from([b"\x00", b"\r\n", b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"\xff"])
            )
            part[place : place + data.draw(st.integers(0, 8))] = token
    raw = b"".join(parts)
    for found in outcomes(raw, max_bytes=5_000):
        kept = raw[found.offset : found.offset + found.length]
        assert found.record_sha256 == hashlib.sha256(kept).hexdigest()


def test_a_response_cut_anywhere_is_counted_as_a_lost_page() -> None:
    """Wherever the file ends inside its last record, the record is rejected: never passed over as something else."""
    whole, last = member(), member()
    for cut in range(30, len(last) - 1, 7):
        found = outcomes(whole + last[:cut])
        assert [type(item) for item in found] == [SourceRecord, RejectedRecord], cut
        assert found[1].reason in {"truncated_record", "broken_record"}, cut
