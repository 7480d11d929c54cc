"""Reading pages out of WARC files."""

import gzip
import hashlib
import io
import re
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
        locator={"offset": found.offset, "length": found.length},
        offset=len(member(kind="warcinfo")),
        length=len(member(extra=extra)),
        record_sha256=hashlib.sha256(member(extra=extra)).hexdigest(),
        record_name="<urn:uuid:00000000-0000-0000-0000-000000000001>",
        target_uri="https://pages.example/a.html",
        record_at="2026-01-02T03:04:05Z",
        claimed_digest="sha1:ABC",
        status=200,
        content_type="text/html",
        headers=(("Content-Type", "text/html"),),
        payload=BODY,
    )
    assert (found.uri, found.digest, found.header("content-TYPE")) == (
        found.target_uri,
        found.record_sha256,
        "text/html",
    )


def test_records_of_other_types_are_counted_and_not_returned() -> None:
    """Only responses over HTTP are pages; everything else is a count."""
    dns = record(b"20260102030405\npages.example. 300 IN A 192.0.2.1\n", uri="dns:pages.example")
    dns = dns.replace(b"application/http; msgtype=response", b"text/dns")
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
        (record()[:-40], "truncated_record"),
        (record(length=10**17), "truncated_record"),
        (member()[:-30], "truncated_record"),
        (member()[:-1] + b"\xff", "broken_record"),
        (gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\n"), "broken_record"),
        (member(uri="https://pages.example/" + "a" * 5_000), "broken_record"),
        (b"\x04\x22\x4d\x18" + bytes(100), "not_a_warc"),
        (member(http(b"\x00\x01", headers="Content-Type: text/html\r\nContent-Encoding: gzip\r\n")), "undecodable"),
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
    "raw",
    [
        member(length=20),
        member(length=-4),
        member(uri=""),
        gzip.compress(record().replace(b"WARC-Target-URI: https://pages.example/a.html\r\n", b"")),
        gzip.compress(re.sub(rb"Content-Length: \d+\r\n", b"", record())),
        gzip.compress(record().replace(b"Content-Length: ", b"Content-Length: x")),
        member(extra="Content-Length: 12\r\n"),
        member(http(headers="X: " + "y" * 300_000 + "\r\n")),
        gzip.compress(record().replace(b"\r\n", b"\n", 8)),
        gzip.compress(b"\r\n" + record()),
        gzip.compress(record().replace(b"WARC/1.0", b"WARC/0.17")),
        gzip.compress(record().replace(b"WARC/1.0", b"WARC/2.0")),
        gzip.compress(record().replace(b"WARC-Type", b"warc-type")),
        gzip.compress(record().replace(b"Content-Type: application/http; msgtype=response\r\n", b"")),
        gzip.compress(record()[:-4]),
        gzip.compress(record()[:-4] + b"\x0c\n\r\n"),
        gzip.compress(record(extra="X-Stray: one\n\n\r\n")),
        gzip.compress(record().replace(b"WARC/1.0", b"wARC/1.0")),
        member(extra="X-Folded: one\r\n two\r\nno colon\r\n"),
        gzip.compress(record(extra="X: caf\xe9\x00\r\n").decode().encode("latin-1")),
    ],
)
def test_odd_headers_do_not_lose_a_page_whose_bytes_are_there(raw: bytes) -> None:
    """The member's end says where the record ends; the page is read whole, and so is the one behind it."""
    first, second = outcomes(raw + member(uri="https://pages.example/b"))
    assert isinstance(first, SourceRecord)
    assert (first.payload, first.fault) == (BODY, None)
    assert (second.offset, second.target_uri) == (len(raw), "https://pages.example/b")


@pytest.mark.parametrize(
    "raw",
    [
        member(length=10_000),
        member(length=10**17),
        member(extra="WARC-Truncated: length\r\n"),
        member(http(b"5\r\nhello\r\n9\r\nwor", headers="Transfer-Encoding: chunked\r\n")),
    ],
)
def test_a_page_that_may_be_cut_says_so(raw: bytes) -> None:
    """What there is of a page is given together with what is wrong with it."""
    first, second = outcomes(raw + member())
    assert isinstance(first, SourceRecord)
    assert first.fault is not None
    assert first.fault[0] == "truncated_record"
    assert second.fault is None


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
    """Wherever the file ends inside its last record it is rejected, never passed over as something else."""
    whole, last = member(), member(http(bytes(range(256))))
    lost = 0
    for cut in range(30, len(last) - 1):
        found = outcomes(whole + last[:cut])
        assert [type(item) for item in found[:1]] == [SourceRecord]
        if isinstance(found[1], SourceRecord):  # only the checksum behind the record is cut
            assert found[1].payload == bytes(range(256))
            assert cut > len(last) - 16
        else:
            assert found[1].reason in {"truncated_record", "broken_record"}, cut
            lost += 1
    assert lost > 300
