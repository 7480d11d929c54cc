"""The score stands on the last line, in the form that was asked for, or there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.errors import DataError
from tasks.faithfulness.parse import parse

CLAIMS = 'The answer adds "founded in 1987" and a score of 3 goals.\n\n'


@pytest.mark.parametrize(
    "line",
    [
        "Score: 4",
        "score: 4",
        "Score:4",
        "**Score:** 4",
        "**Score: 4**",
        "Score: 4/5",
        "Score: 4 / 5",
        "Score: 4 out of 5.",
        "Score: 4.0",
        "Score: 4.",
        "Score: <4>",
        "Score = 4",
        "  Score: [4]  \n\n",
        "Score: 4\nScore: 4",
        "<think>Score: 2</think>\nScore: 4",
    ],
)
def test_reads_the_last_line(line: str) -> None:
    """With its markup and its denominator, and whatever was said before."""
    assert parse(CLAIMS + line, "stop") == 4
    assert parse(CLAIMS + line, "length") == 4


@pytest.mark.parametrize(
    ("text", "finish_reason", "reason"),
    [
        ("", "stop", "score_missing"),
        ("None", "stop", "score_missing"),
        ("4", "stop", "score_missing"),
        ("Score: 4\nThat is my view.", "stop", "score_missing"),
        ("I give it a score of 4", "stop", "score_missing"),
        ("Score: <number>", "stop", "score_missing"),
        ("Score: four", "stop", "score_missing"),
        ("Score: 4-5", "stop", "score_missing"),
        ("Score: 4 or 5", "stop", "score_missing"),
        ("The answer adds a", "length", "answer_truncated"),
        ("Score: 4\nand then", "length", "answer_truncated"),
        ("Score: 0", "stop", "score_out_of_range"),
        ("Score: 6", "stop", "score_out_of_range"),
        ("Score: 10", "stop", "score_out_of_range"),
        ("Score: 4.5", "stop", "score_out_of_range"),
        ("Score: 4/10", "stop", "score_out_of_range"),
        ("Score: 99999999999999999999", "stop", "score_out_of_range"),
        ("Score: 5\nOn second thoughts:\nScore: 2", "stop", "score_ambiguous"),
    ],
)
def test_refuses(text: str, finish_reason: str, reason: str) -> None:
    """Each way to give no usable score has its own reason."""
    with pytest.raises(DataError) as caught:
        parse(text, finish_reason)
    assert caught.value.reason == reason


@given(st.text(max_size=200), st.sampled_from(["stop", "length"]))
def test_any_judgement_is_read_or_refused(text: str, finish_reason: str) -> None:
    """Nothing but a DataError comes out of any text."""
    with pytest.raises(DataError):
        parse(text, finish_reason)


@pytest.mark.parametrize("junk", ["Score: 4 ", "Score: ", "score", "\n", "*", "4", "/"])
def test_a_megabyte_of_pieces(junk: str) -> None:
    """Pieces of a score without an end are no score."""
    with pytest.raises(DataError):
        parse(junk * (1_000_000 // len(junk)), "stop")
