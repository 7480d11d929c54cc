"""Runs one model server and stops it when nobody holds its lease.

It is a process of its own (`python -m tasks.commands.model_server`), in a session of its own: the task that started
it may end or be killed. What ends it: the server's end; a lease that lapsed or was released; a database that was away
for as long as a lease lasts; a signal. If it is killed itself, the kernel kills the server, and the warden the rest.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import httpx

from tasks.core.errors import PipelineError
from tasks.core.runtime import LineageStore
from tasks.llm.server.lease import end
from tasks.llm.server.output import ServerLog
from tasks.llm.server.warden import LEASE_VARIABLE, kill_all

# Seconds a server may take to leave after its requests in flight are done: it frees GPU memory and workers first.
EXIT_SECONDS = 30.0
# Times that the end of a server is told to a database that is away, a second apart.
TELL_TRIES = 10
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Job:
    """What a supervisor is told, as JSON on its standard input: the URL of the database is a secret."""

    lease_id: str
    lineage_url: str
    argv: list[str]
    env: dict[str, str]
    health_url: str
    log_file: str
    start_seconds: float
    shutdown_seconds: float
    lease_seconds: float
    poll_seconds: float
    exit_seconds: float

    def to_json(self) -> str:
        """Return the job for `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the job of `to_json`."""
        return cls(**json.loads(text))


def supervise(store: LineageStore, job: Job) -> int:
    """Run the server until it ends or nobody holds it; return the exit status for a process."""
    log = ServerLog(Path(job.log_file))
    log.say(f"lease {job.lease_id}: {' '.join(job.argv)}")
    warden = subprocess.Popen(
        [sys.executable, "-m", "tasks.llm.server.warden", job.lease_id],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        server = subprocess.Popen(
            job.argv,
            env={**job.env, LEASE_VARIABLE: job.lease_id},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 no thread is running yet
        )
    except OSError as error:
        end(store, job.lease_id, error=f"{job.argv[0]} could not be started: {error}; see models.*.serve.command")
        return 1
    assert server.stdout
    log.copy(server.stdout)
    supervisor = _Supervisor(store, job, server, log)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop("the supervisor was told to end"))
    try:
        supervisor.watch()
    finally:
        kill_all(job.lease_id)
        assert warden.stdin
        warden.stdin.close()
    return supervisor.tell_end()


class _Supervisor:
    def __init__(self, store: LineageStore, job: Job, server: "subprocess.Popen[bytes]", log: ServerLog) -> None:
        self._store, self._job, self._server, self._log = store, job, server, log
        self._started = self._last_beat = time.monotonic()
        self._is_healthy = self._was_told = False
        self._deadline: float | None = None  # of the server's own end, once it was told to stop
        self._error: str | None = None

    def watch(self) -> None:
        """Look at the server and the lease until the server has ended."""
        while True:
            try:
                self._server.wait(timeout=self._job.poll_seconds)
                return
            except subprocess.TimeoutExpired:
                pass
            now = time.monotonic()
            if self._deadline is not None and not self._was_told:
                self._was_told = True
                self._log.say("stopping the server; requests in flight are answered first")
                # To the main process alone, as container runtimes do: it tells its workers when they may go.
                self._server.terminate()
            if self._deadline is not None and now > self._deadline:
                self._log.say("the server did not stop in time: killing it")
                kill_all(self._job.lease_id)
            if not self._is_healthy and self._deadline is None:
                self._is_healthy = _answers(self._job.health_url)
                if not self._is_healthy and now - self._started > self._job.start_seconds:
                    self.stop(f"did not answer /health within {self._job.start_seconds:g} s")
            self._beat()

    def stop(self, error: str | None) -> None:
        """Have the server stopped, once; `error` says why, where nobody let go of it."""
        if self._deadline is None:
            self._error = error
            self._deadline = time.monotonic() + self._job.shutdown_seconds + self._job.exit_seconds

    def _beat(self) -> None:
        count, tail = self._log.tail()
        try:
            if self._deadline is not None:
                self._store.execute("stop_lease", lease_id=self._job.lease_id)
            rows = self._store.fetch(
                "beat_lease",
                lease_id=self._job.lease_id,
                pid=os.getpid(),
                is_healthy=self._is_healthy,
                log_count=count,
                log_tail=tail,
            )
        except PipelineError as error:
            away = time.monotonic() - self._last_beat
            self._log.say(f"the lease could not be read for {away:.0f} s: {error}")
            if away > self._job.lease_seconds:
                self.stop("the database was away for as long as a lease lasts")
            return
        self._last_beat = time.monotonic()
        if not rows:
            self.stop("its lease was ended by someone who took the supervisor for dead")
        elif rows[0]["state"] == "stopping":
            lapsed = ", ".join(sorted(rows[0]["holders"]))
            self.stop(f"its lease lapsed: {lapsed} did not renew it" if lapsed else None)

    def tell_end(self) -> int:
        """Record how the server ended, and its last words; return 0 where it was asked to."""
        status = self._server.returncode
        self._log.close()
        if self._deadline is None:
            self._error = f"ended by itself, {ended_how(status)}"
        for _ in range(TELL_TRIES):
            try:
                end(self._store, self._job.lease_id, error=self._error, exit_status=status, output=self._log.tail())
                break
            except PipelineError:
                time.sleep(1.0)
        return 1 if self._error else 0


def ended_how(status: int) -> str:
    """Return an exit status in words."""
    if status >= 0:
        return f"with status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _die_with_parent() -> None:
    """Have the kernel kill this process when the supervisor dies, of whatever."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
