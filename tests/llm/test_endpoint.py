"""One address: its limit falls at once and rises slowly, and a sick one is left alone until it is well."""

from dataclasses import dataclass

import pytest

from tasks.llm import endpoint as module
from tasks.llm.endpoint import EJECT_AFTER, MAX_EJECT_SECONDS, Endpoint, freest


@dataclass
class Clock:
    """The time that the endpoints see, which a test moves."""

    now: float = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


def fail(endpoint: Endpoint, clock: Clock, times: int = 1) -> None:
    """Fail `times` times, one after the other."""
    for _ in range(times):
        clock.now += 1e-6
        endpoint.failed(clock.now)


def overload(endpoint: Endpoint, clock: Clock) -> None:
    clock.now += 1e-6
    endpoint.overloaded(clock.now)


def test_it_starts_with_all_its_room(clock: Clock) -> None:
    """The bound of the specification is used until the server objects; what is in flight takes room."""
    endpoint = Endpoint("http://a/", 16)
    assert (endpoint.url, endpoint.limit, endpoint.room) == ("http://a", 16, 16)
    endpoint.in_flight = 15
    assert endpoint.room == 1
    endpoint.in_flight = 17
    assert endpoint.room == 0


def test_too_much_halves_what_is_in_flight(clock: Clock) -> None:
    """Half of what was really in flight, which may be less than the limit; never less than one."""
    endpoint = Endpoint("http://a", 64)
    endpoint.in_flight = 24
    limits = []
    for _ in range(6):
        overload(endpoint, clock)
        limits.append(endpoint.limit)
    assert limits == [12, 6, 3, 1, 1, 1]


def test_many_complaints_at_once_are_one(clock: Clock) -> None:
    """What was sent before the limit was halved tells nothing about the new limit."""
    endpoint = Endpoint("http://a", 16)
    endpoint.in_flight, sent_at = 16, clock.now
    clock.now += 1
    for _ in range(16):
        endpoint.overloaded(sent_at)
    assert endpoint.limit == 8
    endpoint.overloaded(clock.now)
    assert endpoint.limit == 4


def test_the_limit_rises_by_one_after_each_round(clock: Clock) -> None:
    """As many good answers as the limit make it one more, until all the room is back."""
    endpoint = Endpoint("http://a", 8)
    endpoint.in_flight = 8
    overload(endpoint, clock)
    limits = [endpoint.limit]
    for _ in range(30):
        endpoint.succeeded(1)
        limits.append(endpoint.limit)
    assert limits[:6] == [4, 4, 4, 4, 4, 5], "about a round of four, then one more"
    assert limits[-1] == 8 == max(limits)


def test_a_large_limit_recovers_in_a_bounded_number_of_rounds(clock: Clock) -> None:
    """One prompt more per round would take 255 rounds; a request of many prompts counts for as many."""
    endpoint = Endpoint("http://a", 256)
    endpoint.in_flight = 2
    overload(endpoint, clock)
    assert endpoint.limit == 1
    rounds = 0
    while endpoint.limit < 256:
        endpoint.succeeded(endpoint.limit)
        rounds += 1
    assert rounds <= module.ROUNDS_TO_RECOVER + 2


def test_other_tasks_take_their_share(clock: Clock) -> None:
    """The share bounds the limit while it lasts, and leaves at least one prompt."""
    share = 3
    endpoint = Endpoint("http://a", 16, lambda: share)
    assert endpoint.limit == endpoint.room == 3
    share = 0
    assert endpoint.limit == 1
    share = 99
    assert endpoint.limit == 16


def test_it_is_left_alone_after_failures_in_a_row(clock: Clock) -> None:
    """A good answer in between starts the count again."""
    endpoint = Endpoint("http://a", 8)
    fail(endpoint, clock, EJECT_AFTER - 1)
    assert (endpoint.room, endpoint.is_well) == (8, False)
    endpoint.succeeded(1)
    assert endpoint.is_well
    fail(endpoint, clock, EJECT_AFTER - 1)
    assert endpoint.room == 8
    fail(endpoint, clock)
    assert (endpoint.room, endpoint.is_ejected) == (0, True)


def test_one_prompt_tries_whether_it_is_well_again(clock: Clock) -> None:
    """After the pause there is room for one; its answer brings all the room back."""
    endpoint = Endpoint("http://a", 8)
    fail(endpoint, clock, EJECT_AFTER)
    clock.now += 1.001
    assert endpoint.room == 1
    endpoint.in_flight = 1
    assert endpoint.room == 0
    endpoint.in_flight = 0
    endpoint.succeeded(1)
    assert endpoint.room == 8


def test_an_answer_during_the_pause_ends_it(clock: Clock) -> None:
    """What was in flight when it was left alone may show that it is well."""
    endpoint = Endpoint("http://a", 8)
    fail(endpoint, clock, EJECT_AFTER)
    endpoint.succeeded(1)
    assert (endpoint.room, endpoint.is_ejected) == (8, False)


def test_pauses_double_up_to_the_most(clock: Clock) -> None:
    """Each failed attempt to come back doubles the pause."""
    endpoint = Endpoint("http://a", 8)
    fail(endpoint, clock, EJECT_AFTER - 1)
    pauses = []
    for _ in range(8):
        fail(endpoint, clock)
        left_at = clock.now
        while endpoint.is_ejected:
            clock.now += 0.25
        pauses.append(round(clock.now - left_at))
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert pauses[-1] == MAX_EJECT_SECONDS


def test_many_failures_at_once_are_one_pause(clock: Clock) -> None:
    """A server with much in flight dies once, and is tried again as soon as one with little."""
    endpoint = Endpoint("http://a", 64)
    sent_at = clock.now
    clock.now += 1
    for _ in range(64):
        endpoint.failed(sent_at)
    clock.now += 1.001
    assert not endpoint.is_ejected


def test_the_freest_has_the_least_load_for_its_limit(clock: Clock) -> None:
    """Load is relative: half of ten is more than a third of thirty."""
    small, large, full = Endpoint("http://s", 10), Endpoint("http://l", 30), Endpoint("http://f", 2)
    small.in_flight, large.in_flight, full.in_flight = 5, 10, 2
    assert freest([small, large, full]) is large
    large.in_flight = 20
    assert freest([small, large, full]) is small
    small.in_flight, large.in_flight = 10, 30
    assert freest([small, large, full]) is None


def test_a_sick_one_is_not_asked(clock: Clock) -> None:
    """Though nothing is in flight there."""
    sick, well = Endpoint("http://s", 4), Endpoint("http://w", 4)
    fail(sick, clock, EJECT_AFTER)
    well.in_flight = 3
    assert freest([sick, well]) is well
    well.in_flight = 4
    assert freest([sick, well]) is None


def test_what_failed_at_one_waits_for_another_that_is_well(clock: Clock) -> None:
    """It goes back only where the other is sick too, or where the first one has recovered."""
    first, other = Endpoint("http://a", 4), Endpoint("http://b", 4)
    fail(first, clock)
    assert freest([first, other], first) is other
    other.in_flight = 4
    assert freest([first, other], first) is None, "the other is well, and will have room"
    assert freest([first, other]) is first, "for what did not fail there"
    fail(other, clock)
    assert freest([first, other], first) is first
    other.succeeded(1)
    first.succeeded(1)
    assert freest([first, other], first) is first
