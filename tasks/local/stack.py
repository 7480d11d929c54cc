"""The embedded stack as a whole: what it consists of, and bringing it up and down.

`up` starts only what does not run, so it repairs whatever was killed and does little where nothing was. Services
are independent processes: interrupting `up` leaves those that were started, and the next `up` goes on from there.
"""

import fcntl
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from tasks.core.errors import ConfigError, FatalError
from tasks.core.ids import digest_of
from tasks.local import airflow
from tasks.local.postgres import postgres
from tasks.local.processes import end_processes, processes_of
from tasks.local.s3 import s3
from tasks.local.service import Service, ServiceError, State, failure, main_process, pid_file, start, state_of
from tasks.local.settings import REPOSITORY, Settings
from tasks.local.standin import standin

# Told of every change: service or step, and what it is doing now ("starting", "healthy", …).
Report = Callable[[str, str], None]

# Seconds for another `up` or `down` of the same home to end; a first `up` takes about a minute.
LOCK_SECONDS = 240.0
# Seconds a service that ran before we came may be unwell before it is started anew.
UNWELL_SECONDS = 15.0


def silent(service: str, doing: str) -> None:
    """Report nothing."""


def services(settings: Settings) -> list[list[Service]]:
    """Return the services in groups: a group is started together, when the one before is healthy."""
    return [[postgres(settings), s3(settings), standin(settings)], airflow.components(settings)]


def service_names(settings: Settings, only: Collection[str] | None = None) -> list[str]:
    """Return the names of all services, or of those in `only`, where `airflow` stands for all its components."""
    known = [service.name for group in services(settings) for service in group]
    if not only:
        return known
    wanted = {part for name in only for part in (airflow.COMPONENTS if name == "airflow" else [name])}
    if unknown := sorted(wanted - set(known)):
        raise ConfigError(f"no service {', '.join(unknown)}; there are {', '.join(known)}, and airflow for its four")
    return [name for name in known if name in wanted]


def up(settings: Settings, *, only: Collection[str] | None = None, report: Report = silent) -> None:
    """Bring the services up, in order, and wait until they are healthy.

    Where our code was changed since they were started, those that run it are started anew.

    Raises ServiceError, which says what failed, the end of its log and what to try.
    """
    names = service_names(settings, only)
    with _alone(settings, report):
        _down_mark(settings).unlink(missing_ok=True)
        if only is None:
            _stop_old_code(settings, report)
        _bring_all_up(settings, names, report)


class StackDown(FatalError):
    """The stack was brought down on purpose while a command was watching it."""


def mend(settings: Settings) -> None:
    """Start again what has died, for a command that watches a refresh; what runs is left as it is.

    Raises StackDown when `down` was called since the last `up`: a watcher does not undo that.
    """
    with _alone(settings, silent):
        if _down_mark(settings).exists():
            raise StackDown("the services were stopped by `backforth down`; run the same command again to go on")
        _bring_all_up(settings, service_names(settings), silent)


def _down_mark(settings: Settings) -> Path:
    return settings.run_folder / "down"


def _bring_all_up(settings: Settings, names: Collection[str], report: Report) -> None:
    for group in services(settings):
        wanted = [service for service in group if service.name in names]
        if any(service.name in airflow.COMPONENTS for service in wanted):
            airflow.migrate(settings, report)
        _bring_up(settings, wanted, report)
        if any(service.name == "postgres" for service in wanted):
            _migrate_lineage(settings, report)


def _stop_old_code(settings: Settings, report: Report) -> None:
    """Stop the services that run our code when it has changed since they were started: they hold what they imported."""
    marker, now = settings.run_folder / "code.sha256", _code_sha256()
    if not marker.exists() or marker.read_text("utf-8") != now:
        ours = {"standin", *airflow.COMPONENTS}
        for group in reversed(services(settings)):
            running = [s for s in group if s.name in ours and main_process(settings, s.name) is not None]
            if running:
                report("stack", "restarting what runs the code that was changed")
                _stop(settings, running, report)
    marker.write_text(now, "utf-8")


def _code_sha256() -> str:
    """Return a digest that changes when a file of ours does: its path, size and time."""
    files = (path for folder in ("tasks", "plugins", "sql") for path in (REPOSITORY / folder).rglob("*.*"))
    stats = [
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(files)
        if path.suffix in {".py", ".jinja", ".html", ".sql"}
    ]
    return digest_of(stats)


def down(settings: Settings, *, report: Report = silent) -> None:
    """Stop everything of this home, last started first, and see that no process is left."""
    with _alone(settings, report):
        _down_mark(settings).touch()
        stores, components = services(settings)
        # The api-server goes after those that report to it: a task that is told to end waits long for its answer.
        for group in (components[1:], components[:1], stores):
            _stop(settings, group, report)
        if left := end_processes(lambda: processes_of(settings.home), grace_seconds=5):
            pids = ", ".join(str(process.pid) for process in processes_of(settings.home))
            raise ServiceError(
                f"{left} processes of {settings.home} cannot be ended (pids {pids}): look at them with ps"
            )


def states(settings: Settings) -> list[State]:
    """Ask every service how it is now."""
    return [state_of(settings, service) for group in services(settings) for service in group]


def _bring_up(settings: Settings, group: Sequence[Service], report: Report) -> None:
    fresh = set()
    for service in group:
        if main_process(settings, service.name) is None:
            report(service.name, "starting")
            start(settings, service)
            fresh.add(service.name)
    for service in group:
        if service.name not in fresh and _settle(settings, service, UNWELL_SECONDS) != "healthy":
            _stop(settings, [service], report)
            report(service.name, "starting")
            start(settings, service)
            fresh.add(service.name)
        if service.name in fresh:
            outcome = _settle(settings, service, service.start_seconds)
            if outcome == "down":
                raise failure(settings, service, "ended while it was starting")
            if outcome != "healthy":
                raise failure(settings, service, f"is not healthy after {service.start_seconds:.0f} s ({outcome})")
        service.finish()
        report(service.name, "healthy")


def _settle(settings: Settings, service: Service, limit_seconds: float) -> str:
    """Wait for `service` and return "healthy", "down", or what is wrong with it when the time is over."""
    deadline = time.monotonic() + limit_seconds
    while True:
        state = state_of(settings, service)
        if state.state != "unhealthy" or time.monotonic() > deadline:
            return state.detail or state.state
        time.sleep(0.2)


def _stop(settings: Settings, group: Sequence[Service], report: Report) -> None:
    """Signal every service of the group, then wait for them all."""
    running = {service.name: main_process(settings, service.name) for service in group}
    for service in group:
        if process := running[service.name]:
            report(service.name, "stopping")
            # The whole group: a component of Airflow that is told alone leaves its children behind.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, service.stop_signal)
    orphaned = [name for name, process in running.items() if process is None]
    end_processes(lambda: processes_of(settings.home, orphaned), grace_seconds=3)
    for service in group:
        find = partial(processes_of, settings.home, [service.name])
        left = end_processes(find, grace_seconds=service.stop_seconds, sent=True)
        if left:
            raise ServiceError(f"{service.name}: {left} processes do not end even when killed; look at them with ps")
        pid_file(settings, service.name).unlink(missing_ok=True)
        report(service.name, "stopped")


def _migrate_lineage(settings: Settings, report: Report) -> None:
    from tasks.lineage.migrate import migrate

    report("lineage", "migrating")
    migrate(settings.lineage_url)
    report("lineage", "healthy")


@contextmanager
def _alone(settings: Settings, report: Report) -> Iterator[None]:
    """Hold the home's lock, so that two commands do not start or stop the same service."""
    path = settings.run_folder / "stack.lock"
    deadline = time.monotonic() + LOCK_SECONDS
    with path.open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServiceError(f"another backforth command holds {path} for {LOCK_SECONDS:.0f} s") from None
                report("stack", "waiting for another backforth command")
                time.sleep(0.5)
        yield
