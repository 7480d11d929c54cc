"""The headers of WARC and ARC records."""

import pytest

from tasks.extract.framing import ARC, WARC, framing_of

HEADER = b"WARC/1.0\r\nWARC-Type: response\r\nX-Long: one\r\n\ttwo\r\nContent-Length: 12\r\n\r\n"


def test_a_header_is_read_with_its_size_and_length() -> None:
    """Names are in lower case, folded lines joined, and the size counts line ends before the header."""
    head = WARC.head(b"\r\n" + HEADER + b"block")
    assert head is not None
    assert head.fields == {"warc-type": "response", "x-long": "one two"}
    assert (head.size, head.lengths) == (len(HEADER) + 2, (12,))


@pytest.mark.parametrize(
    ("lines", "lengths"),
    [
        (b"Content-Length: 5\r\nContent-Length: 5", (5,)),
        (b"Content-Length: 5\r\ncontent-length: 7", (5, 7)),
        (b"Content-Length: -5", ()),
        (b"Content-Length: 5 bytes", ()),
        (b"Content-Length: 1234567890123456789012345", ()),
        (b"Content-Length:5", (5,)),
        (b"X: y", ()),
    ],
)
def test_lengths_are_those_that_are_numbers(lines: bytes, lengths: tuple[int, ...]) -> None:
    """A length that is none is not guessed, and several are all kept."""
    head = WARC.head(b"WARC/1.1\r\n" + lines + b"\r\n\r\n")
    assert head is not None
    assert head.lengths == lengths


def test_the_first_of_several_values_counts() -> None:
    """A header that is repeated has the value that stands first, and its folded lines go with it."""
    head = WARC.head(b"WARC/1.0\nA: 1\nA: 2\n 3\nB: 4\n\n")
    assert head is not None
    assert head.fields == {"a": "1", "b": "4"}


def test_a_stray_line_end_does_not_end_a_header_but_a_blank_line_does() -> None:
    """What follows a blank line of the header's own kind is the block, even if it looks like a field."""
    stray = WARC.head(b"WARC/1.0\r\nA: 1\n\nB: 2\r\n\r\nC: 3\r\n\r\n")
    clean = WARC.head(b"WARC/1.0\r\nA: 1\r\n\r\nB: 2\r\n\r\nC: 3\r\n\r\n")
    bare = WARC.head(b"WARC/1.0\nA: 1\n\nB: 2\r\n\r\nC: 3\r\n\r\n")
    assert stray is not None
    assert clean is not None
    assert bare is not None
    assert (stray.fields, clean.fields, bare.fields) == ({"a": "1", "b": "2"}, {"a": "1"}, {"a": "1"})


def test_a_header_without_an_end_is_none() -> None:
    """More bytes are needed."""
    assert WARC.head(HEADER[:-3]) is None
    assert ARC.head(b"http://pages.example/ 192.0.2.1 20260102030405 text/html 5") is None


@pytest.mark.parametrize(
    ("line", "length", "date"),
    [
        (b"http://pages.example/a 192.0.2.1 20260102030405 text/html 77\n", 77, "2026-01-02T03:04:05Z"),
        (
            b"http://pages.example/a 192.0.2.1 20260102030405 text/html 200 sum - 9 x.arc 77\n",
            77,
            "2026-01-02T03:04:05Z",
        ),
        (b"http://pages.example/a 192.0.2.1 199607101200 text/html; charset=x 77\r\n", 77, "1996-07-10T12:00:00Z"),
        (b"http://pages.example/a 192.0.2.1 soon text/html 77\n", 77, None),
        (b"http://pages.example/a - -\n", None, None),
    ],
)
def test_an_arc_line_has_the_names_of_warc(line: bytes, length: int | None, date: str | None) -> None:
    """Both versions of ARC name address, date and length in the same places."""
    head = ARC.head(line)
    assert head is not None
    assert head.lengths == (() if length is None else (length,))
    assert (head.fields["warc-target-uri"], head.fields.get("warc-date")) == ("http://pages.example/a", date)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"WARC/0.17\r\n", "WARC"),
        (b"WARC/1.1 \n", "WARC"),
        (b"\r\n\r\nwarc/1.0\r\n", "WARC"),
        (b"filedesc://a.arc 0.0.0.0 20260102030405 text/plain 77\n", "ARC"),
        (b"dns:pages.example 192.0.2.1 20260102030405 text/dns 77\n", "ARC"),
        (b"WARC is a format\n", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_format(data: bytes, expected: str | None) -> None:
    """WARC by its version, ARC by the shape of its first line, anything else is neither."""
    framing = framing_of(data)
    assert (framing.name if framing else None) == expected
