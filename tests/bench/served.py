"""The stores and the bench server of a measurement, and the requests that are sent to it."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.backtranslate import run as backtranslate
from tasks.core.config import BacktranslateConfig
from tasks.lineage.migrate import migrate
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Request, build_request
from tasks.local import stack
from tasks.local.s3 import open_bucket
from tasks.local.settings import load_settings
from tests.chaos.test_llm_task import document

ROOT = Path(__file__).parents[2]


@contextmanager
def served(**options: Any) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Run the server on a free port; yield its address and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    flags = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.server", str(port), *flags], cwd=ROOT)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


@contextmanager
def stores() -> Iterator[dict[str, Any]]:
    """Run PostgreSQL and S3 for one measurement; yield what `make_runtime` needs to reach them."""
    home = Path(tempfile.mkdtemp(prefix="backforth-bench-"))
    settings = load_settings(home)
    try:
        stack.up(settings, only=["postgres", "s3"])
        migrate(settings.lineage_url)
        open_bucket(settings).make_bucket()
        arguments = {
            "endpoint": settings.s3_endpoint,
            "access_key": settings.secrets["s3_access_key"],
            "secret_key": settings.secrets["s3_secret_key"],
            "bucket": settings.bucket,
        }
        yield {"lineage_url": settings.lineage_url, "s3": arguments}
    finally:
        stack.down(settings)
        shutil.rmtree(home, ignore_errors=True)


def config(**model: Any) -> BacktranslateConfig:
    """A backtranslate configuration whose model is the bench server."""
    fields = {"connection": "x", "name": "bench", "revision": "1", **model}
    return BacktranslateConfig.model_validate({"model": fields, "flush_rows": 256})


def requests(count: int, settings: BacktranslateConfig) -> list[Request]:
    """Return backtranslation requests for documents of our own, each different."""
    prompt = load_prompt("backtranslate", 1)
    return [build_request(prompt, settings, 0, backtranslate.values(document(number))) for number in range(count)]
