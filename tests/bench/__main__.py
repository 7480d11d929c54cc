"""`make bench`: what durable per-row state costs an LLM stage, against the same client that keeps nothing.

A server that answers at once (its own process) is asked the same prompts twice: by the client alone, and by the
whole backtranslate stage with lookups, chunk objects and lineage rows. The ratio is the figure; absolute rates depend
on the machine. The server, PostgreSQL and S3 share the cores with the stage.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tasks.backtranslate import run as backtranslate
from tasks.core.config import BacktranslateConfig, Config
from tasks.core.records import DOCUMENT, SOURCE_RECORD
from tasks.core.stage import Stage
from tasks.lineage.migrate import migrate
from tasks.llm.client import OpenAIClient
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer, build_request
from tasks.local import stack
from tasks.local.ports import choose_ports
from tasks.local.s3 import open_bucket
from tasks.local.settings import load_settings
from tasks.storage.stage import commit_stage
from tests.chaos.stage_process import make_runtime
from tests.chaos.test_llm_task import document

ROWS = 2_000
CONCURRENCY = 64


def main() -> None:
    """Print one JSON line: rows per second of both, and their ratio."""
    home = Path(tempfile.mkdtemp(prefix="backforth-bench-"))
    settings = load_settings(home)
    (port,) = choose_ports(1, avoid=set(settings.ports.values()))
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.instant_server", str(port)])
    try:
        stack.up(settings, only=["postgres", "s3"])
        migrate(settings.lineage_url)
        open_bucket(settings).make_bucket()
        print(json.dumps(measure(settings, f"http://127.0.0.1:{port}")))
    finally:
        server.kill()
        stack.down(settings)
        shutil.rmtree(home, ignore_errors=True)


def measure(settings, url: str) -> dict[str, float]:
    """Time the bare client, then the stage, on the same prompts."""
    model = {"connection": "x", "name": "instant", "revision": "1", "concurrency": CONCURRENCY}
    config = BacktranslateConfig.model_validate({"model": model, "flush_rows": 256})
    rows = [document(number) for number in range(ROWS)]
    rt = make_runtime(
        {
            "lineage_url": settings.lineage_url,
            "s3": {
                "endpoint": settings.s3_endpoint,
                "access_key": settings.secrets["s3_access_key"],
                "secret_key": settings.secrets["s3_secret_key"],
                "bucket": settings.bucket,
            },
            "model_url": url,
        }
    )
    stage = Stage("documents", 1, reads=SOURCE_RECORD, writes=DOCUMENT)
    shard = commit_stage(stage, input_sha256="0" * 64, inputs=[], config=Config(), rt=rt, outcomes=lambda: rows)

    client = OpenAIClient(base_url=url, model=config.served_by)
    prompt = load_prompt("backtranslate", 1)
    requests = [build_request(prompt, config, 0, backtranslate.values(row)) for row in rows]
    started = time.perf_counter()
    answered = sum(isinstance(answer, Answer) for answer in client.complete(requests))
    bare = answered / (time.perf_counter() - started)
    started = time.perf_counter()
    ref = backtranslate.run(shard, config, rt)
    durable = ref.row_count / (time.perf_counter() - started)
    return {"rows": ROWS, "bare_rows_per_second": bare, "durable_rows_per_second": durable, "ratio": durable / bare}


if __name__ == "__main__":
    main()
