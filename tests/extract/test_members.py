"""Splitting WARC files into members."""

import gzip
import hashlib
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.extract.members import HEAD_BYTES, Member, members
from tests.extract.warc_bytes import http, member, record

LIMIT = 1_000_000


def split(raw: bytes, max_bytes: int = LIMIT) -> list[Member]:
    return list(members(raw, max_bytes=max_bytes))


def problems(raw: bytes, max_bytes: int = LIMIT) -> list[str]:
    return [found.problem for found in split(raw, max_bytes)]


@pytest.mark.parametrize("make", [member, record], ids=["gzip", "plain"])
def test_members_are_found_with_their_exact_bytes(make) -> None:
    """Each member's range holds exactly what was written for it, and inflates to the record."""
    parts = [make(uri=f"https://pages.example/{number}") for number in range(3)]
    found = split(b"".join(parts))
    raw = b"".join(parts)
    assert [raw[one.offset : one.offset + one.length] for one in found] == parts
    assert [one.data for one in found] == [record(uri=f"https://pages.example/{number}") for number in range(3)]


def test_an_empty_file_is_one_reject() -> None:
    """An empty file says so."""
    assert split(b"") == [Member(0, 0, b"", "not_a_warc", "empty file")]


@pytest.mark.parametrize("raw", [b"hello", b"\x00" * 5_000, gzip.compress(b"no warc"), b"\x1f\x8b\x08", b"WARC"])
def test_a_file_that_is_no_warc_is_one_reject(raw: bytes) -> None:
    """The whole file is one stretch with a reason, whatever it holds."""
    (only,) = split(raw)
    assert (only.offset, only.length, only.problem) == (0, len(raw), "not_a_warc")


def test_garbage_between_members_is_a_reject_and_the_next_member_is_read() -> None:
    """Reading goes on behind the garbage, and the garbage has its own range."""
    first, last = member(), member(uri="https://pages.example/b")
    found = split(first + b"\x1f\x8b\x08 not gzip" + last)
    assert [one.problem for one in found] == ["", "broken_record", ""]
    assert (found[1].offset, found[1].length) == (len(first), 12)
    assert b"pages.example/b" in found[2].data


def test_garbage_before_the_first_member_is_a_reject() -> None:
    """What lies before the first record is counted too."""
    assert problems(b"junk" + member()) == ["broken_record", ""]


def test_a_member_broken_in_the_middle_does_not_end_the_file() -> None:
    """The member behind a broken one is found, and the broken one keeps its readable head."""
    block = http(b"".join(hashlib.sha256(bytes([number])).digest() for number in range(200)))
    broken = bytearray(member(block))
    broken[len(broken) // 2 : len(broken) // 2 + 40] = b"\xff" * 40
    found = split(bytes(broken) + member())
    assert [one.problem for one in found] == ["broken_record", ""]
    assert found[0].length == len(broken)
    assert found[0].data.startswith(b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://pages.example/a")


@pytest.mark.parametrize("make", [member, record], ids=["gzip", "plain"])
def test_a_file_that_ends_inside_a_member(make) -> None:
    """A truncated member is named so, with what could be read of it."""
    found = split(make() + make(http(b"x" * 50_000))[:-30])
    assert [one.problem for one in found] == ["", "truncated_record"]
    assert found[1].data.startswith(b"WARC/1.0")


@pytest.mark.parametrize("make", [member, record], ids=["gzip", "plain"])
def test_a_record_over_the_limit_is_only_kept_as_a_head(make) -> None:
    """A record over the limit costs no more memory than its head, and the next one is read."""
    found = split(make(http(b"x" * 500_000)) + make(), max_bytes=100_000)
    assert [one.problem for one in found] == ["record_too_large", ""]
    assert len(found[0].data) <= HEAD_BYTES


def test_a_bomb_is_not_inflated_to_its_end() -> None:
    """Inflation stops at a multiple of the limit, and reading goes on with the next member."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = packer.compress(record(b"", length=200_000_000)[:-4])
    bomb += b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    found = split(bomb + member(), max_bytes=100_000)
    assert [one.problem for one in found] == ["record_too_large", ""]
    assert "not inflated beyond" in found[0].detail


@pytest.mark.parametrize("length", [10**17, 3])
def test_a_plain_record_with_a_wrong_length_does_not_swallow_the_next(length: int) -> None:
    """A Content-Length that is too large or too small breaks its own record only."""
    found = split(record(length=length) + record(uri="https://pages.example/b"))
    assert found[0].problem in {"broken_record", "truncated_record"}
    assert found[-1].problem == ""
    assert b"pages.example/b" in found[-1].data


def test_a_warc_crawled_into_a_page_is_not_read_as_records() -> None:
    """The body of a plain record may itself be a .warc.gz: its members are none of ours."""
    assert problems(record(http(member() * 3)) + record()) == ["", ""]
    assert problems(record(http(member() * 3), length=3) + record()) == ["broken_record", ""]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_members_tile_any_file(data: st.DataObject) -> None:
    """Whatever is done to a file, the members cover it from its first byte to its last without overlap."""
    make = data.draw(st.sampled_from([member, record]))
    raw = bytearray(b"".join(make(http(data.draw(st.binary(max_size=200)))) for _ in range(3)))
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(raw)))
        cut = data.draw(st.integers(0, 30))
        raw[place : place + cut] = data.draw(st.binary(max_size=30))
    place = 0
    for found in split(bytes(raw), max_bytes=2_000):
        assert found.offset == place
        place += found.length
    assert place == len(raw)
