"""The processes of `backforth extract`: they neither outlive the command nor answer Ctrl-C in its place."""

import multiprocessing
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

from tasks.commands import local_corpus


def test_workers_end_when_the_command_is_killed() -> None:
    """Without it to end them they would wait for work for good: they hold its output, which is read to its end."""
    command = [sys.executable, "-m", "tests.commands.killed_command"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, timeout=60)
    assert done.returncode == -signal.SIGKILL and int(done.stdout) > 1


def test_a_worker_that_begins_does_not_see_ctrl_c() -> None:
    """It would print where it is among its imports; the command takes the signal when all have begun."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        with local_corpus._interrupt_held():
            blocked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, [])
        assert signal.SIGINT in blocked.result()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
