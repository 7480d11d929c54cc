"""Recognising and ending the processes of one home."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tasks.local.processes import end_processes, processes_of, service_of

Start = Callable[..., subprocess.Popen[bytes]]
SLEEP = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Python code with more environment; wait until it says it is ready."""
    started: list[subprocess.Popen[bytes]] = []

    def run(code: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", code]
        child = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE)
        started.append(child)
        assert child.stdout is not None
        child.stdout.readline()
        return child

    yield run
    for child in started:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def test_only_marked_processes_of_the_home_are_ours(start: Start, tmp_path: Path) -> None:
    """A user's shell that names the home, and another home's service, are left alone."""
    ours = start(SLEEP, BACKFORTH_HOME=str(tmp_path), BACKFORTH_SERVICE="s3")
    start(SLEEP, BACKFORTH_HOME=str(tmp_path))
    start(SLEEP, BACKFORTH_HOME=str(tmp_path / "other"), BACKFORTH_SERVICE="s3")
    assert [process.pid for process in processes_of(tmp_path)] == [ours.pid]
    assert processes_of(tmp_path, ["postgres"]) == []
    assert service_of(psutil.Process(ours.pid), tmp_path) == "s3"


def test_an_orphan_is_still_ours(start: Start, tmp_path: Path) -> None:
    """A grandchild in a session of its own is found after its parent was killed."""
    code = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}], start_new_session=True); {SLEEP}"
    )
    parent = start(code, BACKFORTH_HOME=str(tmp_path), BACKFORTH_SERVICE="scheduler")
    while len(processes_of(tmp_path)) < 2:
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    (orphan,) = processes_of(tmp_path)
    assert orphan.ppid() != parent.pid
    assert end_processes(lambda: processes_of(tmp_path), grace_seconds=5) == 0


def test_a_process_that_ignores_the_signal_is_killed(start: Start, tmp_path: Path) -> None:
    """SIGTERM is asked first, and SIGKILL ends what does not listen."""
    polite = start(SLEEP, BACKFORTH_HOME=str(tmp_path), BACKFORTH_SERVICE="a")
    stubborn = start(STUBBORN, BACKFORTH_HOME=str(tmp_path), BACKFORTH_SERVICE="b")
    assert end_processes(lambda: processes_of(tmp_path), grace_seconds=0.5) == 0
    assert polite.wait() == -15
    assert stubborn.wait() == -9
