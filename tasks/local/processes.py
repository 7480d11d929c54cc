"""Finding and ending the processes of one home.

Every child is started with its home and service in the environment, which the children's children inherit: so
a process is recognised whatever became of its parent, its session or its pid file, and nothing else is ever hit.
"""

import os
import signal
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import psutil

from tasks.local.settings import HOME_VARIABLE

SERVICE_VARIABLE = "BACKFORTH_SERVICE"
# Seconds a process may take to vanish after SIGKILL: the kernel frees its memory first.
KILL_SECONDS = 5.0


def service_of(process: psutil.Process, home: Path) -> str | None:
    """Return the service of `home` that `process` belongs to, or None."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        environment: dict[str, str] = process.environ()
        if environment.get(HOME_VARIABLE) == str(home) and SERVICE_VARIABLE in environment:
            return environment[SERVICE_VARIABLE]
        # PostgreSQL's backends write their title over the environment; all of them work in the data folder.
        if Path(process.cwd()) == home / "postgres" / "data" and Path(process.exe()).name == "postgres":
            return "postgres"
    except (psutil.Error, OSError):
        return None
    return None


def processes_of(home: Path, services: Collection[str] | None = None) -> list[psutil.Process]:
    """Return the living processes of `home`, of these services only when given; never the caller's own line."""
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = ((process, service_of(process, home)) for process in psutil.process_iter() if process.pid not in own)
    return [process for process, service in found if service and (services is None or service in services)]


def end_processes(find: Callable[[], list[psutil.Process]], *, grace_seconds: float, sent: bool = False) -> int:
    """End what `find` finds: SIGTERM (unless a signal was `sent`), SIGKILL after the grace time; return what is left.

    `find` is asked again and again, so that what a dying parent still starts is seen as well.
    """
    if not sent:
        _signal(find(), signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while (left := find()) and time.monotonic() < deadline + KILL_SECONDS:
        if time.monotonic() >= deadline:
            _signal(left, signal.SIGKILL)
        time.sleep(0.1)
    return len(left)


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)
