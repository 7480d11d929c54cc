"""Against a server that answers at once: what durable per-row state costs, and whether memory stays flat."""

import json
import resource
import subprocess
import sys
import time
from typing import Any

from tasks.backtranslate import run as backtranslate
from tasks.core.config import BacktranslateConfig
from tasks.llm.client import OpenAIClient
from tasks.llm.request import Answer
from tests.bench.served import ROOT, config, requests, served, stores
from tests.chaos.stage_process import commit_documents, make_runtime
from tests.chaos.test_llm_task import document

ROWS = 5_000
CONCURRENCY = 64


def measure() -> dict[str, object]:
    """Return rows per second of the client alone and of the stage, their ratio, and the stage's peak memory."""
    with stores() as job, served() as (url, _):
        bare = _bare(url)
        job = {**job, "model_url": url}
        once = _stage({**job, "from": 0, "rows": ROWS})
        four = _stage({**job, "from": ROWS, "rows": 4 * ROWS})
    return {
        "rows": ROWS,
        "bare_rows_per_second": round(bare, 1),
        "durable_rows_per_second": once["rows_per_second"],
        "durable_rows_per_second_at_four_times": four["rows_per_second"],
        "stage_cpu_seconds": once["cpu_seconds"],
        "peak_mb": once["peak_mb"],
        "peak_mb_at_four_times": four["peak_mb"],
        "ratio": round(once["rows_per_second"] / bare, 3),
    }


def _bare(url: str) -> float:
    settings = config(concurrency=CONCURRENCY)
    asked = requests(ROWS, settings)
    client = OpenAIClient(base_url=url, model=settings.served_by)
    started = time.perf_counter()
    answered = sum(isinstance(answer, Answer) for answer in client.complete(asked))
    return answered / (time.perf_counter() - started)


def _stage(job: dict[str, Any]) -> dict[str, Any]:
    """Run the stage in a process of its own, whose peak memory is its alone."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.durable"], input=json.dumps(job), cwd=ROOT, text=True, stdout=-1, check=True
    ).stdout
    return dict(json.loads(told.splitlines()[-1]))


def stage_process() -> None:
    """Read a job from stdin, run the stage over so many rows, print what it took."""
    job = json.load(sys.stdin)
    first, rows = job.pop("from"), job.pop("rows")
    documents = (document(number) for number in range(first, first + rows))
    shard = commit_documents(job, documents, input_sha256=f"{first:064x}")
    rt = make_runtime(job)
    settings: BacktranslateConfig = config(concurrency=CONCURRENCY)
    started, cpu = time.perf_counter(), time.process_time()
    ref = backtranslate.run(shard, settings, rt)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"rows_per_second": round(ref.row_count / seconds, 1), "cpu_seconds": round(cpu_seconds, 2)}
    print(json.dumps({**told, "peak_mb": round(peak)}))


if __name__ == "__main__":
    stage_process()
