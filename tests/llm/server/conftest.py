"""Model servers on this host: the real supervisor and PostgreSQL, and a stand-in for `vllm serve`."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.core.config import ModelSpec
from tasks.lineage.store import PostgresLineage
from tasks.llm.server.command import Server, servers_of
from tasks.llm.server.ensure import ensure
from tasks.llm.server.launch import Place
from tasks.llm.server.lease import Lease
from tasks.llm.server.warden import kill_all, processes_of

FAKE = Path(__file__).parents[2] / "fakes" / "fake_vllm.py"
COMMAND = (sys.executable, str(FAKE), "serve")
# Long enough for a loaded machine to renew in time, short enough to be waited for.
LEASE_SECONDS = 3.0


def made_model(name: str = "judge", revision: str = "r1", **serve: Any) -> ModelSpec:
    """A model that is served by the fake."""
    part = {"model_path": "/weights/base", "command": COMMAND, "gpus": 0, "lease_seconds": LEASE_SECONDS}
    part |= {"start_seconds": 60, "shutdown_seconds": 10}
    return ModelSpec.model_validate({"name": name, "revision": revision, "serve": part | serve})


def made_server(**serve: Any) -> Server:
    """A server of one model on the fake."""
    return servers_of({"judge": made_model(**serve)})["judge"]


def until(condition: Callable[[], Any], what: str, *, seconds: float = 40.0) -> Any:
    """Wait until `condition` gives something true, and return that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


def healthy(url: str) -> bool:
    """Whether a server answers at `url`."""
    try:
        return httpx.get(f"{url}/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


class Host:
    """This host as a place for model servers; `leases` are all that were ever taken in the store."""

    def __init__(self, store: PostgresLineage, place: Place) -> None:
        self.store, self.place = store, place

    def ensure(self, server: Server, holder: str = "dag/run1") -> Lease:
        return ensure(self.store, server, holder, self.place)

    def rows(self, columns: str = "*") -> list[dict[str, Any]]:
        from sqlalchemy import text

        with self.store._engine.connect() as connection:
            query = text(f"SELECT {columns} FROM lineage.model_lease ORDER BY made_at")
            return [dict(row) for row in connection.execute(query).mappings()]

    def row(self, lease: Lease) -> dict[str, Any]:
        return next(row for row in self.rows() if str(row["lease_id"]) == lease.lease_id)

    def ended(self, lease: Lease) -> dict[str, Any]:
        """Wait for the end of a lease and return its row."""
        return until(lambda: (row := self.row(lease))["state"] == "ended" and row, "the lease ends")

    def server_pid(self, lease: Lease) -> int:
        """The main process of a server: the oldest that carries its lease."""
        return min(processes_of(lease.lease_id))


@pytest.fixture
def host(lineage_url: str, lineage_store: PostgresLineage, tmp_path: Path) -> Iterator[Host]:
    """A host whose servers are all gone at the end: supervisors first, as they would tell the database."""
    found = Host(lineage_store, Place("testhost", "127.0.0.1", tmp_path, lineage_url, devices=None))
    yield found
    for row in found.rows():
        if row["state"] != "ended" and row["pid"]:
            with suppress(ProcessLookupError):
                os.kill(row["pid"], signal.SIGKILL)
        kill_all(str(row["lease_id"]))
    lineage_store.close()
