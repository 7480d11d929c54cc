"""Many prompts a request, many callers, many servers: everything is answered once, whoever dies."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tasks.core.errors import ConfigError, RetriableError
from tasks.llm import traffic
from tasks.llm.client import OpenAIClient
from tasks.llm.request import Answer, Refused, Request
from tests.llm.asking import client, completions, request, said, shouted
from tests.llm.model_server import ModelServer, Reply, as_json, completion, shout

pytestmark = pytest.mark.timeout(60)


class Gate:
    """Stands in for the exchange over HTTP: each request waits until it is let through, and is then answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.texts: list[str] = []
        self.in_flight = self.most_in_flight = self.answered = 0
        self._passes = threading.Semaphore(0)
        self.failure: BaseException | None = None
        monkeypatch.setattr(traffic, "ask", self.ask)

    def let_through(self, count: int) -> None:
        self._passes.release(count)

    async def ask(self, http: Any, url: str, model: Any, requests: list[Request], queued_at: float) -> list[Any]:
        self.sizes.append(len(requests))
        self.texts += [item.text for item in requests]
        self.in_flight += len(requests)
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            while not self._passes.acquire(blocking=False):
                await asyncio.sleep(0.001)
        finally:
            self.in_flight -= len(requests)
        if self.failure is not None:
            raise self.failure
        self.answered += len(requests)
        return [Answer(item.generation_id, item.text.upper(), "stop", 7, 3) for item in requests]

    def wait_for(self, done: Callable[[], bool]) -> None:
        ModelServer().wait_for(done)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


# Many prompts a request


def test_many_prompts_travel_in_one_request(server: ModelServer) -> None:
    """As many as the specification says, and each answer goes to its own prompt."""
    server.reply = lambda number, body: completion(body)
    requests = completions(96)
    assert said(list(client(server.url, concurrency=32, prompts_per_request=16).complete(requests))) == shouted(
        requests
    )
    assert max(server.sizes()) == 16
    assert Counter(server.texts()) == Counter(item.text for item in requests)


def test_prompts_in_flight_are_bounded_not_requests(server: ModelServer) -> None:
    """`concurrency` counts prompts, of all requests together."""
    flying = most = 0
    guard = threading.Lock()

    def reply(number: int, body: dict[str, Any]) -> Reply:
        nonlocal flying, most
        with guard:
            flying += len(body["prompt"])
            most = max(most, flying)
        if number < 3:
            server.wait_for(lambda: len(server.asked) >= 3)
        with guard:
            flying -= len(body["prompt"])
        return completion(body)

    server.reply = reply
    assert len(list(client(server.url, concurrency=24, prompts_per_request=8).complete(completions(200)))) == 200
    assert most == 24


def test_prompts_of_another_sampling_travel_apart(server: ModelServer) -> None:
    """One request has one sampling; chat has one prompt."""
    server.reply = lambda number, body: shout(body)
    requests = [*completions(8), *(item for n in (8, 9) for item in completions(8, max_tokens=n))]
    requests = [request(f"{n}", sampling=item.sampling, seed=None) for n, item in enumerate(requests)]
    requests += [request(f"chat {n}") for n in range(4)]
    assert said(list(client(server.url, concurrency=64).complete(requests))) == shouted(requests)
    for body in server.asked:
        assert {requests[int(text)].sampling["max_tokens"] for text in body.get("prompt", [])} <= {body["max_tokens"]}
    assert sorted(server.sizes()) == [1, 1, 1, 1, 8, 8, 8]


def test_one_bad_prompt_is_refused_alone(server: ModelServer, pauses: list[float]) -> None:
    """The others of its request are answered, once, and nobody is made to wait."""
    answered: Counter[str] = Counter()

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if "prompt 13" in body["prompt"]:
            return as_json({"error": "prompt is too long"}, 400)
        answered.update(body["prompt"])
        return completion(body)

    server.reply = reply
    requests = completions(32)
    answers = list(client(server.url, concurrency=64, prompts_per_request=32).complete(requests))
    (refused,) = [item for item in answers if isinstance(item, Refused)]
    assert refused.generation_id == requests[13].generation_id and "too long" in refused.detail
    assert said(answers) == shouted([item for item in requests if item is not requests[13]])
    assert set(answered.values()) == {1} and len(answered) == 31
    assert len(server.asked) <= 11, "halved until it stood alone"
    assert pauses == []


def test_several_bad_prompts_are_refused(server: ModelServer) -> None:
    """Also when they are neighbours, or all of them."""
    bad = {f"prompt {number}" for number in (0, 5, 6, 7, 31, *range(40, 48))}
    server.reply = lambda number, body: as_json({}, 422) if bad & set(body["prompt"]) else completion(body)
    requests = completions(48)
    answers = list(client(server.url, concurrency=64, prompts_per_request=8).complete(requests))
    assert said(answers) == shouted([item for item in requests if item.text not in bad])
    assert len(answers) == 48


@pytest.mark.parametrize("kind", ["null text", "HTTP 500"])
def test_a_prompt_without_an_answer_does_not_take_others_with_it(
    server: ModelServer, pauses: list[float], kind: str
) -> None:
    """What a server cannot answer, at all or in one place, travels with fewer and fewer; then the try fails."""

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if kind == "HTTP 500" and "prompt 3" in body["prompt"]:
            return as_json({"error": "CUDA error"}, 500)
        return completion(body, lambda text: None if text == "prompt 3" else text.upper())

    server.reply = reply
    requests = completions(32)
    answers: list[Answer | Refused] = []
    with pytest.raises(RetriableError, match="CUDA error" if kind == "HTTP 500" else "without an answer"):
        answers.extend(client(server.url, concurrency=64).complete(requests))
    assert said(answers) == shouted([item for item in requests if item is not requests[3]])


def test_small_requests_grow_again(gate: Gate) -> None:
    """Where little room is free at a time, it is saved up: else small requests would come back small for ever."""
    single = [request(f"single {n}", sampling={**completions(1)[0].sampling, "top_k": n}) for n in range(16)]
    together = completions(64)
    answers = client("http://x", concurrency=16, prompts_per_request=16).complete([*single, *together])
    gate.let_through(1)
    taken = [next(answers)]
    gate.wait_for(lambda: len(gate.sizes) >= 16)
    assert gate.sizes[:16] == [1] * 16, "each of another sampling"
    while len(taken) < 80:
        gate.let_through(1)
        gate.wait_for(lambda: gate.answered > len(taken))
        taken.extend(next(answers) for _ in range(gate.answered - len(taken)))
    assert said(taken) == shouted([*single, *together])
    assert list(answers) == []
    assert min(gate.sizes[16:22]) >= 4, "a quarter of what may travel together"
    assert gate.most_in_flight == 16


def test_what_comes_together_is_asked_together(gate: Gate) -> None:
    """A caller that was busy takes many answers at once: it does not send as many requests of one prompt."""
    answers = client("http://x", concurrency=32, prompts_per_request=16).complete(completions(256))
    gate.let_through(4)  # more than may be in flight: the caller takes nothing meanwhile
    taken = [next(answers)]
    gate.wait_for(lambda: len(gate.sizes) >= 4 and gate.in_flight == 0)
    gate.let_through(1000)
    taken.extend(answers)
    assert len(said(taken)) == 256
    assert min(gate.sizes[:-1]) >= 4


# Many callers


def test_callers_share_the_limit(server: ModelServer) -> None:
    """Four threads have no more in flight together than one, and each gets its own answers."""

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if number < 3:
            server.wait_for(lambda: len(server.asked) >= 3)
        return shout(body)

    server.reply = reply
    shared = client(server.url, concurrency=3)
    requests = {name: [request(f"{name} {number}") for number in range(30)] for name in "abcd"}
    found: dict[str, dict[str, str]] = {}

    def call(name: str) -> None:
        found[name] = said(list(shared.complete(requests[name])))

    threads = [threading.Thread(target=call, args=(name,), daemon=True) for name in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: shouted(asked) for name, asked in requests.items()}
    assert server.most_in_flight == 3
    assert len(server.asked) == 120


def test_callers_take_turns(gate: Gate) -> None:
    """One that has a million prompts does not keep another from its ten."""
    shared = client("http://x", concurrency=1)
    taken: list[Answer | Refused] = []

    def call(name: str) -> None:
        taken.extend(shared.complete([request(f"{name} {number}") for number in range(10)]))

    def all_wait() -> bool:
        """Both have handed over what they may, two each, of which one is in flight."""
        return shared._traffic is not None and sum(len(call.waiting) for call in shared._traffic._calls) == 3

    threads = [threading.Thread(target=call, args=(name,), daemon=True) for name in ("first", "second")]
    threads[0].start()
    gate.wait_for(lambda: len(gate.texts) == 1)
    threads[1].start()
    for step in range(7):
        gate.wait_for(lambda: len(gate.texts) == step + 1 and all_wait())  # noqa: B023 called at once
        gate.let_through(1)
    gate.let_through(1000)
    for thread in threads:
        thread.join(10)
    assert len(said(taken)) == 20
    assert Counter(text.split()[0] for text in gate.texts[1:7]) == {"first": 3, "second": 3}


def test_what_is_in_flight_comes_home_before_the_error(server: ModelServer) -> None:
    """A call that failed waits for the answers to what it has sent: they are paid for."""

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if "bad" in str(body):
            return as_json({}, 401)
        server.wait_for(lambda: len(server.asked) == 4)
        time.sleep(0.1)  # until the client has its error
        return shout(body)

    server.reply = reply
    requests = [request(text) for text in ("good 0", "good 1", "good 2", "bad", "good 4")]
    taken: list[Answer | Refused] = []
    with pytest.raises(ConfigError):
        taken.extend(client(server.url, concurrency=4).complete(requests))
    assert said(taken) == shouted(requests[:3])
    assert len(server.asked) == 4


def test_a_failed_call_leaves_the_others_alone(server: ModelServer, pauses: list[float]) -> None:
    """Each caller has its own error."""
    server.reply = lambda number, body: as_json({}, 500) if "bad" in str(body) else shout(body)
    shared = client(server.url, concurrency=4)
    failed: list[BaseException] = []

    def fail() -> None:
        try:
            list(shared.complete([request("bad")]))
        except RetriableError as error:
            failed.append(error)

    thread = threading.Thread(target=fail, daemon=True)
    thread.start()
    requests = [request(f"good {number}") for number in range(200)]
    assert said(list(shared.complete(requests))) == shouted(requests)
    thread.join()
    assert len(failed) == 1


def test_an_abandoned_call_is_cancelled_and_its_room_is_free(gate: Gate) -> None:
    """A caller that stops early takes what it has in flight along; another one uses the room."""
    shared = client("http://x", concurrency=2)
    first = shared.complete([request(f"first {number}") for number in range(4)])
    gate.let_through(1)
    next(first)
    gate.wait_for(lambda: gate.in_flight == 2)
    found: list[Any] = []
    other = threading.Thread(target=lambda: found.extend(shared.complete([request("other")])), daemon=True)
    other.start()
    gate.wait_for(lambda: shared._callers == 2)
    first.close()
    gate.wait_for(lambda: gate.texts[-1] == "other")
    assert gate.in_flight == 1
    gate.let_through(1)
    other.join(10)
    assert said(found) == shouted([request("other")])
    assert "first 3" not in gate.texts


def test_an_unexpected_error_reaches_the_caller(gate: Gate) -> None:
    """Whatever goes wrong in the thread ends the call; nobody waits for ever."""
    gate.failure = ZeroDivisionError("a fault of ours")
    gate.let_through(10)
    with pytest.raises(ZeroDivisionError):
        list(client("http://x").complete([request()]))


# The end


def hanging(server: ModelServer) -> None:
    def reply(number: int, body: dict[str, Any]) -> Reply:
        server.let_go.wait(30)
        return shout(body)

    server.reply = reply


def client_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "model-client"]


def test_close_ends_all_who_wait(server: ModelServer) -> None:
    """Each waiting caller gets a RetriableError, and no thread is left."""
    hanging(server)
    shared = client(server.url, concurrency=2)
    errors: list[BaseException] = []

    def call(name: str) -> None:
        try:
            list(shared.complete([request(f"{name} {number}") for number in range(5)]))
        except RetriableError as error:
            errors.append(error)

    threads = [threading.Thread(target=call, args=(name,), daemon=True) for name in "abc"]
    for thread in threads:
        thread.start()
    server.wait_for(lambda: server.in_flight == 2)
    shared.close()
    for thread in threads:
        thread.join(10)
    assert len(errors) == 3 and all("closed" in str(error) for error in errors)
    assert client_threads() == []


def test_a_closed_client_asks_nothing(server: ModelServer) -> None:
    """Neither a new call, nor one that has taken an answer and wants to send more, nor a question."""
    shared = client(server.url, concurrency=2)
    answers = shared.complete(request(f"question {number}") for number in range(50))
    next(answers)
    shared.close()
    asked = len(server.asked)
    with pytest.raises(RetriableError, match="closed"):
        list(answers)
    with pytest.raises(RetriableError, match="closed"):
        list(shared.complete([request()]))
    with pytest.raises(RetriableError, match="closed"):
        shared.post("/tokenize", {})
    assert len(server.asked) == asked
    shared.close()


def test_close_in_the_middle_of_handing_over(gate: Gate) -> None:
    """A caller that hands over its first prompts while the client is closed is told so, and does not wait for ever."""
    shared: OpenAIClient = client("http://x", concurrency=4)

    def requests() -> Iterator[Request]:
        shared.close()
        yield request()

    with pytest.raises(RetriableError, match="closed"):
        list(shared.complete(requests()))


def test_callers_that_come_and_go_leave_no_thread(server: ModelServer) -> None:
    """A thread is started for the first and ended by the last, as often as it happens."""
    shared = client(server.url)
    for number in range(200):
        assert list(shared.complete([request()] if number % 50 == 0 else [])) != [None]
        assert client_threads() == []
    assert len(server.asked) == 4


def test_room_is_not_lost_over_cancelled_calls(server: ModelServer) -> None:
    """What is counted as in flight is in flight: after many calls that were given up, all the room is there."""
    server.reply = lambda number, body: shout(body)
    shared = client(server.url, concurrency=3)
    for _ in range(20):
        answers = shared.complete(request(f"question {number}") for number in range(100))
        next(answers)
        answers.close()
    assert [endpoint.in_flight for endpoint in shared._endpoints] == [0]
    requests = [request(f"question {number}") for number in range(30)]
    assert said(list(shared.complete(requests))) == shouted(requests)
