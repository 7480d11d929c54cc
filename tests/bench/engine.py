"""Our client on a real server against the bare engine, which generates the same prompts in a process of its own.

Each prompt gets exactly OUTPUT_TOKENS, so that tokens per second compare. One after the other, in ROUNDS of which the
best counts: `bare` is vLLM's own batch generation, `request` is one HTTP request with all prompts, `client` is ours,
`durable` is the whole backtranslate stage with lookups, chunk objects and lineage rows.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from tasks.backtranslate import run as backtranslate
from tasks.core.config import BacktranslateConfig, Config
from tasks.core.records import DOCUMENT, SOURCE_RECORD
from tasks.core.stage import Stage
from tasks.lineage.migrate import migrate
from tasks.llm.client import OpenAIClient
from tasks.llm.request import Answer, Request
from tasks.llm.wire import encode
from tasks.local import stack
from tasks.local.s3 import open_bucket
from tasks.local.settings import load_settings
from tasks.storage.stage import commit_stage
from tests.bench.served import ROOT
from tests.chaos.stage_process import make_runtime
from tests.engine.asking import documents, requests, spec, texts
from tests.engine.place import PYTHON, fixture_folder
from tests.engine.server import ENGINE_FLAGS, EngineServer, engine_environment

PROMPTS, OUTPUT_TOKENS, ROUNDS = 1_024, 64, 3
# The engine runs 256 prompts at a time; as many again wait at the server, so that it never runs dry.
CONCURRENCY, PROMPTS_PER_REQUEST = 512, 64
SAMPLING = {"temperature": 1.0, "top_p": 0.9, "max_tokens": OUTPUT_TOKENS, "ignore_eos": True}
FLAGS = (*ENGINE_FLAGS, "--no-enable-prefix-caching")


class FixedLength(BacktranslateConfig):
    """Backtranslation whose answers all have the same length; none of them ends by itself, so each is rejected."""

    max_tokens: int = OUTPUT_TOKENS
    max_attempts: int = 1

    def sampling(self) -> dict[str, Any]:
        return {**super().sampling(), "ignore_eos": True}


def measure() -> dict[str, object]:
    """Return output tokens per second of each, the client's CPU seconds, and the ratios to the bare engine."""
    if not PYTHON.exists() or not fixture_folder().is_dir():
        return {"left_out": "no model environment: `make test-engine` makes it"}
    home = Path(tempfile.mkdtemp(prefix="backforth-bench-"))
    model = spec(concurrency=CONCURRENCY, prompts_per_request=PROMPTS_PER_REQUEST)
    asked = requests("backtranslate", texts(PROMPTS), model, {"ignore_eos": True}, max_tokens=OUTPUT_TOKENS)
    seconds = {"bare": _bare([request.text for request in asked])}
    server = EngineServer(home / "engine.log", "--no-enable-prefix-caching")
    settings = load_settings(home / "stack")
    try:
        server.start()
        stack.up(settings, only=["postgres", "s3"])
        migrate(settings.lineage_url)
        open_bucket(settings).make_bucket()
        _request(server.url, asked[:64])
        seconds["request"] = _best(lambda number: _request(server.url, asked))
        before = server.cpu_seconds(), psutil.Process().cpu_times()
        seconds["client"] = _best(lambda number: _client(server.url, model, asked))
        after = server.cpu_seconds(), psutil.Process().cpu_times()
        seconds["durable"] = _best(lambda number: _durable(server.url, model, settings, number))
    finally:
        server.kill()
        stack.down(settings)
        shutil.rmtree(home, ignore_errors=True)
    return {
        "prompts": PROMPTS,
        "output_tokens": PROMPTS * OUTPUT_TOKENS,
        **{f"{name}_tokens_per_second": round(PROMPTS * OUTPUT_TOKENS / spent) for name, spent in seconds.items()},
        "client_cpu_seconds": round(sum(after[1][:2]) - sum(before[1][:2]), 2),
        "server_cpu_seconds": round(after[0] - before[0], 2),
        "client_to_request": round(seconds["request"] / seconds["client"], 3),
        "durable_to_bare": round(seconds["bare"] / seconds["durable"], 3),
        "ratio": round(seconds["bare"] / seconds["client"], 3),
    }


def _best(once: Callable[[int], None]) -> float:
    """Return the seconds of the fastest round: other work on the machine only ever slows one down."""
    found = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        once(number)
        found.append(time.perf_counter() - started)
    return min(found)


def _bare(prompts: list[str]) -> float:
    engine: dict[str, Any] = {"model": str(fixture_folder() / "model")}
    for flag in FLAGS:
        name, _, value = flag.removeprefix("--").partition("=")
        is_off = name.startswith("no-")
        key = name.removeprefix("no-").replace("-", "_")
        engine[key] = int(value) if value.isdigit() else value or not is_off
    job = {"engine": engine, "sampling": SAMPLING, "prompts": prompts, "rounds": ROUNDS}
    command = [str(PYTHON), "-m", "tests.bench.bare_engine"]
    ran = subprocess.run(
        command, input=json.dumps(job), cwd=ROOT, env=engine_environment(), text=True, capture_output=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"the bare engine failed:\n{ran.stderr[-4000:]}")
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["output_tokens"] == PROMPTS * OUTPUT_TOKENS
    return float(min(told["seconds"]))


def _request(url: str, asked: list[Request]) -> None:
    headers = {"content-type": "application/json"}
    response = httpx.post(f"{url}/v1/completions", content=encode(asked), headers=headers, timeout=600, trust_env=False)
    assert response.json()["usage"]["completion_tokens"] == len(asked) * OUTPUT_TOKENS


def _client(url: str, model: Any, asked: list[Request]) -> None:
    given = [answer for answer in OpenAIClient(base_url=url, model=model).complete(asked) if isinstance(answer, Answer)]
    assert sum(answer.output_tokens for answer in given) == PROMPTS * OUTPUT_TOKENS


def _durable(url: str, model: Any, settings: Any, number: int) -> None:
    """Another seed for the texts in each round: what is answered already would not be asked again."""
    s3 = {
        "endpoint": settings.s3_endpoint,
        "access_key": settings.secrets["s3_access_key"],
        "secret_key": settings.secrets["s3_secret_key"],
        "bucket": settings.bucket,
    }
    rt = make_runtime({"lineage_url": settings.lineage_url, "s3": s3, "model_url": url})
    shard = commit_stage(
        Stage("documents", 1, reads=SOURCE_RECORD, writes=DOCUMENT),
        input_sha256=str(number) * 64,
        inputs=[],
        config=Config(),
        rt=rt,
        outcomes=lambda: documents(PROMPTS, first=number * PROMPTS),
    )
    ref = backtranslate.run(shard, FixedLength.model_validate({"model": model, "flush_rows": 256}), rt)
    assert rt.metrics["output_tokens"] == PROMPTS * OUTPUT_TOKENS, ref
