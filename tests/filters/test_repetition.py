"""How much of a text repeats itself."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.filters.passage import Passage
from tasks.filters.repetition import (
    duplicate_share_bound,
    duplicate_shares,
    repeated_shares,
    top_share,
    top_share_bounds,
)


@pytest.mark.parametrize(
    ("items", "count_first", "shares"),
    [
        ([], False, (0, 0)),
        (["a", "b"], False, (0, 0)),
        (["aa", "aa", "b"], False, (1 / 3, 2 / 5)),
        (["aa", "aa", "b"], True, (2 / 3, 4 / 5)),
        (["a", "a", "a", "a"], False, (3 / 4, 3 / 4)),
        (["a", "a", "a", "a"], True, (1, 1)),
    ],
)
def test_shares_of_repeated_items(items: list[str], count_first: bool, shares: tuple[float, float]) -> None:
    """Of the items and of their characters, with the first of several equal ones or without."""
    assert repeated_shares(items, count_first=count_first) == pytest.approx(shares)


@pytest.mark.parametrize(
    ("text", "n", "share"),
    [
        ("one two three four", 2, 0),  # what occurs once repeats nothing
        ("ab cd ab cd ab cd x y z", 2, 12 / 15),
        ("a b a b ab cd ab cd", 2, 8 / 12),  # equally common: the longer one
        ("Red fox. red fox, RED fox!", 2, 1),  # capitals and punctuation make no difference
        ("a b c a b c", 3, 1),
        ("", 2, 0),
    ],
)
def test_share_of_the_commonest_group(text: str, n: int, share: float) -> None:
    """The characters of all its occurrences, of all characters that are no white space."""
    assert top_share(Passage(text), n) == pytest.approx(share)


def test_share_of_repeated_groups() -> None:
    """Each word counts once, however many repeated groups it is in, and the first occurrence does not count."""
    five = "the old mill stands here "
    assert duplicate_shares(Passage(five * 2 + "alone"), range(5, 11))[5] == pytest.approx(20 / 45)
    assert duplicate_shares(Passage(five * 2 + "alone"), range(5, 11))[6] == 0
    assert duplicate_shares(Passage("a " * 20), range(5, 11))[5] == pytest.approx(15 / 20)
    assert duplicate_shares(Passage("too short"), range(5, 11)) == dict.fromkeys(range(5, 11), 0)


def plain_duplicate_share(words: list[str], n: int) -> float:
    """The definition itself: from left to right, groups that occurred before, none overlapping the one before it."""
    covered = place = 0
    while place + n <= len(words):
        group = words[place : place + n]
        if any(words[start : start + n] == group for start in range(place)):
            covered += sum(map(len, group))
            place += n
        else:
            place += 1
    return covered / sum(map(len, words))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["a", "bb", "ccc"]), min_size=1, max_size=60), st.integers(0, 1_000))
def test_shortcuts_change_no_figure(words: list[str], seed: int) -> None:
    """Both measures are those of their definitions, on texts that repeat themselves a lot; bounds are bounds."""
    block = words[: random.Random(seed).randint(1, len(words))]
    words = words + block + words
    passage = Passage(" ".join(words))
    found = duplicate_shares(passage, range(5, 11))
    assert found == pytest.approx({n: plain_duplicate_share(words, n) for n in range(5, 11)})
    assert max(found.values()) <= duplicate_share_bound(passage, 5) + 1e-9
    bounds = top_share_bounds(passage, (2, 3, 4), (0.0, 0.0, 0.0))
    assert all(top_share(passage, n) <= bounds[n] + 1e-9 for n in (2, 3, 4))
