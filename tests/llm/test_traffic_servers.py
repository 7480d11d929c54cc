"""Several servers of one model: load is spread, a sick one is left alone, and nothing is lost with a dead one."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tasks.core.errors import RetriableError
from tasks.llm import traffic
from tasks.llm.request import Request
from tests.llm.asking import client, completions, request, said, shouted
from tests.llm.model_server import ModelServer, Reply, as_json, model_server, shout

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def two_servers() -> Iterator[tuple[ModelServer, ModelServer]]:
    with model_server() as first, model_server() as second:
        for server in (first, second):
            server.reply = lambda number, body: shout(body)
        yield first, second


def test_load_is_spread(two_servers: tuple[ModelServer, ModelServer]) -> None:
    """Each server has its own limit, and both are full when there is enough to ask."""
    first, second = two_servers

    def reply(number: int, body: dict[str, Any]) -> Reply:
        first.wait_for(lambda: len(first.asked) >= 2 and len(second.asked) >= 2)
        return shout(body)

    first.reply = second.reply = reply
    requests = [request(f"question {number}") for number in range(40)]
    answers = client(first.url, second.url, concurrency=2).complete(requests)
    assert said(list(answers)) == shouted(requests)
    assert (first.most_in_flight, second.most_in_flight) == (2, 2)
    assert len(first.asked) + len(second.asked) == 40


@pytest.mark.parametrize("form", ["chat", "completions"])
def test_the_work_of_a_killed_server_goes_to_the_other(
    two_servers: tuple[ModelServer, ModelServer], pauses: list[float], form: str
) -> None:
    """Nothing is lost and nothing comes twice when a server dies with requests in flight."""
    first, second = two_servers
    held = threading.Event()

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if number >= 2:
            held.set()
            second.let_go.wait(30)
        return shout(body)

    second.reply = reply
    requests = completions(300) if form == "completions" else [request(f"question {n}") for n in range(300)]

    def asked() -> Iterator[Request]:
        for number, item in enumerate(requests):
            if number == 100:
                assert held.wait(10)
                second.kill()
            yield item

    shared = client(first.url, second.url, concurrency=8, prompts_per_request=2)
    assert said(list(shared.complete(asked()))) == shouted(requests)
    assert set(second.texts()) - set(first.texts()) != set(), "it had answered some"
    assert {item.text for item in requests} == set(first.texts()) | set(second.texts())


def test_a_prompt_is_not_spent_on_a_dead_server(
    two_servers: tuple[ModelServer, ModelServer], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed at the dead one waits for room at the other, however often the dead one is tried again."""
    monkeypatch.setattr("tasks.llm.endpoint.EJECT_SECONDS", 0.0)
    dead, well = two_servers
    dead.kill()

    def slowly(number: int, body: dict[str, Any]) -> Reply:
        time.sleep(0.005)
        return shout(body)

    well.reply = slowly
    requests = [request(f"question {number}") for number in range(60)]
    assert said(list(client(dead.url, well.url, concurrency=1).complete(requests))) == shouted(requests)


def test_a_sick_server_is_left_alone(
    two_servers: tuple[ModelServer, ModelServer], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few failures it gets no more, and the other one does all the work."""
    monkeypatch.setattr("tasks.llm.endpoint.EJECT_SECONDS", 1000.0)
    sick, well = two_servers
    sick.reply = lambda number, body: as_json({}, 500)
    requests = [request(f"question {number}") for number in range(50)]
    assert said(list(client(sick.url, well.url, concurrency=1).complete(requests))) == shouted(requests)
    assert len(sick.asked) == 3
    assert len(well.asked) == 50


def test_a_server_that_is_well_again_comes_back(
    two_servers: tuple[ModelServer, ModelServer], pauses: list[float]
) -> None:
    """It is tried with one prompt, and then takes its part."""
    sick, well = two_servers
    sick.reply = lambda number, body: as_json({}, 500) if number < 5 else shout(body)
    count = 0

    def requests() -> Iterator[Request]:
        nonlocal count
        while len(sick.asked) < 25 and count < 20_000:
            count += 1
            yield request(f"question {count}")

    assert len(said(list(client(sick.url, well.url, concurrency=2).complete(requests())))) == count
    assert len(sick.asked) >= 25


def test_all_servers_sick_fails_the_try(two_servers: tuple[ModelServer, ModelServer], pauses: list[float]) -> None:
    """With nobody to go to, a prompt is tried at the sick ones, a bounded number of times."""
    for server in two_servers:
        server.reply = lambda number, body: as_json({"error": "no memory"}, 500)
    requests = [request(f"question {number}") for number in range(20)]
    with pytest.raises(RetriableError, match="no memory"):
        list(client(*(server.url for server in two_servers), concurrency=4).complete(requests))
    assert sum(len(server.asked) for server in two_servers) <= 8 * traffic.MAX_TRIES


@pytest.mark.parametrize(("trouble", "limit"), [("429", 2), ("503", 2), ("timeout", 2), ("500", 8), ("html", 8)])
def test_what_counts_as_too_much(server: ModelServer, pauses: list[float], trouble: str, limit: int) -> None:
    """What is refused for load, or does not come in time, lowers the limit; what is wrong otherwise does not."""

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if number:
            return shout(body)
        if trouble == "timeout":
            server.let_go.wait(30)
        return (200, {}, b"<html>") if trouble == "html" else as_json({}, int(trouble) if trouble.isdigit() else 200)

    server.reply = reply
    asked = client(server.url, concurrency=8, timeout_seconds=0.5)
    assert said(list(asked.complete([request()]))) == shouted([request()])
    assert asked._endpoints[0].limit == limit


def test_429_halves_what_is_in_flight(server: ModelServer, pauses: list[float]) -> None:
    """The refused prompts are asked again, half as many at a time, though each of them was refused."""
    steady: list[int] = []

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if number < 8:
            server.wait_for(lambda: len(server.asked) >= 8)
            return as_json({}, 429)
        if number < 12:
            server.wait_for(lambda: len(server.asked) >= 12)
            time.sleep(0.1)  # time enough for a client without a limit to send the others
            steady.append(len(server.asked))
        return shout(body)

    server.reply = reply
    requests = [request(f"question {number}") for number in range(8)]
    assert said(list(client(server.url, concurrency=8).complete(requests))) == shouted(requests)
    assert steady[0] == 12, "eight refused, four more in flight"
    assert len(server.asked) == 16
