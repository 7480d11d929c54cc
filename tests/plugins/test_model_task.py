"""A task that asks a model: who is asked before the work, and what is left open after it."""

from typing import Any

import pytest

from backforth import model_task
from tasks.core.config import DatasetSpec, ModelSpec
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tests.plugins.conftest import Task

SHARD = ShardRef(key="shard", sha256="0" * 64, row_count=1, rejected_count=0)
URLS = ["http://one:1", "http://two:2"]


class Client:
    def __init__(self, urls: list[str]) -> None:
        self.urls = urls
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_each_address_is_looked_at_and_every_client_is_closed(
    running: Task, spec: DatasetSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One client for each address sees whether the weights are the same there; one for all of them does the work."""
    made: list[Client] = []
    looked_at: list[list[str]] = []

    def make(spec: DatasetSpec, model: ModelSpec, urls: list[str], **given: Any) -> Client:
        made.append(Client(urls))
        return made[-1]

    def check(clients: list[Client], model: ModelSpec, rt: Runtime) -> None:
        looked_at.extend(client.urls for client in clients)
        assert not any(client.is_closed for client in clients)

    def run(shard: ShardRef, config: Any, rt: Runtime) -> ShardRef:
        client = rt.model_client(config)
        assert client.urls == URLS and not client.is_closed
        assert all(other.is_closed for other in made if other is not client)
        return shard

    running.lineage.answers["renew_endpoint_share"] = [{"user_count": 1, "earlier_count": 0}]
    monkeypatch.setattr(model_task, "model_urls", lambda model: URLS)
    monkeypatch.setattr(model_task, "model_client", make)
    monkeypatch.setattr(model_task, "check", check)
    shards = [SHARD.model_dump()]
    assert model_task.run_model_stage(run, shards, spec.score, spec) == shards
    assert looked_at == [[url] for url in URLS]
    assert len(made) == 3 and all(client.is_closed for client in made)
