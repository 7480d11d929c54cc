"""What is mentioned is blanked out, and every position stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.text.quoting import without_code, without_quotes


@pytest.mark.parametrize(
    ("text", "unquoted", "uncoded"),
    [
        ('say "hi" now', "say      now", 'say "hi" now'),
        ("say “hi” now", "say      now", "say “hi” now"),
        ("run `ls` now", "run      now", "run      now"),
        ("a ```x\ny``` b", "a     \n     b", "a     \n     b"),
        ("a ```x\ny", "a     \n ", "a     \n "),
        ('5" by 7 inches', '5" by 7 inches', '5" by 7 inches'),
        ('"one\ntwo"', '"one\ntwo"', '"one\ntwo"'),
        (f'"{"x" * 201}"', f'"{"x" * 201}"', f'"{"x" * 201}"'),
    ],
)
def test_quotations_and_code_are_blanked(text: str, unquoted: str, uncoded: str) -> None:
    """Short quotations on one line, and code also over several; line ends stay."""
    assert without_quotes(text) == unquoted
    assert without_code(text) == uncoded


@given(st.text(alphabet='ab"“”`\n ', max_size=60))
def test_positions_stay(text: str) -> None:
    """As many characters, and each line end where it was."""
    for blanked in (without_quotes(text), without_code(text)):
        assert [i for i, sign in enumerate(blanked) if sign == "\n"] == [
            i for i, sign in enumerate(text) if sign == "\n"
        ]
        assert len(blanked) == len(text)
