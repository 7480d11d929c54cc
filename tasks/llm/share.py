"""The part of a model server's limit that one task may use, while other tasks use the same server.

`ModelSpec.concurrency` bounds the prompts in flight at one address, of all tasks together. Each task that uses it says
so by a row in PostgreSQL which it renews; the limit is divided by the number of such rows, and the tasks that came
first get one more each where it does not divide evenly. A task that ends takes its row away; one that is killed stops
renewing, and after EXPIRE_SECONDS its part is divided among the others.

Parts are looked at every RENEW_SECONDS: for that long after a task has come, the others may still send what they sent
without it.
"""

import logging
import threading
from types import TracebackType
from typing import Self
from uuid import uuid4

from tasks.core.errors import PipelineError
from tasks.core.ids import sha256_text
from tasks.core.runtime import LineageStore

log = logging.getLogger(__name__)

RENEW_SECONDS = 2.0
# Several times the above, so that one slow answer of the database takes nothing from anybody.
EXPIRE_SECONDS = 12.0
# How long the end of a task waits for its row to be taken away; the row goes by itself later.
_END_SECONDS = 5.0


class Share:
    """One task's part of `concurrency` at the address `endpoint`, from `with` to its end.

    A database that is away never fails the work: the last part that was known stays in force, which is logged.
    """

    def __init__(
        self,
        lineage: LineageStore,
        endpoint: str,
        run_id: str,
        concurrency: int,
        *,
        renew_seconds: float = RENEW_SECONDS,
        expire_seconds: float = EXPIRE_SECONDS,
    ) -> None:
        self._lineage = lineage
        self._endpoint = endpoint.rstrip("/")
        self._run_id = run_id
        self._concurrency = concurrency
        self._renew_seconds = renew_seconds
        self._expire_seconds = expire_seconds
        self._share_id = str(uuid4())
        self._limit = concurrency
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="endpoint-share", daemon=True)

    def __enter__(self) -> Self:
        self._renew()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(timeout=_END_SECONDS)

    def limit(self) -> int:
        """Return how many prompts this task may have in flight at the address now, at least 1. Reads a value."""
        return self._limit

    def _keep(self) -> None:
        while not self._is_over.wait(self._renew_seconds):
            self._renew()
        try:
            self._lineage.execute("end_endpoint_share", share_id=self._share_id)
        except PipelineError as error:
            log.warning("%s: the end of this task's share was not recorded; it expires: %s", self._endpoint, error)

    def _renew(self) -> None:
        try:
            (row,) = self._lineage.fetch(
                "renew_endpoint_share",
                share_id=self._share_id,
                endpoint_sha256=sha256_text(self._endpoint),
                run_id=self._run_id,
                seconds=self._expire_seconds,
            )
        except PipelineError as error:
            log.warning("%s: this task's share stays at %d prompts: %s", self._endpoint, self._limit, error)
            return
        limit = part(self._concurrency, int(row["user_count"]), int(row["earlier_count"]))
        if limit != self._limit:
            log.info(
                "%s: %d of %d prompts in flight are this task's; %d tasks use it",
                *(self._endpoint, limit, self._concurrency, row["user_count"]),
            )
        self._limit = limit


def part(concurrency: int, user_count: int, earlier_count: int) -> int:
    """Return the part of the user before whom `earlier_count` came. Parts add up to `concurrency`, where it is enough
    for all."""
    each, left = divmod(concurrency, user_count)
    return max(1, each + (earlier_count < left))
