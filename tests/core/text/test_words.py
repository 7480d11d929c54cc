"""Words and shared runs, the measure behind echoes and copies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.text.words import longest_shared_run, runs, words


def test_words_are_without_case_and_punctuation() -> None:
    """Two spellings of one sentence give the same words."""
    assert words("Don’t PRUNE (yet): wait_for frost!") == words("don't prune yet wait for frost")
    assert words("") == []


def test_runs_are_all_there_are() -> None:
    """In order, and none where there are fewer words."""
    assert runs(["a", "b", "c"], 2) == [("a", "b"), ("b", "c")]
    assert runs(["a"], 2) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "run"),
    [
        ("a b c", "x a b y", "a b"),
        ("a b c d", "a b x c d e", "a b"),
        ("a b", "c d", ""),
        ("", "a", ""),
        ("a", "", ""),
        ("rose", "roses are red", ""),
        ("the end", "the bend", "the"),
        ("a b a b c", "a b c", "a b c"),
    ],
)
def test_longest_run(ours: str, theirs: str, run: str) -> None:
    """The run is of whole words, and the first of the longest."""
    assert " ".join(longest_shared_run(ours.split(), theirs.split())) == run


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_longest_run_agrees_with_trying_all(ours: list[str], theirs: list[str]) -> None:
    """The quick way finds as long a run as looking at every one does."""
    there = {tuple(theirs[i:j]) for i in range(len(theirs)) for j in range(i, len(theirs) + 1)}
    best = max(
        (j - i for i in range(len(ours)) for j in range(i, len(ours) + 1) if tuple(ours[i:j]) in there), default=0
    )
    assert len(longest_shared_run(ours, theirs)) == best
