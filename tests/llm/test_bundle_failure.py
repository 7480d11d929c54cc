"""A bundle whose model server does not come up."""

import threading
from typing import Any

import pytest

from tasks.core.config import LlmConfig
from tasks.core.errors import FatalError
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tasks.llm.bundle import run_bundle
from tests.llm.answering import MODEL, Model, runtime

CONFIG = LlmConfig.model_validate({"model": MODEL})


def test_a_client_that_cannot_be_made_is_tried_once() -> None:
    """Shards that wait for it get the same error at once: each look may take as long as a server has to start."""
    together, tries = threading.Barrier(4, timeout=10), 0

    def make(config: LlmConfig) -> Model:
        nonlocal tries
        tries += 1
        raise FatalError("the server does not come up")

    def run(shard: ShardRef, config: Any, rt: Runtime) -> ShardRef:
        together.wait()
        rt.model_client(config)
        return shard

    rt = runtime(Model())
    rt.model_client = make
    shards = [ShardRef(key=f"shard-{n}", sha256=f"{n:064x}", row_count=1, rejected_count=0) for n in range(4)]
    with pytest.raises(FatalError, match="does not come up"):
        run_bundle(run, shards, CONFIG, rt)
    assert tries == 1
