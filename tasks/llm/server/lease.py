"""The lease of a model server: a row in PostgreSQL that says where it runs and who needs it.

All times are the database's. A holder is `<Airflow run>/<phase>`: the tasks of a phase hold the server together.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.core.errors import PipelineError
from tasks.core.runtime import LineageStore, Row

log = logging.getLogger(__name__)

# A holder renews this often within `lease_seconds`: three renewals may fail before it lapses.
RENEWALS = 4


@dataclass(frozen=True)
class Lease:
    """A row of lineage.model_lease. `url` is the server's address as other hosts reach it, without /v1; `holders` are
    those whose hold has not lapsed."""

    lease_id: str
    server_key: str
    host: str
    url: str
    gpus: tuple[str, ...]
    state: str
    holders: tuple[str, ...]
    log_file: str
    log_count: int
    log_tail: str
    alive_at: datetime
    exit_status: int | None
    last_error: str | None
    was_ready: bool


def open_lease(store: LineageStore, server_key: str) -> Lease | None:
    """Return the lease of the server of this key that runs, starts or stops."""
    rows = store.fetch("open_lease", server_key=server_key)
    return _lease(rows[0]) if rows else None


def lease_by_id(store: LineageStore, lease_id: str) -> Lease:
    """Return a lease, whatever became of it."""
    return _lease(store.fetch("lease_by_id", lease_id=lease_id)[0])


def join(store: LineageStore, lease_id: str, holder: str, *, seconds: float) -> bool:
    """Hold the server for `seconds` from now; False where it is about to stop."""
    return store.execute("join_lease", lease_id=lease_id, holder=holder, seconds=seconds) > 0


def release(store: LineageStore, server_key: str, holder: str) -> tuple[str, tuple[str, ...]] | None:
    """Let go of the server; return its lease and the others that hold it, None where it was not held."""
    rows = store.fetch("release_lease", server_key=server_key, holder=holder)
    return (str(rows[0]["lease_id"]), tuple(rows[0]["others"])) if rows else None


def end(
    store: LineageStore,
    lease_id: str,
    *,
    error: str | None,
    exit_status: int | None = None,
    seen_at: datetime | None = None,
    output: tuple[int | None, str | None] = (None, None),
) -> bool:
    """Record that a server is gone; with `seen_at` only where its supervisor has not said a word since then."""
    ended: dict[str, Any] = {"exit_status": exit_status, "last_error": error, "alive_at": seen_at}
    return store.execute("end_lease", lease_id=lease_id, log_count=output[0], log_tail=output[1], **ended) > 0


@contextmanager
def held(store: LineageStore, lease_id: str, holder: str, *, seconds: float) -> Iterator[None]:
    """Renew the lease while the body runs. A process that is killed stops renewing, and the lease lapses."""
    done = threading.Event()
    renewing = threading.Thread(
        target=_renew, args=(store, lease_id, holder, seconds, done), name=f"lease-{lease_id}", daemon=True
    )
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()


def _renew(store: LineageStore, lease_id: str, holder: str, seconds: float, done: threading.Event) -> None:
    while not done.wait(seconds / RENEWALS):
        try:
            if not store.execute("renew_lease", lease_id=lease_id, holder=holder, seconds=seconds):
                # The work under it will meet the server's end by itself, and its retry starts another.
                log.warning("lease %s of the model server has ended; it is not renewed any more", lease_id)
                return
        except PipelineError as error:
            log.warning("the lease of the model server could not be renewed, trying again: %s", error)


def _lease(row: Row) -> Lease:
    return Lease(**{**row, "gpus": tuple(row["gpus"]), "holders": tuple(row["holders"])})
