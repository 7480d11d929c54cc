"""Every part is killed in the middle of a run; then `demo` again: the release has the rows of an undisturbed run."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tasks.local.connect import local_runtime_parts
from tasks.local.dataset import published
from tasks.local.processes import processes_of
from tasks.local.settings import Settings, load_settings
from tests.e2e.conftest import PARTITION, ROOT, Demo, backforth

pytestmark = [pytest.mark.system, pytest.mark.timeout(1500)]


@pytest.fixture
def home(make_home: Callable[[], Path]) -> Iterator[Path]:
    """A home of its own, brought down at the end."""
    folder = make_home()
    yield folder
    backforth(folder, "down")


def start(home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start `backforth ARGUMENTS` in the background."""
    own = {"BACKFORTH_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.Popen(
        [sys.executable, "-m", "tasks.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **own, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def answered(settings: Settings) -> int:
    """How many requests the stand-in has answered since it was started."""
    try:
        return int(httpx.get(f"{settings.standin_url}/ledger", trust_env=False, timeout=5).json()["answered"])
    except (httpx.HTTPError, KeyError, ValueError):
        return 0


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition; return whether it came true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def kill_group(process: psutil.Process) -> None:
    """kill -9 of a service with all its children; one that has ended meanwhile is as dead as wanted."""
    with suppress(psutil.NoSuchProcess):
        for child in process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.kill()


def running_tasks(settings: Settings) -> list[psutil.Process]:
    """The processes in which tasks run at this moment."""
    found = []
    for process in processes_of(settings.home, ["scheduler"]):
        try:
            if re.search("LocalExecutor: [0-9a-f]", " ".join(process.cmdline())):
                found += process.children(recursive=True)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("victim", ["task", "scheduler", "postgres", "s3", "standin"])
def test_kill_and_run_again(demo: Demo, home: Path, victim: str) -> None:
    """kill -9 of one part in the middle of the model half loses nothing and doubles nothing."""
    expected = published(demo.lineage, demo.objects, "demo", PARTITION)
    assert expected
    settings = load_settings(home)
    assert backforth(home, "up", timeout=300).returncode == 0
    httpx.post(f"{settings.standin_url}/faults", json={"mode": "slow", "seconds": 0.5}, trust_env=False)
    running = start(home, "demo")
    assert wait_until(lambda: answered(settings) >= 5, 240), "no request reached the model server"
    if victim == "task":
        assert wait_until(lambda: bool(running_tasks(settings)), 60), "no task process was found"
        for process in running_tasks(settings):
            kill_group(process)
    else:
        for process in processes_of(settings.home, [victim]):
            kill_group(process)
    time.sleep(3)
    with suppress(ProcessLookupError):  # a command that lost a service may have ended with an error already
        os.killpg(running.pid, signal.SIGINT)
    running.wait(timeout=60)

    again = backforth(home, "demo", timeout=900)
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-3000:]
    objects, lineage = local_runtime_parts(settings)
    found = published(lineage, objects, "demo", PARTITION)
    assert found and found.rows == expected.rows
    assert [
        row["version"] for row in lineage.fetch("releases_of_partition", dataset="demo", partition_key=PARTITION)
    ] == [expected.version]
    assert backforth(home, "verify").returncode == 0
