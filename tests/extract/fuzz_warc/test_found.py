"""What the fuzzing of the WARC reader found, each with a name."""

import gzip
import io

import pytest
from backports import zstd

from tasks.extract.records import RejectedRecord, SourceRecord
from tasks.extract.warc import read, read_one, record_bytes
from tests.extract.fuzz_warc.files import pack
from tests.extract.warc_bytes import BODY, http, member, record

URIS = [f"https://pages.example/{number}" for number in range(4)]
RECORDS = [record(uri=uri) for uri in URIS]
NESTED = record(http(b"".join(gzip.compress(one, mtime=0) for one in RECORDS)), uri="https://pages.example/nested")


def outcomes(raw: bytes, **options: int) -> list[SourceRecord | RejectedRecord]:
    return list(read(io.BytesIO(raw), **options))  # type: ignore[arg-type]


def pages(raw: bytes) -> list[str | None]:
    return [one.target_uri for one in outcomes(raw) if isinstance(one, SourceRecord) and one.fault is None]


def test_a_header_that_was_cut_does_not_take_the_next_one() -> None:
    """A plain record that ends inside its header leaves the next record its own fields."""
    for cut in range(10, 150):
        assert pages(RECORDS[0][:cut] + RECORDS[1] + RECORDS[2])[-2:] == URIS[1:3], cut


def test_a_record_is_found_behind_bytes_without_a_line_end() -> None:
    """A file that was cut and written on begins the next record in the middle of a line."""
    assert pages(RECORDS[0] + b"noise" + RECORDS[1])[-1] == URIS[1]
    assert pages(b"W" + RECORDS[1]) == URIS[1:2]


@pytest.mark.parametrize("shape", ["plain", "gzip", "zstd", "solid", "blocks"])
@pytest.mark.parametrize(
    "junk", [b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd\x00", b"WARC/1.0\r\n", b"\x5d\x2a\x4d\x18\xff\xff\x00"]
)
def test_what_lies_before_the_first_record_does_not_decide_the_kind(shape: str, junk: bytes) -> None:
    """The kind is that of the records, not that of stray bytes before them."""
    assert pages(junk + b"".join(pack(shape, RECORDS))) == URIS


def test_a_damaged_first_record_does_not_turn_a_plain_file_into_what_it_holds() -> None:
    """A page that holds gzip members lies in the first record, whose own header is broken."""
    raw = b"V" + NESTED[1:] + record(http(BODY * 99), uri=URIS[0]) + b"".join(RECORDS[1:])
    assert pages(raw) == URIS


def test_literals_of_a_broken_frame_are_no_plain_records() -> None:
    """zstd stores the beginning of a record as it is; with a broken first frame that is found first."""
    frames = [zstd.compress(one) for one in RECORDS]
    assert pages(b")" + frames[0][1:] + b"".join(frames[1:])) == URIS[1:]


@pytest.mark.parametrize("make", [gzip.compress, zstd.compress])
def test_a_page_is_read_when_only_the_end_of_its_member_is_cut(make) -> None:
    """The record is all there, the checksum behind it is not; its place is found again all the same."""
    last = make(NESTED)
    raw = make(RECORDS[0]) + last[: -4 if make is gzip.compress else None]
    found = outcomes(raw)
    assert [type(one) for one in found] == [SourceRecord, SourceRecord]
    data = record_bytes(io.BytesIO(raw), found[1].locator)
    assert read_one(data).target_uri == "https://pages.example/nested"


def test_a_dictionary_frame_of_a_wrong_length_does_not_hide_the_records() -> None:
    """The length of a frame without data is a claim; the members behind it count."""
    frames = b"".join(zstd.compress(one) for one in RECORDS)
    raw = b"\x5d\x2a\x4d\x18\x05\x00\x00\x00abcd" + frames
    for cut in (None, 1, 12, 13, len(raw) // 2):
        found = outcomes(raw) if cut is None else outcomes(raw, end=cut) + outcomes(raw, start=cut)
        assert [one.target_uri for one in found if isinstance(one, SourceRecord)] == URIS


def test_line_ends_at_the_beginning_of_a_member_belong_to_the_record_before() -> None:
    """Where members are cut at any byte, no piece begins at one with the end of a record in it."""
    whole = b"".join(RECORDS)
    at = len(RECORDS[0]) - 3
    raw = gzip.compress(whole[:at]) + gzip.compress(whole[at:])
    everything = outcomes(raw)
    assert [one.target_uri for one in everything] == URIS
    for cut in range(len(raw)):
        assert outcomes(raw, end=cut) + outcomes(raw, start=cut) == everything


def test_a_record_in_a_member_with_a_bad_checksum_counts_if_more_follows_it() -> None:
    """In a member of several records the fault is laid on the last one."""
    raw = gzip.compress(b"".join(RECORDS), mtime=0)
    found = outcomes(raw[:-6] + b"\x00\x00" + raw[-4:] + member(uri="https://pages.example/b"))
    assert [one.target_uri for one in found if isinstance(one, SourceRecord)] == [*URIS[:3], "https://pages.example/b"]
    assert [one.reason for one in found if isinstance(one, RejectedRecord)] == ["broken_record"]


def test_a_member_with_a_flag_that_gzip_does_not_know_is_broken_wherever_it_is_asked_for() -> None:
    """One inflater takes it and others do not: what was read must be found again by its place."""
    damaged = bytearray(member(uri=URIS[0]))
    damaged[3] = 0x20
    found = outcomes(bytes(damaged) + member(uri=URIS[1]))
    assert [(type(one), one.target_uri) for one in found] == [(RejectedRecord, None), (SourceRecord, URIS[1])]
    assert isinstance(found[0], RejectedRecord)
    assert (found[0].reason, found[0].offset, found[0].length) == ("broken_record", 0, len(damaged))
