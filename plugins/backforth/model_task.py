"""A task that asks a model: its servers, its share of them, its client, and the look at their weights."""

from contextlib import ExitStack, closing
from typing import Any

from backforth.adapter import StageRun, in_run, shards_in
from backforth.connections import model_client, model_urls
from backforth.serving import attached
from tasks.core.config import DatasetSpec, LlmConfig
from tasks.core.runtime import Runtime
from tasks.llm.bundle import run_bundle
from tasks.llm.canary import check
from tasks.llm.client import OpenAIClient
from tasks.llm.share import Share


def run_model_stage(
    run: StageRun, bundle: list[dict[str, Any]], config: LlmConfig, spec: DatasetSpec
) -> list[dict[str, Any]]:
    """Run one model stage over the shards of a bundle side by side; references are as XCom holds them."""
    shards = shards_in(bundle)

    def work(rt: Runtime) -> list[dict[str, Any]]:
        with ExitStack() as held:
            rt.model_client = lambda asked: _client(asked, spec, rt, held)
            return [ref.model_dump() for ref in run_bundle(run, shards, config, rt)]

    return in_run(spec, work)


def _client(config: LlmConfig, spec: DatasetSpec, rt: Runtime, held: ExitStack) -> OpenAIClient:
    """Return a client of the servers of a stage's model, which are held, shared and checked until `held` closes."""
    model = config.served_by
    urls = held.enter_context(attached(rt, spec, config)) or model_urls(model)
    with ExitStack() as looking:
        check([looking.enter_context(closing(model_client(spec, model, [url]))) for url in urls], model, rt)
    shares = {url: held.enter_context(Share(rt.lineage, url, rt.run.run_id, model.concurrency)) for url in urls}
    return model_client(spec, model, urls, shares=lambda url: shares[url].limit)
