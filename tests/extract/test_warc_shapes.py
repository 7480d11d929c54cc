"""WARC files of other shapes than one gzip member for each record: solid, split, zstd, ARC, WET."""

import gzip
import hashlib
import io
import struct
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from backports import zstd

from tasks.core.errors import ConfigError, DataError
from tasks.extract.records import RejectedRecord, SourceRecord
from tasks.extract.warc import read, read_one, record_bytes
from tests.extract.fuzz_warc.files import DICTIONARY, bomb, pack
from tests.extract.warc_bytes import BODY, http, member, record

URIS = [f"https://pages.example/{number}" for number in range(5)]
RECORDS = [record(kind="warcinfo"), *(record(http(BODY * 30), uri=uri) for uri in URIS)]


def outcomes(raw: bytes, **options: object) -> list[SourceRecord | RejectedRecord]:
    return list(read(io.BytesIO(raw), **options))  # type: ignore[arg-type]


def arc(version: int = 1) -> list[bytes]:
    block = http(BODY)
    tail = "" if version == 1 else " 200 checksum - 0 name.arc"
    lines = [f"{uri} 192.0.2.1 20260102030405 text/html{tail} {len(block)}\n".encode() for uri in URIS]
    about = b"%d 0 Archive\nURL IP-address Archive-date Content-type Archive-length\n" % version
    first = b"filedesc://a.arc 0.0.0.0 20260102030405 text/plain %d\n" % len(about) + about + b"\n"
    return [first, *(line + block + b"\n" for line in lines)]


@pytest.mark.parametrize("shape", ["gzip", "stored", "plain", "zstd", "dictionary", "solid", "solid zstd", "blocks"])
def test_every_shape_gives_the_same_pages(shape: str) -> None:
    """How the records are packed changes their places only, and each is found again by its place."""
    raw = b"".join(pack(shape, RECORDS))
    skipped: Counter[str] = Counter()
    found = list(read(io.BytesIO(raw), skipped=skipped))
    assert [(one.target_uri, one.payload) for one in found] == [(uri, BODY * 30) for uri in URIS]
    assert skipped["warcinfo"] == 1
    assert ("inner_offset" in found[2].locator) is (shape in {"dictionary", "solid", "solid zstd", "blocks"})
    for one in found:
        data = record_bytes(io.BytesIO(raw), one.locator)
        if shape != "dictionary":
            assert read_one(data).payload == one.payload


def test_a_locator_into_a_solid_file_names_the_record_in_what_it_inflates_to() -> None:
    """The inner part counts inflated bytes, and the bytes there are the plain record."""
    raw = gzip.compress(b"".join(RECORDS))
    found = outcomes(raw)[1]
    begin = len(RECORDS[0]) + len(RECORDS[1])
    assert found.locator == {"offset": 0, "length": len(raw), "inner_offset": begin, "inner_length": len(RECORDS[2])}
    assert record_bytes(io.BytesIO(raw), found.locator) == RECORDS[2]


@pytest.mark.parametrize("locator", [{"offset": 0, "length": 9_999_999}, {"offset": 3, "length": 5}])
def test_a_place_that_the_file_no_longer_has_is_said_to_be_missing(locator: dict[str, int]) -> None:
    """A file that changed since gives a reason."""
    raw = gzip.compress(b"".join(RECORDS))
    for inner in ({}, {"inner_offset": 10**9, "inner_length": 4}):
        if locator["offset"] and not inner:
            continue
        with pytest.raises(DataError) as caught:
            record_bytes(io.BytesIO(raw), locator | inner)
        assert caught.value.reason == "record_missing"


def test_records_before_a_fault_in_a_solid_file_are_read() -> None:
    """A solid file cut in the middle gives the records before the cut and one reject for the rest."""
    bodies = [b"".join(hashlib.sha256(b"%d" % (99 * number + n)).digest() for n in range(99)) for number in range(5)]
    raw = gzip.compress(b"".join(record(http(body), uri=uri) for body, uri in zip(bodies, URIS, strict=True)))
    found = outcomes(raw[: len(raw) * 2 // 3])
    assert [one.target_uri for one in found if isinstance(one, SourceRecord)] == URIS[: len(found) - 1]
    assert len(found) > 2
    assert isinstance(found[-1], RejectedRecord)
    assert found[-1].reason == "truncated_record"


def test_a_dictionary_may_itself_be_compressed() -> None:
    """The proposal lets the first frame hold the dictionary as a frame."""
    stored = zstd.compress(DICTIONARY.dict_content)
    first = b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(stored)) + stored
    raw = first + b"".join(zstd.compress(one, zstd_dict=DICTIONARY) for one in RECORDS)
    assert [one.target_uri for one in outcomes(raw)] == URIS
    for broken in (bytes(len(stored)), DICTIONARY.dict_content[: len(stored)]):
        assert {type(one) for one in outcomes(raw.replace(stored, broken))} == {RejectedRecord}


def test_a_dictionary_that_holds_records_is_not_read_for_records() -> None:
    """A trained dictionary is made of pieces of records, and may be larger than the records of a small file."""
    raw = b"".join(pack("dictionary", [record(http(bytes(9_000))), record()]))
    found = outcomes(raw, max_record_bytes=5_000)
    assert [getattr(one, "reason", None) for one in found] == ["record_too_large", None]


def test_a_record_in_several_frames_is_one_record() -> None:
    """Writers may end a frame at any byte."""
    data = RECORDS[1]
    raw = b"".join(zstd.compress(data[at : at + 100]) for at in range(0, len(data), 100)) + zstd.compress(RECORDS[2])
    first, second = outcomes(raw)
    assert (first.payload, second.payload) == (BODY * 30, BODY * 30)
    assert first.locator == {"offset": 0, "length": second.offset}
    assert read_one(record_bytes(io.BytesIO(raw), first.locator)).payload == BODY * 30


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("shape", ["gzip", "plain", "solid"])
def test_arc_files_are_read(version: int, shape: str) -> None:
    """ARC's one-line headers give address, date and body; the file's description is no page."""
    raw = b"".join(pack(shape, arc(version)))
    skipped: Counter[str] = Counter()
    found = list(read(io.BytesIO(raw), skipped=skipped))
    assert [(one.target_uri, one.payload, one.record_at) for one in found] == [
        (uri, BODY, "2026-01-02T03:04:05Z") for uri in URIS
    ]
    assert skipped == {"warcinfo": 1}


def test_a_broken_arc_record_does_not_end_the_file() -> None:
    """Reading goes on at the next line that is an ARC header."""
    parts = arc()
    parts[2] = parts[2].replace(b"text/html 1", b"text/html 9", 1)[:-30] + b"\n"
    found = outcomes(b"".join(parts))
    assert [one.target_uri for one in found if isinstance(one, SourceRecord) and not one.fault] == URIS[:1] + URIS[2:]


def test_wet_files_give_text() -> None:
    """A conversion record is text already, in UTF-8 whatever its bytes."""
    text = "Grüße, reader.\n".encode()
    raw = member(text + b"\xff", kind="conversion") + member()
    (found,) = outcomes(raw, types=("conversion",))
    assert (found.payload, found.content_type, found.is_text) == (text + "\ufffd".encode(), "text/plain", True)
    assert found.headers == ()
    assert read_one(raw[: found.length], types=("conversion",)).payload == found.payload


def test_resource_records_can_be_pages() -> None:
    """A resource is the page itself, of the type its record says."""
    raw = member(BODY, kind="resource")
    (found,) = outcomes(raw, types=("resource",))
    assert (found.payload, found.content_type) == (BODY, "application/http; msgtype=resource")


def test_paths_addresses_and_streams_are_read_alike(tmp_path: Path) -> None:
    """A path, a file address and a stream that cannot seek give the same records; other addresses are refused."""
    path = tmp_path / "a page.warc.zst"  # the name says zstd, the bytes say gzip
    path.write_bytes(member())

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    expected = list(read(path))
    assert expected == list(read(str(path))) == list(read(path.as_uri())) == list(read(Stream(member())))
    with pytest.raises(ConfigError):
        list(read("s3://bucket/a.warc.gz"))
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "none.warc.gz"))


@pytest.mark.parametrize("end", [True, False])
def test_a_gzip_bomb_costs_bounded_memory(end: bool) -> None:
    """A member that inflates to 60 MB is given up early, and the record behind it is read."""
    raw = bomb(60_000_000)[: None if end else -100] + member()
    tracemalloc.start()
    try:
        found = outcomes(raw, max_record_bytes=100_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [getattr(one, "reason", None) for one in found] == ["record_too_large", None]
    assert peak < 8_000_000


def test_pieces_do_not_begin_inside_a_member_that_stores_others() -> None:
    """A crawled .warc.gz lies in its member as it is; a piece that begins in it begins at the next real member."""
    inner = b"".join(gzip.compress(one) for one in RECORDS)
    raw = gzip.compress(record(http(inner), uri="https://pages.example/nested"), 0) + member(
        uri="https://pages.example/b"
    )
    whole = outcomes(raw)
    assert len(whole) == 2
    for cut in range(1, len(raw), 37):
        assert outcomes(raw, end=cut) + outcomes(raw, start=cut) == whole, cut


def test_a_plain_file_that_begins_like_a_compressed_one_is_plain() -> None:
    """Bytes before the first record do not decide how the file is read."""
    for junk in (b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"):
        reject, first, second = outcomes(junk + RECORDS[1] + RECORDS[2])
        assert reject.length == len(junk)
        assert (first.target_uri, second.target_uri) == (URIS[0], URIS[1])
