"""A model stage over several shards side by side, sharing one client: no tail of one shard leaves the server idle."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.errors import PipelineError
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime

StageRun = Callable[[ShardRef, Any, Runtime], ShardRef]


def run_bundle(run: StageRun, shards: Sequence[ShardRef], config: LlmConfig, rt: Runtime) -> list[ShardRef]:
    """Return what `run` makes of each shard, in their order.

    The client is made when a shard first needs it: where all are committed, no server need be there. The first error
    ends the others: their client is closed, so that none waits for an answer; what was answered is kept. The same
    holds for a signal that ends the task. A client that cannot be made is tried once: it may take half an hour to see
    that a server does not come up.
    """
    clients: dict[str, Any] = {}
    failed: dict[str, PipelineError] = {}
    guard, is_over = threading.Lock(), threading.Event()

    def shared_client(asked: LlmConfig) -> Any:
        key = f"{asked.served_by.name}@{asked.served_by.revision}"
        with guard:
            if key in failed:
                raise failed[key]
            if key not in clients:
                try:
                    clients[key] = rt.model_client(asked)
                except PipelineError as error:
                    failed[key] = error
                    raise
            if is_over.is_set():
                clients[key].close()  # a shard that comes so late is not to ask all it has
            return clients[key]

    shared = replace(rt, model_client=shared_client, shards_beside=len(shards))
    pool = ThreadPoolExecutor(max_workers=max(1, len(shards)), thread_name_prefix="shard")
    try:
        futures = [pool.submit(run, shard, config, shared) for shard in shards]
        wait(futures, return_when=FIRST_EXCEPTION)
        if error := _first_error(futures):
            raise error
        return [future.result() for future in futures]
    finally:
        is_over.set()
        for client in list(clients.values()):
            client.close()
        pool.shutdown(wait=True, cancel_futures=True)


def _first_error(futures: Sequence[Future[ShardRef]]) -> BaseException | None:
    return next((error for future in futures if future.done() and (error := future.exception())), None)
