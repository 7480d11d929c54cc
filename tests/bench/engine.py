"""Our client on a real server against the bare engine, which generates the same prompts in a process of its own.

Each prompt gets exactly OUTPUT_TOKENS, so that tokens per second compare. `bare` is vLLM's own batch generation,
`request` is one HTTP request with all prompts, `client` is ours, `durable` is the whole backtranslate stage with
lookups, chunk objects and lineage rows. In each round one comes after the other, so that other work on the machine
slows all of them; the best round of each counts.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

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
    """Return output tokens per second of each, CPU seconds of client and server, and the ratios to the bare engine."""
    if not PYTHON.exists() or not fixture_folder().is_dir():
        return {"left_out": "no model environment: `make test-engine` makes it"}
    home = Path(tempfile.mkdtemp(prefix="backforth-bench-"))
    model = spec(concurrency=CONCURRENCY, prompts_per_request=PROMPTS_PER_REQUEST)
    asked = requests("backtranslate", texts(PROMPTS), model, {"ignore_eos": True}, max_tokens=OUTPUT_TOKENS)
    server = EngineServer(home / "engine.log", "--no-enable-prefix-caching")
    settings = load_settings(home / "stack")
    try:
        stack.up(settings, only=["postgres", "s3"])
        migrate(settings.lineage_url)
        open_bucket(settings).make_bucket()
        server.start()
        _request(server.url, asked[:64])
        with _bare_engine([request.text for request in asked]) as bare:
            kinds: dict[str, Callable[[int], None]] = {
                "bare": lambda number: bare(),
                "request": lambda number: _request(server.url, asked),
                "client": lambda number: _client(server.url, model, asked),
                "durable": lambda number: _durable(server.url, model, settings, number),
            }
            rounds = [{name: _timed(server, kind, number) for name, kind in kinds.items()} for number in range(ROUNDS)]
    finally:
        server.kill()
        stack.down(settings)
        shutil.rmtree(home, ignore_errors=True)
    best = {name: min((one[name] for one in rounds), key=lambda spent: spent.seconds) for name in kinds}
    return {
        "prompts": PROMPTS,
        "output_tokens": PROMPTS * OUTPUT_TOKENS,
        **{f"{name}_tokens_per_second": round(PROMPTS * OUTPUT_TOKENS / spent.seconds) for name, spent in best.items()},
        "client_cpu_seconds": best["client"].own_cpu,
        "durable_cpu_seconds": best["durable"].own_cpu,
        "server_cpu_seconds": {name: best[name].server_cpu for name in ("request", "client", "durable")},
        "client_to_request": round(best["request"].seconds / best["client"].seconds, 3),
        "durable_to_bare": round(best["bare"].seconds / best["durable"].seconds, 3),
        "ratio": round(best["bare"].seconds / best["client"].seconds, 3),
    }


@dataclass(frozen=True)
class Spent:
    """Wall seconds of one round, and the CPU seconds of this process and of the server in it."""

    seconds: float
    own_cpu: float
    server_cpu: float


def _timed(server: EngineServer, once: Callable[[int], None], number: int) -> Spent:
    started, own, served = time.perf_counter(), time.process_time(), server.cpu_seconds()
    once(number)
    return Spent(
        time.perf_counter() - started, round(time.process_time() - own, 2), round(server.cpu_seconds() - served, 2)
    )


@contextmanager
def _bare_engine(prompts: list[str]) -> Iterator[Callable[[], None]]:
    """Load the engine in its own environment; each call generates the prompts once."""
    engine: dict[str, Any] = {"model": str(fixture_folder() / "model")}
    for flag in FLAGS:
        name, _, value = flag.removeprefix("--").partition("=")
        is_off = name.startswith("no-")
        key = name.removeprefix("no-").replace("-", "_")
        engine[key] = int(value) if value.isdigit() else value or not is_off
    process = subprocess.Popen(
        [str(PYTHON), "-m", "tests.bench.bare_engine"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=engine_environment(),
        start_new_session=True,
    )
    assert process.stdin
    assert process.stdout

    def tell(line: str) -> int:
        """Send a line; return the tokens that were generated for it. vLLM writes its log to the same place."""
        process.stdin.write(line + "\n")
        process.stdin.flush()
        told = next((line for line in process.stdout if line.startswith('{"seconds"')), None)
        if told is None:
            raise RuntimeError("the bare engine failed: run tests.bench.bare_engine by hand to see why")
        return int(json.loads(told)["output_tokens"])

    def generate() -> None:
        assert tell("") == PROMPTS * OUTPUT_TOKENS

    try:
        tell(json.dumps({"engine": engine, "sampling": SAMPLING, "prompts": prompts}))
        yield generate
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
