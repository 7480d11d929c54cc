"""kill -9 of the task, the model server and the database, fifty times at random: nothing lost, nothing mixed up."""

import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tasks.lineage.migrate import migrate
from tasks.local import stack
from tasks.local.processes import processes_of
from tasks.local.s3 import open_bucket
from tasks.local.settings import Settings, load_settings
from tests.chaos.stage_process import commit_documents
from tests.chaos.test_llm_task import document, finish, rows_of, start
from tests.conftest import _on_server

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]
ROWS = 1000
KILLS = 50
FLUSH_ROWS = 16
CONCURRENCY = 4


class CountedStandin:
    """A stand-in that can be killed and started again on its port, and a count that outlives it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "answered"
        self._file.touch()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.up()

    def up(self) -> None:
        """Start it, and wait until it listens."""
        options = ["--port", str(self.port), "--latency-ms", "20"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.counted_standin", str(self._file), *options],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
        )
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def answered(self) -> Counter[str]:
        """How often each prompt was answered."""
        return Counter(self._file.read_text().splitlines())


@pytest.fixture
def settings(make_home: Callable[[], Path]) -> Iterator[Settings]:
    """A PostgreSQL and an S3 server that are this test's alone, as it kills them."""
    settings = load_settings(make_home())
    stack.up(settings, only=["postgres", "s3"])
    migrate(settings.lineage_url)
    open_bucket(settings).make_bucket()
    yield settings
    stack.down(settings)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CountedStandin]:
    server = CountedStandin(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def job(settings: Settings, server: CountedStandin) -> dict[str, Any]:
    """A committed shard of documents."""
    described: dict[str, Any] = {
        "lineage_url": settings.lineage_url,
        "s3": {
            "endpoint": settings.s3_endpoint,
            "access_key": settings.secrets["s3_access_key"],
            "secret_key": settings.secrets["s3_secret_key"],
            "bucket": settings.bucket,
        },
        "model_url": server.url,
        "config": {
            "model": {"connection": "x", "name": "backforth-standin", "revision": "1", "concurrency": CONCURRENCY},
            "flush_rows": FLUSH_ROWS,
            "flush_seconds": 60,
        },
    }
    shard = commit_documents(described, [document(number) for number in range(ROWS)])
    return {**described, "shard": shard.model_dump()}


def kill_database(settings: Settings) -> None:
    """kill -9 of PostgreSQL with all its backends, and a start, as a supervisor would."""
    for process in processes_of(settings.home, ["postgres"]):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    stack.up(settings, only=["postgres"])


def test_fifty_kills(job: dict[str, Any], settings: Settings, server: CountedStandin) -> None:
    """The rows are those of an undisturbed run, and a kill costs one flush and what was in flight at most."""
    rng = random.Random(50)
    kills: Counter[str] = Counter()
    process = start(job)
    while kills.total() < KILLS:
        before = server.answered().total()
        target = before + rng.randint(1, 14)
        while process.poll() is None and server.answered().total() < target:
            time.sleep(0.01)
        if process.poll() == 0:
            break
        if process.poll() is not None:
            process = start(job)  # it failed for want of its database: the scheduler's retry follows
            continue
        victim = rng.choice(["task", "server", "database"])
        kills[victim] += 1
        if victim == "task":
            process.kill()
            process.wait()
            process = start(job)
        elif victim == "server":
            server.kill()
            server.up()
        else:
            kill_database(settings)
    assert kills.total() == KILLS, f"the task ended after {kills}: give it more rows"
    assert min(kills.values()) >= 5, kills
    process.kill()
    ref = finish(start(job))

    counts = server.answered()
    assert len(counts) == ROWS
    print(f"{dict(kills)}: {counts.total() - ROWS} of {counts.total()} answers were asked for again")
    assert counts.total() - ROWS <= KILLS * (FLUSH_ROWS + 2 * CONCURRENCY)
    rows = rows_of(job, ref)
    undisturbed = {**job, "s3": {**job["s3"], "bucket": "undisturbed"}, "lineage_url": _other_database(settings)}
    assert rows == _undisturbed_rows(undisturbed, settings)


def _other_database(settings: Settings) -> str:
    _on_server(settings, "CREATE DATABASE {} OWNER lineage", "undisturbed")
    url = settings.database_url("lineage", "undisturbed")
    migrate(url)
    return url


def _undisturbed_rows(job: dict[str, Any], settings: Settings) -> list[dict[str, object]]:
    open_bucket(settings, "undisturbed").make_bucket()
    shard = commit_documents(job, [document(number) for number in range(ROWS)])
    job = {**job, "shard": shard.model_dump()}
    return rows_of(job, finish(start(job)))
