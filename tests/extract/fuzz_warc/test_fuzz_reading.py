"""Random files, whole and damaged: what other libraries read is read, and every byte is accounted for."""

import hashlib
import io
import logging
import re
from collections import Counter

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from hypothesis import given
from warcio.archiveiterator import ArchiveIterator as SlowIterator

from tasks.extract.member_walk import Member
from tasks.extract.members import members
from tasks.extract.records import RejectedRecord, SourceRecord
from tasks.extract.warc import read, read_one, record_bytes
from tasks.extract.window import Window
from tests.extract.fuzz_warc.files import LIMIT, WarcFile, fuzz, warc_files

MEMBER_FAULT = re.compile(r"gzip: |lz4: |zstd: |the file ends inside")


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> None:
    logging.getLogger("warcio").setLevel(logging.CRITICAL)


def found_by_fastwarc(raw: bytes) -> set[tuple[str, bytes]]:
    found = set()
    try:
        for item in FastIterator(io.BytesIO(raw), parse_http=False):
            uri = item.headers.get("WARC-Target-URI") or ""
            if item.record_type == WarcRecordType.response:
                found.add((uri, item.reader.read()))
    except (OSError, ValueError, StopIteration, UnicodeError):
        pass
    return found


def found_by_warcio(raw: bytes) -> set[tuple[str, bytes]]:
    found = set()
    try:
        for item in SlowIterator(io.BytesIO(raw), no_record_parse=True):
            uri = item.rec_headers.get_header("WARC-Target-URI") or ""
            if item.rec_type == "response":
                found.add((uri, item.raw_stream.read()))
    except Exception:  # it raises all kinds of things, AttributeError among them
        pass
    return found


def ours(raw: bytes) -> list[SourceRecord | RejectedRecord]:
    return list(read(io.BytesIO(raw), max_record_bytes=LIMIT))


def assert_tiled(raw: bytes, found: list[Member]) -> None:
    """Each byte of the file is in a member, and those with an inner part tile what their members inflate to."""
    reached, first = 0, -1
    for one in found:
        if one.inner is None or (one.inner[0] == 0 and one.offset == reached):
            assert one.offset == reached
        else:  # another record of the member before, or of the last one of several
            assert first <= one.offset <= reached
        first, reached = one.offset, max(reached, one.offset + one.length)
    assert reached == len(raw)


@fuzz(250)
@given(warc_files())
def test_what_other_libraries_read_is_read(file: WarcFile) -> None:
    """A page that FastWARC or warcio gives as it was written is given by us, whatever was done around it."""
    if file.shape == "lz4" and len(file.untouched) < len(file.pages):
        return  # FastWARC reads on in a damaged frame, whose checksum says that it is not what was written
    both = found_by_fastwarc(file.raw) | found_by_warcio(file.raw)
    theirs = {(page.uri, page.body) for page in file.pages if (page.uri, page.block) in both and len(page.raw) <= LIMIT}
    found = ours(file.raw)
    # A member that cannot be inflated to its end has no checksum: what others take from it is right by luck.
    unsure = {one.target_uri for one in found if isinstance(one, RejectedRecord) and MEMBER_FAULT.match(one.detail)}
    read_by_us = {(one.target_uri, one.payload) for one in found if isinstance(one, SourceRecord)}
    # Where neither a blank line nor a record follows what the length claims, we take all up to the next record.
    for uri, body in theirs:
        assert uri in unsure or any(uri == one and payload.startswith(body) for one, payload in read_by_us)


@fuzz(250)
@given(warc_files())
def test_records_whose_bytes_are_untouched_are_read(file: WarcFile) -> None:
    """One broken member costs that record and no other, and nothing is read twice."""
    pages = [found for found in ours(file.raw) if isinstance(found, SourceRecord) and found.fault is None]
    found = Counter((page.target_uri, page.payload) for page in pages)
    expected = Counter((page.uri, page.body) for page in file.untouched if len(page.raw) <= LIMIT)
    if file.shape == "plain":  # a record that was cut may by its length end where a later one ends, and holds that one
        expected -= Counter(
            (one.uri, one.body) for one in file.untouched for page in pages if one.block in page.payload
        )
    assert not expected - found


@fuzz(250)
@given(warc_files())
def test_every_byte_is_accounted_for_and_every_record_found_again(file: WarcFile) -> None:
    """Members tile the file, locators name the bytes whose digest is recorded, and those give the same page."""
    assert_tiled(file.raw, list(members(Window(io.BytesIO(file.raw)), max_bytes=LIMIT)))
    for found in ours(file.raw):
        assert found.reason if isinstance(found, RejectedRecord) else len(found.payload) <= LIMIT
        if isinstance(found, RejectedRecord) or found.fault:
            continue
        data = record_bytes(io.BytesIO(file.raw), found.locator, max_record_bytes=LIMIT)
        assert hashlib.sha256(data).hexdigest() == found.record_sha256
        again = read_one(data, max_record_bytes=LIMIT)
        assert (again.payload, again.target_uri, again.headers) == (found.payload, found.target_uri, found.headers)
