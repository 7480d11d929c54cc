"""Instructions that ask the same are found, exactly, in order, and without comparing all with all."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.clean import duplicates
from tasks.clean.duplicates import duplicate_of

LONG = "Explain step by step how a young rose is pruned in late winter and which tools a beginner needs for it"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do I prune a rose?", "How do I prune a rose?"),
        ("How do I prune a rose?", "  how do I PRUNE a rose"),
        ("How do I prune a rose?", "“How do I prune a rose?”"),
        ("Pruning roses - how?", "Pruning roses — how?"),
        ("What’s a bud?", "What's a bud?"),
        ("How do I prune a rose?", "How can I prune roses?"),
        ("How do I prune a rose?", "How to prune your roses"),
        ("Explain photosynthesis", "Please explain the photosynthesis."),
        (LONG, LONG.replace("a beginner", "the beginner")),
        (LONG, LONG + ", please"),
        ("如何在冬天修剪玫瑰花？", "如何在冬天修剪玫瑰花"),
    ],
)
def test_the_same_question_is_found(first: str, second: str) -> None:
    """Case, punctuation, articles, a word of politeness: it is asked already."""
    assert duplicate_of([first, second], 0.7) == [None, 0]
    assert duplicate_of([second, first], 0.7) == [None, 0]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do I prune a rose?", "When do I prune a rose?"),
        ("How do I prune a rose?", "How do I plant a rose?"),
        ("How do I prune a rose?", "How do I not prune a rose?"),
        ("What is C++?", "What is C#?"),
        ("What is C?", "What is C++?"),
        ("What does == mean?", "What does != mean?"),
        ("Convert PDF to Word", "Convert Word to PDF"),
        ("What is Python 3.11?", "What is Python 3.12?"),
        ("What can I do?", "What is it?"),
        ("What must I do?", "What may I do?"),
        (LONG, LONG.replace("rose", "vine").replace("winter", "summer")),
        ("如何在冬天修剪玫瑰花？", "如何在夏天种植玫瑰花？"),
        ("", "How do I prune a rose?"),
        ("Rose?", "Roses, please"),
    ],
)
def test_another_question_stays(first: str, second: str) -> None:
    """One word can make another question of it."""
    assert duplicate_of([first, second], 0.85) == [None, None]


def test_the_earliest_stays_and_is_named() -> None:
    """Every later one points to the one that stays, never to one that went."""
    asked = [
        "How do I prune a rose?",
        "Why?",
        "How can I prune roses?",
        "how do I prune a rose",
        "How can I prune roses?",
    ]
    assert duplicate_of(asked, 0.85) == [None, None, 0, 0, 0]


def test_only_those_that_stay_are_compared() -> None:
    """What resembles a dropped one only stays: a chain of small changes does not eat a shard."""
    words = [f"w{number}" for number in range(40)]
    asked = [" ".join([*(f"x{i}" for i in range(changed)), *words[changed:]]) for changed in (0, 4, 8)]
    assert duplicate_of(asked, 0.7) == [None, 0, None]
    assert duplicate_of(asked[1:], 0.7) == [None, 0]


def test_the_bound_is_inclusive() -> None:
    """Twenty runs of which seventeen are shared by two sets of twenty-three in all."""
    first = " ".join(f"w{number}" for number in range(22))
    second = first + " a b c"
    assert duplicate_of([first, second], 20 / 23) == [None, 0]
    assert duplicate_of([first, second], 20 / 23 + 0.001) == [None, None]


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=14).map(" ".join), max_size=14),
    st.sampled_from([0.2, 0.5, 0.85, 1.0]),
)
def test_agrees_with_comparing_all(asked: list[str], bound: float) -> None:
    """The index finds what comparing every two instructions finds."""
    expected: list[int | None] = []
    for number, instruction in enumerate(asked):
        words = duplicates.normalised(instruction)
        features = duplicates._features(words)
        earlier = [i for i in range(number) if expected[i] is None]
        equal = next((i for i in range(number) if duplicates.normalised(asked[i]) == words), None)
        if equal is not None:
            expected.append(equal if expected[equal] is None else expected[equal])
            continue
        similar = [
            (duplicates._jaccard(features, duplicates._features(duplicates.normalised(asked[i]))), -i) for i in earlier
        ]
        best = max(similar, default=(0.0, 0))
        expected.append(-best[1] if best[0] >= bound else None)
    assert duplicate_of(asked, bound) == expected


def test_ten_thousand_are_not_compared_with_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where most begin with the same phrase, as those of a model do, few pairs are ever looked at."""
    chance = random.Random(5)
    words = [f"word{number}" for number in range(3_000)]
    phrase = "Please explain in careful detail the fundamental considerations regarding"
    asked = [f"{phrase} {' '.join(chance.choices(words, k=1 + number % 7))}" for number in range(9_000)]
    asked += [f"{text} today" for text in asked[:1_000]]
    looked_at = 0

    def counting(one: duplicates.Features, other: duplicates.Features) -> float:
        nonlocal looked_at
        looked_at += 1
        return jaccard(one, other)

    jaccard = duplicates._jaccard
    monkeypatch.setattr(duplicates, "_jaccard", counting)
    found = duplicate_of(asked, 0.85)
    assert sum(earlier is not None for earlier in found[9_000:]) > 900
    assert looked_at < 50 * len(asked), "comparing all would be 5,000 for each"
