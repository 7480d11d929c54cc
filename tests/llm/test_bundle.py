"""Several shards side by side: one client, one order, one error."""

import threading
from typing import Any

import pytest

from tasks.core.config import LlmConfig
from tasks.core.errors import ConfigError, RetriableError
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tasks.llm.bundle import run_bundle
from tests.llm.answering import MODEL, Model, runtime

CONFIG = LlmConfig.model_validate({"model": MODEL})


class Client(Model):
    """A model client that is closed once, and lets those go who wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.made = 0

    def __call__(self, config: LlmConfig) -> "Client":
        self.made += 1
        return self

    def close(self) -> None:
        self.closed = True
        self.let_go.set()


def shards(count: int) -> list[ShardRef]:
    return [ShardRef(key=f"shard-{n}", sha256=f"{n:064x}", row_count=n, rejected_count=0) for n in range(count)]


def test_shards_run_side_by_side_with_one_client_and_keep_their_order() -> None:
    """All are under way at once, and the results are in the order of the shards."""
    client, together = Client(), threading.Barrier(5, timeout=10)

    def run(shard: ShardRef, config: Any, rt: Runtime) -> ShardRef:
        assert rt.model_client(config) is client
        rt.add_metrics({"read": 1})
        together.wait()
        return shard

    rt = runtime(client)
    assert run_bundle(run, shards(5), CONFIG, rt) == shards(5)
    assert (client.made, client.closed, rt.metrics["read"]) == (1, True, 5)


def test_the_first_error_ends_the_others() -> None:
    """Those that wait for answers are let go by the closed client; the error that came first is told."""
    client = Client()

    def run(shard: ShardRef, config: Any, rt: Runtime) -> ShardRef:
        rt.model_client(config)
        if shard.row_count == 2:
            raise ConfigError("wrong model")
        assert client.let_go.wait(timeout=30), "nobody closed the client"
        raise RetriableError("the model client was closed")

    with pytest.raises(ConfigError, match="wrong model"):
        run_bundle(run, shards(4), CONFIG, runtime(client))


def test_a_bundle_that_is_committed_needs_no_server() -> None:
    """The client is made when it is asked for, and not before."""
    client = Client()
    assert run_bundle(lambda shard, config, rt: shard, shards(3), CONFIG, runtime(client)) == shards(3)
    assert client.made == 0


def test_no_shard_is_no_work() -> None:
    """An empty bundle gives an empty list."""
    assert run_bundle(lambda *_: pytest.fail("called"), [], CONFIG, runtime(Client())) == []


def of_revision(number: int) -> LlmConfig:
    return LlmConfig.model_validate({"model": {**MODEL, "revision": f"r{number}"}})


def test_a_shard_that_comes_late_finds_a_closed_client() -> None:
    """One that needs a model for the first time after another shard has failed does not ask all it has."""
    first, late, begun = Client(), Client(), threading.Event()

    def run(shard: ShardRef, config: Any, rt: Runtime) -> ShardRef:
        if shard.row_count == 0:
            rt.model_client(of_revision(0))
            assert begun.wait(10)
            raise ConfigError("no such shard")
        begun.set()
        assert first.let_go.wait(10)
        assert rt.model_client(of_revision(1)) is late
        return shard

    rt = runtime(first)
    rt.model_client = lambda config: first if config.served_by.revision == "r0" else late
    with pytest.raises(ConfigError, match="no such shard"):
        run_bundle(run, shards(2), CONFIG, rt)
    assert late.closed


def test_each_model_has_a_client_of_its_own() -> None:
    """A stage may ask several models, one after the other; shards share the client of each, and all are closed."""
    made: list[Client] = []

    def make(config: LlmConfig) -> Client:
        made.append(Client())
        return made[-1]

    def run(shard: ShardRef, config: Any, rt: Runtime) -> ShardRef:
        found = [rt.model_client(of_revision(number)) for number in (0, 1, 0)]
        assert found[0] is found[2] is not found[1]
        return shard

    rt = runtime(Client())
    rt.model_client = make
    run_bundle(run, shards(4), CONFIG, rt)
    assert len(made) == 2 and all(client.closed for client in made)
