"""Makes sure that a model server runs and that we hold it: joins one, starts one, waits, and says what is wrong."""

import logging
import time

import httpx

from tasks.core.errors import FatalError, RetriableError
from tasks.core.runtime import LineageStore
from tasks.llm.server.command import Server
from tasks.llm.server.launch import Place, Started, poll_seconds, take
from tasks.llm.server.lease import Lease, end, join, lease_by_id, open_lease, release
from tasks.llm.server.supervisor import EXIT_SECONDS

log = logging.getLogger(__name__)

# Seconds of silence after which a supervisor is taken for dead; it speaks every second.
SILENT_SECONDS = 30.0
# Seconds that a server may be out of reach from here while its supervisor says that it is well; longer than a silence.
UNREACHABLE_SECONDS = 60.0
# Starts that may fail in a row on one day before a person is called: a download may break, a wrong flag stays wrong.
MAX_FAILED_STARTS = 3
# The servers that this process started: asking a handle reaps a supervisor that has ended.
_started: dict[str, Started] = {}


def ensure(store: LineageStore, server: Server, holder: str, place: Place) -> Lease:
    """Return the lease of `server`, healthy, reachable from here and held by `holder` for `lease_seconds` from now.

    Starts the server here where none runs: after a crash that is a restart. What it writes goes to the log of the
    caller. Raises RetriableError where it did not come up or the GPUs are taken, FatalError where it keeps failing,
    ConfigError where the host cannot serve it.
    """
    waiting = _Waiting(store, server, holder, place)
    while (lease := waiting.look()) is None:
        time.sleep(poll_seconds(server))
    return lease


def let_go(store: LineageStore, server: Server, holder: str) -> None:
    """Release the server and, where nobody else holds it, wait until it is gone and its GPUs are free."""
    released = release(store, server.key, holder)
    if not released:
        log.info("the server of %s is not held by %s: nothing to stop", server.title, holder)
        return
    lease_id, others = released
    if others:
        log.info("the server of %s goes on: it is held by %s", server.title, ", ".join(others))
        return
    log.info("nobody else holds the server of %s: waiting until it has stopped", server.title)
    deadline = time.monotonic() + server.serve.shutdown_seconds + EXIT_SECONDS + SILENT_SECONDS
    while (lease := lease_by_id(store, lease_id)).state != "ended":
        if lease.state in ("starting", "ready") and lease.holders:
            log.info("the server of %s was taken over by %s", server.title, ", ".join(lease.holders))
            return
        if time.monotonic() > deadline:
            log.warning(
                "the server of %s has not reported its end; %s on %s may say why",
                server.title,
                lease.log_file,
                lease.host,
            )
            return
        time.sleep(poll_seconds(server))
    log.info("the server of %s has stopped", server.title)


class _Waiting:
    """One wait for a server; `look` is called until it gives the lease."""

    def __init__(self, store: LineageStore, server: Server, holder: str, place: Place) -> None:
        self._store, self._server, self._holder, self._place = store, server, holder, place
        self._lease_id = ""  # of the server that is waited for
        self._seen_lines = 0
        self._silence: tuple[object, float] = (None, 0.0)
        self._unreachable_since: float | None = None

    def look(self) -> Lease | None:
        """Move on by one step."""
        lease = open_lease(self._store, self._server.key)
        if self._lease_id and (lease is None or lease.lease_id != self._lease_id):
            self._mourn(lease_by_id(self._store, self._lease_id))
            return None
        if lease is None:
            self._start()
            return None
        if self._is_silent(lease):
            self._bury(lease)
            return None
        if not join(self._store, lease.lease_id, self._holder, seconds=self._server.serve.lease_seconds):
            return None  # it is about to stop: another is started when it has
        if lease.lease_id != self._lease_id:
            log.info("joining the server of %s on %s, which is %s", self._server.title, lease.host, lease.state)
            self._wait_for(lease.lease_id, seen_lines=lease.log_count if lease.state == "ready" else 0)
        self._show(lease)
        return lease if lease.state == "ready" and self._reaches(lease) else None

    def _start(self) -> None:
        if started := take(self._store, self._server, self._holder, self._place):
            _started[started.lease_id] = started
            self._wait_for(started.lease_id)
            log.info("starting the server of %s on %s", self._server.title, self._place.host)

    def _mourn(self, lease: Lease) -> None:
        """The server that was waited for has ended."""
        self._wait_for("")
        if lease.was_ready or not lease.last_error:
            log.warning("the server of %s has ended (%s): starting it again", self._server.title, lease.last_error)
            return
        failed = self._store.fetch("failed_lease_starts", server_key=self._server.key)[0]["failed_count"]
        message = (
            f"the server of {self._server.title} did not come up on {lease.host}: {lease.last_error}. Its last lines "
            f"(all are in {lease.log_file} there):\n{_indented(lease.log_tail)}"
        )
        if failed >= MAX_FAILED_STARTS:
            raise FatalError(f"{message}\nIt failed {failed} times in a row: mend models.*.serve, then clear the task")
        raise RetriableError(f"{message}\nIt is started again by a retry")

    def _is_silent(self, lease: Lease) -> bool:
        """Say whether its supervisor is dead: ended as our own child, or without a word for too long by our clock."""
        started = _started.get(lease.lease_id)
        if started and started.supervisor.poll() is not None:
            return open_lease(self._store, self._server.key) == lease  # its last word may have come in between
        if self._silence[0] != lease.alive_at:
            self._silence = (lease.alive_at, time.monotonic())
        return time.monotonic() - self._silence[1] > SILENT_SECONDS

    def _bury(self, lease: Lease) -> None:
        error = f"its supervisor on {lease.host} is gone, and did not say why"
        if end(self._store, lease.lease_id, error=error, seen_at=lease.alive_at):
            log.warning("the server of %s is taken for dead: %s", self._server.title, error)

    def _reaches(self, lease: Lease) -> bool:
        """Say whether the server answers here. One that has just crashed is given time to be known as such."""
        try:
            status = httpx.get(f"{lease.url}/health", timeout=5.0, trust_env=False).status_code
            if status == httpx.codes.OK:
                return True
            trouble = f"/health answers {status}"
        except httpx.HTTPError as error:
            trouble = str(error) or type(error).__name__
        now = time.monotonic()
        if self._unreachable_since is None:
            self._unreachable_since = now
        if now - self._unreachable_since > UNREACHABLE_SECONDS:
            raise RetriableError(
                f"the server of {self._server.title} is well on {lease.host}, but cannot be reached from here at "
                f"{lease.url}: {trouble}. Set BACKFORTH_SERVE_HOST on {lease.host} to an address that all workers reach"
            )
        return False

    def _wait_for(self, lease_id: str, *, seen_lines: int = 0) -> None:
        self._lease_id, self._seen_lines, self._unreachable_since = lease_id, seen_lines, None

    def _show(self, lease: Lease) -> None:
        """Write what the server has written since the last look; the whole of it is in its own log."""
        new_count = lease.log_count - self._seen_lines
        for line in lease.log_tail.splitlines()[-new_count:] if new_count else []:
            log.info("| %s", line)
        self._seen_lines = lease.log_count


def _indented(text: str) -> str:
    return "\n".join(f"  | {line}" for line in text.splitlines()) or "  | (nothing)"
