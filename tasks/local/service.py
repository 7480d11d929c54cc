"""One service of the embedded stack: starting it detached, asking how it is, and what to say when it is not well."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tasks.core.errors import FatalError
from tasks.local.ports import holder_of, is_free
from tasks.local.processes import SERVICE_VARIABLE, end_processes, processes_of, service_of
from tasks.local.settings import HOME_VARIABLE, REPOSITORY, Settings

LOG_LINES_SHOWN = 15
# Seconds until the kernel has closed the port of a process that was just killed, at most.
PORT_SECONDS = 5.0

# Handles of what this process started: asking them reaps a child that died, where the caller lives long.
_children: dict[int, subprocess.Popen[bytes]] = {}


class ServiceError(FatalError):
    """A service of the embedded stack did not come up, or did not go away."""


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Service:
    """How one server is run. `check` returns "" when it is healthy, else what is wrong, within about 3 s.

    `prepare` is called before each start, `finish` each time it is found healthy: both can be repeated at will.
    `stop_signal` goes to the process group; what has not ended after `stop_seconds` is killed.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    port: int | None
    url: str
    check: Callable[[], str]
    advice: str
    stop_signal: int
    stop_seconds: float
    start_seconds: float
    user: str | None = None
    prepare: Callable[[], None] = field(default=_nothing)
    finish: Callable[[], None] = field(default=_nothing)


@dataclass(frozen=True)
class State:
    """How a service is: `healthy`, `unhealthy` (running, but `detail`) or `down`."""

    service: str
    state: str
    url: str
    pid: int | None = None
    uptime_seconds: float = 0.0
    detail: str = ""


def child_env(settings: Settings, service: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a child's whole environment: ours without foreign Airflow settings, marked, plus `extra`.

    PYTHONDONTWRITEBYTECODE is dropped because every import of Airflow then costs several seconds.
    """
    env = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "_AIRFLOW"))}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{env.get('PATH', os.defpath)}",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        HOME_VARIABLE: str(settings.home),
        SERVICE_VARIABLE: service,
    }
    return env | dict(extra or {})


def start(settings: Settings, service: Service) -> None:
    """Start `service`, which is down, in a session of its own, its output going to its log; return at once.

    What a killed one left behind is ended first: orphans hold its port, its shared memory or its tasks.
    """
    end_processes(lambda: processes_of(settings.home, [service.name]), grace_seconds=3)
    service.prepare()
    deadline = time.monotonic() + PORT_SECONDS
    while service.port is not None and not is_free(service.port):
        if time.monotonic() < deadline:
            time.sleep(0.1)
            continue
        raise ServiceError(
            f"{service.name} cannot start: its port {service.port} is taken by {holder_of(service.port)}. "
            f"Stop that; or run `backforth down`, and remove the port's line from {settings.file} for another one."
        )
    log = settings.log_file(service.name)
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as output:
        try:
            child = subprocess.Popen(
                service.command,
                cwd=service.folder,
                env=dict(service.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=service.user,
                group=service.user,
                extra_groups=[] if service.user else None,
            )
        except OSError as error:
            raise ServiceError(f"{service.name} cannot start: {error}. {service.advice}") from error
    _children[child.pid] = child
    pid_file(settings, service.name).write_text(f"{child.pid}\n")


def pid_file(settings: Settings, name: str) -> Path:
    """Return the file with the pid of the service's main process."""
    return settings.run_folder / f"{name}.pid"


def main_process(settings: Settings, name: str) -> psutil.Process | None:
    """Return the service's main process when it lives; a pid that was given to someone else does not count."""
    try:
        pid = int(pid_file(settings, name).read_text())
        if pid in _children:
            # Our own child needs no mark: for a moment after it was started its environment reads as empty.
            if _children[pid].poll() is None:
                return psutil.Process(pid)
            del _children[pid]
            return None
        process = psutil.Process(pid)
    except (OSError, ValueError, psutil.Error):
        return None
    return process if service_of(process, settings.home) == name else None


def state_of(settings: Settings, service: Service) -> State:
    """Ask how `service` is now."""
    process = main_process(settings, service.name)
    if process is None:
        return State(service.name, "down", service.url)
    wrong = service.check()
    uptime = max(0.0, time.time() - process.create_time())
    return State(service.name, "unhealthy" if wrong else "healthy", service.url, process.pid, uptime, wrong)


def last_lines(path: Path, count: int = LOG_LINES_SHOWN) -> list[str]:
    """Return the last `count` lines of a log, [] when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 400 * count))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def failure(settings: Settings, service: Service, what: str) -> ServiceError:
    """Return an error that says which service, what happened, the end of its log, and what to try."""
    log = settings.log_file(service.name)
    lines = "".join(f"\n  | {line}" for line in last_lines(log)) or "\n  | (empty)"
    return ServiceError(f"{service.name} {what}.\nThe end of {log}:{lines}\nWhat to try: {service.advice}")
