"""The form of extracted text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.extract.text import normalise, one_line


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b\x07c", "abc"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("soft\u00adhyphen and zero\u200bwidth", "softhyphen and zerowidth"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("e\u0301", "é"),
        ("a\u00a0b", "a b"),
        ("trailing  \t\nspaces", "trailing\nspaces"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("    indented code stays", "    indented code stays"),
    ],
)
def test_normalise(raw: str, clean: str) -> None:
    """Invisible characters go, line ends and spaces become plain, and the form stays."""
    assert normalise(raw) == clean


@given(st.text(st.characters(codec=None), max_size=200))
def test_normalised_text_is_storable_and_stays_as_it_is(text: str) -> None:
    """Whatever comes in, what comes out is UTF-8 without NUL, and normalising it again changes nothing."""
    once = normalise(text)
    assert "\x00" not in once
    once.encode()
    assert normalise(once) == once


def test_one_line() -> None:
    """Line ends and runs of spaces become one space, and the length is bounded."""
    assert one_line(" a\n\n b\u2028c ", max_chars=100) == "a b c"
    assert one_line("word " * 10, max_chars=10) == "word word"
