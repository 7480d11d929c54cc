"""What a compressed file holds, also where it is broken."""

import gzip
import io
import random

import pytest
from backports import zstd

from tasks.extract.decompressed import chunks, compression_of

TEXT = b"".join(
    b'{"n":%d,"text":"%064x"}\n' % (number, random.Random(number).getrandbits(256)) for number in range(5_000)
)
GZIP = gzip.compress(TEXT, mtime=0)
ZSTD = zstd.compress(TEXT, options={zstd.CompressionParameter.checksum_flag: 1})
SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"


def read(data: bytes) -> tuple[bytes, list[str]]:
    """Return what comes out, and the reasons of the faults."""
    found = [*chunks(io.BytesIO(data))]
    return (
        b"".join(item for item in found if isinstance(item, bytes)),
        [item[0] for item in found if not isinstance(item, bytes)],
    )


@pytest.mark.parametrize(
    ("data", "times"),
    [
        (TEXT, 1),
        (b"", 0),
        (GZIP, 1),
        (GZIP * 3, 3),
        (GZIP + b"\0" * 700, 1),
        (ZSTD, 1),
        (ZSTD * 3, 3),
        (SKIPPED + ZSTD + SKIPPED + ZSTD, 2),
    ],
)
def test_sound_files_are_read_whole(data: bytes, times: int) -> None:
    """Several members one behind the other, padding and frames to skip too."""
    assert read(data) == (TEXT * times, [])


@pytest.mark.parametrize("data", [GZIP, ZSTD])
def test_a_cut_file_gives_what_is_there(data: bytes) -> None:
    """And says that it is cut."""
    found, reasons = read(data[: len(data) // 2])
    assert TEXT.startswith(found) and len(found) > len(TEXT) // 4
    assert reasons == ["truncated_file"]


@pytest.mark.parametrize(("data", "reason"), [(GZIP, "broken_gzip"), (ZSTD, "broken_zstd")])
def test_a_broken_member_costs_the_rest_of_it_alone(data: bytes, reason: str) -> None:
    """What stands before the fault comes out to the byte, and so does the next member."""
    broken = bytearray(data)
    broken[len(data) // 2 : len(data) // 2 + 8] = b"\xff" * 8
    found, reasons = read(bytes(broken) + data)
    assert reasons == [reason]
    assert found.endswith(TEXT)
    before = found[: -len(TEXT)]
    # What a decoder makes of the broken bytes themselves is not known to be wrong before it fails.
    assert before[: len(TEXT) // 4] == TEXT[: len(TEXT) // 4]


@pytest.mark.parametrize("data", [GZIP, ZSTD])
def test_garbage_between_members_is_one_fault(data: bytes) -> None:
    """However long it is."""
    found, reasons = read(data + b"no member at all " * 20_000 + data)
    assert found == TEXT * 2 and len(reasons) == 1


def test_a_wrong_checksum_is_told() -> None:
    """Though all bytes are there."""
    broken = bytearray(GZIP)
    broken[-6] ^= 1
    found, reasons = read(bytes(broken))
    assert reasons == ["broken_gzip"] and len(found) >= len(TEXT) - 1


def test_a_bomb_is_not_read_to_its_end() -> None:
    """Ten kilobytes that would be gigabytes."""
    bomb = zstd.compress(b"\0" * (200 << 20))
    found, reasons = read(bomb)
    assert reasons == ["compression_bomb"]
    assert len(found) < 100 << 20


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (GZIP[:4], "gzip"),
        (ZSTD[:4], "zstd"),
        (SKIPPED[:4], "zstd"),
        (b'{"te', "none"),
        (b"", "none"),
        (b"\x1f\x8b", "none"),
    ],
)
def test_the_first_bytes_tell_the_compression(head: bytes, name: str) -> None:
    """Not the name of the file."""
    assert compression_of(head) == name
