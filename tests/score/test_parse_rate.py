"""A judge is stopped for what it does, and not for bad luck."""

import pytest

from tasks.core.config import ScoreConfig
from tasks.core.errors import DataError, FatalError
from tasks.llm.request import Answer
from tasks.score.parse_rate import ParseRate
from tests.llm.answering import MODEL


def rate(read: int, unread: int, bound: float = 0.5) -> ParseRate:
    """The rate after so many judgements with a score and without."""
    found = ParseRate(ScoreConfig.model_validate({"model": MODEL, "min_parse_rate": bound}))
    for number in range(read + unread):
        if number < read:
            found.read(Answer("g", "Score: 4", "stop", 1, 1))
            continue
        with pytest.raises(DataError, match="no score in"):
            found.read(Answer("g", f"Poem {number}", "stop", 1, 1))
    return found


@pytest.mark.parametrize(("read", "unread"), [(5, 5), (0, 9), (25, 25), (1, 1), (0, 0)])
def test_a_rate_at_the_bound_is_enough(read: int, unread: int) -> None:
    """And below ten judgements any rate is."""
    rate(read, unread).insist(is_complete=True)


@pytest.mark.parametrize(("read", "unread"), [(4, 6), (0, 10), (499, 501)])
def test_a_rate_below_the_bound_is_not(read: int, unread: int) -> None:
    """Once the shard is complete."""
    with pytest.raises(FatalError, match=f"{read} of {read + unread} judgements"):
        rate(read, unread).insist(is_complete=True)


@pytest.mark.parametrize(("read", "unread"), [(0, 49), (20, 30), (15, 35), (460, 540)])
def test_the_rest_of_the_shard_may_still_mend_it(read: int, unread: int) -> None:
    """Few judgements, or a rate that chance explains: half of all, give or take three standard errors."""
    rate(read, unread).insist(is_complete=False)


@pytest.mark.parametrize(("read", "unread"), [(0, 50), (14, 36), (450, 550)])
def test_what_chance_does_not_explain_stops_at_once(read: int, unread: int) -> None:
    """No need to pay for the rest."""
    with pytest.raises(FatalError, match=f"{read} of {read + unread} judgements"):
        rate(read, unread).insist(is_complete=False)


def test_no_bound_no_stop() -> None:
    """A specification may switch it off."""
    rate(0, 100, bound=0.0).insist(is_complete=True)
    rate(0, 100, bound=0.0).insist(is_complete=False)
