"""A silent swap of a model's weights is noticed."""

import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text as sql

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError, FatalError, RetriableError
from tasks.core.runtime import RunContext, Runtime
from tasks.lineage.store import PostgresLineage
from tasks.llm import canary
from tasks.llm.canary import accept, check
from tasks.llm.canary_answer import TOLERANCE, CanaryAnswer, Token, difference
from tasks.llm.client import OpenAIClient
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import add_run
from tests.llm.standin_process import MODEL, standin

CHAT = ModelSpec(connection="c", name=MODEL, revision="r1")
PLAIN = ModelSpec(connection="c", name=MODEL, revision="r1", api="completions", tokenizer="/nowhere")


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with standin() as started:
        yield started


@pytest.fixture
def switch(server: httpx.Client) -> Iterator[httpx.Client]:
    yield server
    server.post("/faults", json=[])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "_PAUSES", (0.0, 0.0))


def runtime(store: PostgresLineage) -> Runtime:
    """A new try over `store`."""
    run = RunContext(run_id=add_run(store), job="test", dataset="test", partition_key="2026-10")
    return Runtime(objects=MemoryObjects(), lineage=store, run=run)


def client_of(server: httpx.Client, model: ModelSpec = CHAT) -> OpenAIClient:
    return OpenAIClient(base_url=str(server.base_url), model=model, demo=True)


def recorded(store: PostgresLineage) -> list[tuple[str, bool | None, bool]]:
    """Return (api, verified, has a reference) of every row, oldest first."""
    query = "SELECT api, verified, reference_id IS NOT NULL FROM lineage.model_canary ORDER BY recorded_at"
    with store._engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sql(query))]


def answer(text: str, *tokens: tuple[str, float, dict[str, float]]) -> CanaryAnswer:
    return CanaryAnswer(text, tuple(Token(*one) for one in tokens) or None)


class Scripted:
    """A server that answers the canary question with `said`, one after the other; an error is raised."""

    def __init__(self, *said: Any, served: Any = None) -> None:
        self.said = list(said)
        self.served = {"data": [{"id": MODEL}]} if served is None else served
        self.bodies: list[dict[str, Any]] = []

    def get(self, path: str) -> Any:
        if isinstance(self.served, Exception):
            raise self.served
        return self.served

    def post(self, path: str, body: dict[str, Any]) -> Any:
        self.bodies.append(body)
        said = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        if isinstance(said, Exception):
            raise said
        return {"choices": [{"message": {"content": said}}]} if isinstance(said, str) else said


@pytest.mark.stack
@pytest.mark.parametrize("model", [CHAT, PLAIN], ids=["chat", "completions"])
def test_same_weights_are_verified(lineage_store: PostgresLineage, server: httpx.Client, model: ModelSpec) -> None:
    """The first task ever has nothing to compare with; every later one does, and says so in its metrics."""
    first, later = runtime(lineage_store), runtime(lineage_store)
    assert check(client_of(server, model), model, first) is None
    assert "revision_verified" not in first.metrics
    assert check(client_of(server, model), model, later) is True
    assert later.metrics["revision_verified"] == 1
    assert recorded(lineage_store) == [(model.api, None, False), (model.api, True, True)]


@pytest.mark.stack
@pytest.mark.parametrize("model", [CHAT, PLAIN], ids=["chat", "completions"])
def test_other_weights_stop_every_task(lineage_store: PostgresLineage, switch: httpx.Client, model: ModelSpec) -> None:
    """A swap stops the task, shows both answers, and stops the next task too: what was refused is no reference."""
    check(client_of(switch, model), model, runtime(lineage_store))
    switch.post("/faults", json={"mode": "weights"})
    for _ in range(2):
        rt = runtime(lineage_store)
        with pytest.raises(FatalError, match=f"weights behind {MODEL}@r1 changed since 20") as caught:
            check(client_of(switch, model), model, rt)
        assert rt.metrics["revision_verified"] == 0
    assert "I am a stand-in" in str(caught.value)
    assert "With other weights" in str(caught.value)
    switch.post("/faults", json=[])
    assert check(client_of(switch, model), model, runtime(lineage_store)) is True
    assert [verified for _, verified, _ in recorded(lineage_store)] == [None, False, False, True]


@pytest.mark.stack
def test_other_revision_or_form_begins_anew(lineage_store: PostgresLineage, switch: httpx.Client) -> None:
    """New weights under a new revision are what a specification is for; the two forms are not compared either."""
    check(client_of(switch), CHAT, runtime(lineage_store))
    switch.post("/faults", json={"mode": "weights"})
    revised = CHAT.model_copy(update={"revision": "r2"})
    assert check(client_of(switch), revised, runtime(lineage_store)) is None
    assert check(client_of(switch, PLAIN), PLAIN, runtime(lineage_store)) is None
    assert check(client_of(switch), revised, runtime(lineage_store)) is True


@pytest.mark.stack
def test_known_change_can_be_accepted(lineage_store: PostgresLineage, switch: httpx.Client) -> None:
    """What a person has accepted is what later answers are compared with, and the old answer is then the other one."""
    with pytest.raises(ConfigError, match="nothing to accept"):
        accept(lineage_store, MODEL, "r1")
    check(client_of(switch), CHAT, runtime(lineage_store))
    with pytest.raises(ConfigError, match="nothing to accept"):
        accept(lineage_store, MODEL, "r1")
    switch.post("/faults", json={"mode": "weights"})
    with pytest.raises(FatalError, match=f"accept-canary {MODEL}@r1"):
        check(client_of(switch), CHAT, runtime(lineage_store))
    assert accept(lineage_store, MODEL, "r1") == 1
    assert check(client_of(switch), CHAT, runtime(lineage_store)) is True
    with pytest.raises(ConfigError, match="nothing to accept"):
        accept(lineage_store, MODEL, "r1")
    switch.post("/faults", json=[])
    with pytest.raises(FatalError):
        check(client_of(switch), CHAT, runtime(lineage_store))


@pytest.mark.stack
def test_each_of_several_servers_is_asked(lineage_store: PostgresLineage, server: httpx.Client) -> None:
    """One of two replicas with other weights is found; one that is away is left to the client's own care."""
    away = OpenAIClient(base_url="http://127.0.0.1:9", model=CHAT, demo=True)
    with standin("--fault", '{"mode": "weights"}') as swapped, pytest.raises(FatalError):
        check([client_of(server), client_of(swapped)], CHAT, runtime(lineage_store))
    assert check([away, client_of(server)], CHAT, runtime(lineage_store)) is True
    with pytest.raises(RetriableError):
        check([away, away], CHAT, runtime(lineage_store))


@pytest.mark.stack
def test_model_that_is_not_served_is_named(lineage_store: PostgresLineage, server: httpx.Client) -> None:
    """The error says what is asked for and what there is; nothing is asked and nothing recorded."""
    other = CHAT.model_copy(update={"name": "other-7b"})
    before = server.get("/ledger").json()["received"]
    with pytest.raises(ConfigError, match=rf"'other-7b' is not served there; served are \['{MODEL}'\]"):
        check(client_of(server, other), other, runtime(lineage_store))
    assert server.get("/ledger").json()["received"] == before
    assert recorded(lineage_store) == []


@pytest.mark.stack
@pytest.mark.parametrize("mode", ["429", "500", "html", "empty_choices", "null_content", "half_json", "malformed"])
def test_sick_server_is_no_swap(lineage_store: PostgresLineage, switch: httpx.Client, mode: str) -> None:
    """A server that cannot answer is asked again, and fails the try; it is never taken for other weights."""
    check(client_of(switch), CHAT, runtime(lineage_store))
    switch.post("/faults", json={"mode": mode})
    with pytest.raises(RetriableError):
        check(client_of(switch), CHAT, runtime(lineage_store))
    if mode in {"429", "500", "html", "half_json", "malformed"}:
        switch.post("/faults", json={"mode": mode, "count": 1})
        assert check(client_of(switch), CHAT, runtime(lineage_store)) is True
    assert {verified for _, verified, _ in recorded(lineage_store)} <= {None, True}


@pytest.mark.stack
def test_answer_under_another_name_is_refused(lineage_store: PostgresLineage, switch: httpx.Client) -> None:
    """A gateway that sends the question elsewhere says so itself."""
    switch.post("/faults", json={"mode": "wrong_model"})
    with pytest.raises(ConfigError, match="answered as 'another-model'"):
        check(client_of(switch), CHAT, runtime(lineage_store))


@pytest.mark.stack
def test_server_without_probabilities_is_compared_by_its_text(lineage_store: PostgresLineage) -> None:
    """A server that refuses logprobs is asked without; one equal text of three is enough, none is a swap."""
    refused = RetriableError("HTTP 400: logprobs are not served")
    first = Scripted(refused, "Because of scattering.")
    assert check(first, CHAT, runtime(lineage_store)) is None
    assert ["logprobs" in body for body in first.bodies] == [True, False]
    wavering = Scripted("Since it scatters.", "Because of scattering.")
    assert check(wavering, CHAT, runtime(lineage_store)) is True
    other = Scripted("Since it scatters.")
    with pytest.raises(FatalError, match="no probabilities to compare"):
        check(other, CHAT, runtime(lineage_store))
    assert len(other.bodies) == 3


def test_refusal_is_told_from_a_server_that_is_away(server: httpx.Client) -> None:
    """The client's own words for a 400 are those by which the question is asked again without probabilities."""
    messages = [{"role": "user", "content": "x"}]
    with pytest.raises((ConfigError, RetriableError)) as caught:
        client_of(server).post("/v1/chat/completions", {"model": MODEL, "messages": messages, "logprobs": 5})
    assert canary._NOT_SERVED.search(str(caught.value))


@pytest.mark.stack
@pytest.mark.parametrize("served", [[], {"data": None}, {"data": [1]}, "models", {}], ids=repr)
def test_list_of_models_that_is_none_is_a_sick_server(lineage_store: PostgresLineage, served: Any) -> None:
    """Whatever stands in the place of the list, the try fails with its words."""
    with pytest.raises(RetriableError, match="no list of models"):
        check(Scripted("x", served=served), CHAT, runtime(lineage_store))


@pytest.mark.stack
def test_hostile_answer_can_be_recorded(lineage_store: PostgresLineage) -> None:
    """NUL, a lone surrogate and a probability of zero come back from the store as what they were stored as."""
    top = [{"token": "\x00\ud800", "logprob": -0.5}, {"token": " a", "logprob": -math.inf}]
    content = [{"token": "\x00\ud800", "logprob": -0.5, "top_logprobs": top}]
    body = {"choices": [{"message": {"content": "\x00\ud800"}, "logprobs": {"content": content}}]}
    assert check(Scripted(body), CHAT, runtime(lineage_store)) is None
    assert check(Scripted(body), CHAT, runtime(lineage_store)) is True


THEN = answer("A b", ("A", -0.1, {"A": -0.1, "X": -2.5}), (" b", -0.9, {" b": -0.9, " c": -1.0}))


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (THEN, ""),
        (answer("A b", ("A", -0.3, {}), (" b", -0.7, {})), ""),
        (answer("A b", ("A", -0.1 - 1.1 * TOLERANCE, {}), (" b", -0.9, {})), "token 0, 'A'"),
        (answer("A c z", ("A", -0.1, {}), (" c", -0.95, {" b": -0.97}), (" z", -9.0, {})), ""),
        (answer("A c", ("A", -0.1, {}), (" c", -0.2, {" b": -1.9})), "token 1, ' b'"),
        (answer("A c", ("A", -0.1, {}), (" c", -0.95, {})), "' b': log probability -0.900 then, not among"),
        (answer("A d", ("A", -0.1, {}), (" d", -0.9, {" b": -0.9})), "' d': log probability not among"),
        (answer("A", ("A", -0.1, {})), "2 tokens then, 1 now"),
        (answer("A b"), ""),
        (answer("A c"), "the texts differ"),
    ],
    ids=["same", "noise", "beyond noise", "near tie", "no tie", "unknown now", "unknown then", "end", "text", "texts"],
)
def test_what_counts_as_the_same_weights(now: CanaryAnswer, found: str) -> None:
    """Numeric noise and words that are about equally likely are no change; anything more is, and is named."""
    assert difference(THEN, now)[: len(found)] == found or found in difference(THEN, now)
    assert bool(difference(THEN, now)) == bool(found)
    assert bool(difference(now, THEN)) == bool(found)
