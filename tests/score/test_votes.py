"""From several judgements of a pair to one score, and back."""

from typing import Any

import pytest

from tasks.core.config import ScoreConfig
from tasks.core.errors import DataError
from tasks.core.ids import content_id
from tasks.score.votes import METRIC, MOST, VOTE, decide, score_id, score_rows, votes_behind

TEXT = ScoreConfig().sampling()
EXPECTED = ScoreConfig(mode="expected").sampling()


@pytest.mark.parametrize(
    ("values", "asked", "score"),
    [
        ([4.0], 1, 4.0),
        ([5.0, 5.0, 1.0], 3, 5.0),
        ([5.0, 4.0, 5.0, 4.0], 4, 4.0),
        ([3.0, 5.0], 2, 3.0),
        ([2.0, 3.0, 5.0], 5, 2.0),
        ([5.0], 2, 5.0),
    ],
)
def test_the_majority_decides(values: list[float], asked: int, score: float) -> None:
    """The most frequent score, and of several as frequent the lowest."""
    assert decide(values, asked, TEXT) == score


@pytest.mark.parametrize(("values", "asked"), [([5.0], 3), ([5.0, 5.0], 5), ([], 1)])
def test_fewer_than_half_decide_nothing(values: list[float], asked: int) -> None:
    """Where most votes hold no score, those that do are no majority."""
    with pytest.raises(DataError) as caught:
        decide(values, asked, TEXT)
    assert caught.value.reason == "score_votes_unparseable"


def test_expected_values_have_a_mean() -> None:
    """They hardly ever agree to the last digit."""
    assert decide([4.5, 4.0, 4.6], 3, EXPECTED) == 4.3667


def test_the_bound_is_that_of_the_configuration() -> None:
    """Votes beyond it would not be found again."""
    assert ScoreConfig(votes=MOST).votes == MOST
    with pytest.raises(ValueError):
        ScoreConfig(votes=MOST + 1)


PAIR = content_id("pair", "p")


def recorded(votes: dict[int, float], score: float, asked: str = "generation", **changes: Any) -> list[dict[str, Any]]:
    """The rows of a pair as `example_trace` gives them; `votes` by attempt."""
    judgements = [(content_id(asked, attempt), value) for attempt, value in sorted(votes.items())]
    attempts = {content_id(asked, attempt): attempt for attempt in votes}
    told = {"judge": "tiny@r1", "prompt": "score@1", "sampling": TEXT, **changes}
    rows = score_rows(PAIR, judgements, score, "run")
    return [{**row, **told, "attempt": attempts[row["generation_id"]]} for row in rows]


def test_a_single_judgement_is_one_row() -> None:
    """Its id says what was read in which judgement: another reading is another score, and both stand."""
    (row,) = score_rows(PAIR, [("g", 4.0)], 4.0, "run")
    assert row == {
        "score_id": content_id("score", PAIR, METRIC, 4.0, "g"),
        "metric": METRIC,
        "value": 4.0,
        "generation_id": "g",
        "pair_id": PAIR,
        "config_id": None,
        "generated_by": "run",
    }


def test_another_reading_of_the_same_judgement_is_another_score() -> None:
    """A parser that was changed leaves what the old one read, and adds what it reads."""
    first, second = (score_rows(PAIR, [("g0", value), ("g1", value)], value, "run") for value in (4.0, 5.0))
    assert not {row["score_id"] for row in first} & {row["score_id"] for row in second}


def test_each_vote_is_on_record() -> None:
    """The score points to the first vote; another set of votes makes another score."""
    rows = score_rows(PAIR, [("g0", 4.0), ("g2", 5.0)], 4.0, "run")
    assert [(row["metric"], row["value"], row["generation_id"]) for row in rows] == [
        (METRIC, 4.0, "g0"),
        (VOTE, 4.0, "g0"),
        (VOTE, 5.0, "g2"),
    ]
    assert len({row["score_id"] for row in rows}) == 3
    assert rows[0]["score_id"] != score_id(PAIR, 4, ["g0"]) != score_id(PAIR, 4, ["g0", "g1"])


@pytest.mark.parametrize(
    ("votes", "asked"),
    [
        ({0: 5.0}, 1),
        ({0: 5.0, 1: 5.0, 2: 4.0}, 3),
        ({1: 5.0, 2: 4.0}, 3),
        ({0: 5.0, 5: 4.0, 7: 5.0}, 4),  # sample 1 parsed at its second attempt, sample 3 too
        (dict.fromkeys(range(32), 3.0), 32),
    ],
)
def test_the_votes_are_found_again(votes: dict[int, float], asked: int) -> None:
    """Also where some did not parse, or were asked for again: which and how many there were follows from the id."""
    rows = recorded(votes, 5.0)
    found = votes_behind(rows[0], rows, PAIR)
    assert found is not None
    ids, count = found
    assert ids == [content_id("generation", attempt) for attempt in sorted(votes, key=lambda a: a % asked)]
    assert count == asked or len(votes) == asked == 1


def test_votes_of_other_settings_do_not_mix() -> None:
    """The same judge asked for one, three and five votes, and at another temperature: each score has its own."""
    of_five = recorded({0: 5.0, 1: 4.0, 2: 4.0, 3: 5.0, 4: 5.0}, 5.0)
    of_three = recorded({0: 5.0, 1: 4.0, 2: 4.0}, 4.0)
    single = recorded({0: 5.0}, 5.0)
    warm = recorded({0: 1.0, 1: 1.0}, 1.0, "warm", sampling={**TEXT, "temperature": 2.0})
    rows = [*of_five, *of_three, *single, *warm]
    assert votes_behind(of_three[0], rows, PAIR) == ([content_id("generation", number) for number in range(3)], 3)
    assert votes_behind(of_five[0], rows, PAIR) == ([content_id("generation", number) for number in range(5)], 5)
    assert votes_behind(single[0], rows, PAIR) == ([content_id("generation", 0)], 1)


def test_a_lost_vote_is_noticed() -> None:
    """A score whose votes are not all there has no votes."""
    rows = recorded({0: 5.0, 1: 4.0, 2: 4.0}, 4.0)
    assert votes_behind(rows[0], rows[:-1], PAIR) is None
    assert votes_behind({**rows[0], "score_id": content_id("x")}, rows, PAIR) is None
