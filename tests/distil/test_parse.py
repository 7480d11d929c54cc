"""The parser of direct answers."""

import pytest

from tasks.core.errors import DataError
from tasks.distil.parse import parse


def test_a_cut_answer_is_named() -> None:
    """The token limit came before the closing marker."""
    with pytest.raises(DataError) as caught:
        parse("[RES]Warm the pot and", "length")
    assert caught.value.reason == "response_truncated"


def test_the_last_whole_block_counts() -> None:
    """Also when the limit came after it."""
    assert parse("[RES]One.[/RES] or better [RES]Two.[/RES]", "stop") == "Two."
    assert parse("[RES]One.[/RES] and then I went", "length") == "One."


@pytest.mark.parametrize(
    "text", ["\x00", "[RES]" * 1_000, "[/RES][RES]", "\ud800", "[RES]\ud800\x00[/RES]", "x" * 10**6]
)
def test_hostile_answers_have_a_reason(text: str) -> None:
    """Never another exception."""
    with pytest.raises(DataError):
        parse(text, "stop")
