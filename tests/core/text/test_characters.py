"""What the lineage store cannot hold does not reach it."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.core.text.characters import printable


def test_control_characters_and_lone_surrogates_go() -> None:
    """Tabs and line ends are text."""
    assert printable("a\x00b\x1b\x7f\ud800c\td\r\ne") == "abc\td\r\ne"


@given(st.text())
def test_what_is_left_can_be_stored(text: str) -> None:
    """As UTF-8 and without NUL; a text without such characters is the same."""
    clean = printable(text)
    assert "\x00" not in clean and clean.encode("utf-8").decode("utf-8") == clean
    assert printable(clean) == clean
