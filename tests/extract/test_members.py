"""Splitting WARC files into members."""

import gzip
import hashlib
import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.extract.framing import HEAD_BYTES
from tasks.extract.member_walk import Member
from tasks.extract.members import members
from tasks.extract.window import Window
from tests.extract.warc_bytes import http, member, record

LIMIT = 1_000_000


def split(raw: bytes, max_bytes: int = LIMIT) -> list[Member]:
    return list(members(Window(io.BytesIO(raw)), max_bytes=max_bytes))


def problems(raw: bytes, max_bytes: int = LIMIT) -> list[str]:
    return [found.problem for found in split(raw, max_bytes)]


def assert_tiled(raw: bytes, found: list[Member]) -> None:
    """Each byte of the file is in a member, and those with an inner part tile what their members inflate to."""
    place = inner = 0
    for one in found:
        if one.inner is None or one.inner[0] == 0:
            assert one.offset == place
            place, inner = one.offset + one.length, 0
        if one.inner is not None:
            assert one.offset + one.length >= place
            assert one.inner[0] == inner or one.offset + one.length > place or one.inner[0] == 0
            place, inner = one.offset + one.length, one.inner[0] + one.inner[1]
    assert place == len(raw)


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


@pytest.mark.parametrize("max_bytes", [1, 100, 5_000])
def test_a_small_limit_rejects_and_goes_on(max_bytes: int) -> None:
    """Records over the limit, whatever it is and however long they say they are, are passed over to the last one."""
    long = http(b"x" * 9_000)
    for raw in (
        member(long),
        record(long),
        member(long, length=1),
        record(long, length=10**9),
        gzip.compress(record() * 9),
    ):
        assert set(problems(raw * 2, max_bytes=max_bytes)) <= {"record_too_large", "broken_record", ""}


def test_many_broken_members_do_not_cost_the_sound_one_behind_them() -> None:
    """However many members in a row are broken, each is a reject of its own."""
    broken = member()[:-4] + b"1234"
    assert problems(broken * 60 + member()) == ["broken_record"] * 60 + [""]


def test_beginnings_inside_of_broken_members_are_given_up_on() -> None:
    """A file made of beginnings that share one broken end is not inflated from each of them."""
    begin = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x00\xff\xff\x00\x00WARC/1.0\r\n"
    found = split(begin * 20_000 + member())
    assert len(found) < 500
    assert found[-1].problem == ""


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


@pytest.mark.parametrize("length", [10**17, 250, 3])
def test_a_plain_record_with_a_wrong_length_does_not_swallow_the_next(length: int) -> None:
    """A Content-Length that is too large or too small leaves its record to reach to the next one."""
    first, second = record(length=length), record(uri="https://pages.example/b")
    found = split(first + second)
    assert [(one.offset, one.length) for one in found] == [(0, len(first)), (len(first), len(second))]
    assert [one.problem for one in found] == ["", ""]
    assert [one.fault is not None for one in found] == [length > 3, False]
    assert found[0].data[found[0].head.size : found[0].end] == http()


def test_a_warc_crawled_into_a_page_is_not_read_as_records() -> None:
    """The body of a plain record may itself be a .warc.gz, or a plain WARC: its records are none of ours."""
    assert problems(record(http(member() * 3)) + record()) == ["", ""]
    assert problems(record(http(member() * 3), length=3) + record()) == ["", ""]
    assert problems(record(http(record() * 3)) + record()) == ["", ""]
    assert problems(member(http(record() * 3)) + member()) == ["", ""]


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
    assert_tiled(bytes(raw), split(bytes(raw), max_bytes=2_000))
