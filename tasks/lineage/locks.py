"""Advisory locks of one store: all on one connection, however many threads hold one.

A lock belongs to a session of PostgreSQL, so that it ends with the process, however that ends. A task that works on
many shards side by side holds two locks for each: a connection for every lock would use up the server's.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from tasks.core.ids import canonical_json
from tasks.lineage.database import database_errors

log = logging.getLogger(__name__)

# Seconds between two tries to get a lock. Asking again, and not waiting in the server, lets a signal end the task.
LOCK_POLL_SECONDS = 0.25


class AdvisoryLocks:
    """The locks held by this process through one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._connection: Connection | None = None
        self._held: set[int] = set()

    @contextmanager
    def hold(self, *parts: str) -> Iterator[None]:
        """Hold the lock named by `parts`; wait, and say so, while another session or thread holds it."""
        name, key = "/".join(parts), lock_key(*parts)
        has_waited = False
        while not self._take(name, key):
            if not has_waited:
                log.info("lock %s is held by another task: waiting until it is free", name)
                has_waited = True
            time.sleep(LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            self._release(name, key)

    def _take(self, name: str, key: int) -> bool:
        with self._guard, database_errors(self._engine.url, f"lock {name}"):
            if key in self._held:  # a session is given its own lock again and again
                return False
            if self._connection is None:
                connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                connection.detach()
                self._connection = connection
            try:
                is_ours = self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one()
            except DBAPIError:
                self._forget()
                raise
            if is_ours:
                self._held.add(key)
            elif not self._held:
                self._forget()
            return bool(is_ours)

    def _release(self, name: str, key: int) -> None:
        """Free the lock; with the last one its session ends, which would free it too, but some milliseconds later."""
        with self._guard:
            self._held.discard(key)
            try:
                connection, unlock = self._connection, text("SELECT pg_advisory_unlock(:key)")
                # A session that was opened after the lock's own was lost does not have it.
                if connection is None or not connection.execute(unlock, {"key": key}).scalar_one():
                    log.warning("lock %s was lost before its work ended", name)
            except DBAPIError as error:
                # The work under it is done and every insert is safe without it; what matters will fail by itself.
                log.warning("lock %s was lost before its work ended: %s", name, error.orig)
                self._forget()
            if not self._held:
                self._forget()

    def _forget(self) -> None:
        """Close the session; the locks that were held on it are lost, as their holders will be told."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def lock_key(*parts: str) -> int:
    """Return the 64-bit key of an advisory lock, signed as PostgreSQL takes it."""
    digest = hashlib.sha256(canonical_json(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
