"""The lease's row: it only moves forward, and the database says when it lapses."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from tasks.lineage.store import PostgresLineage
from tasks.llm.server.devices import devices
from tasks.llm.server.lease import end, join, lease_by_id, open_lease, release

KEY = "a" * 64


def take(store: PostgresLineage, key: str = KEY, *, seconds: float = 60) -> str:
    """Take a lease; return its id, "" where there is one."""
    lease_id = str(uuid.uuid4())
    row = {"server_key": key, "host": "h", "url": "http://h:1", "gpus": ["0"], "holder": "dag/1", "log_file": "/l"}
    return lease_id if store.execute("take_lease", lease_id=lease_id, seconds=seconds, **row) else ""


def beat(store: PostgresLineage, lease_id: str, *, is_healthy: bool = True) -> str:
    """The supervisor's word; return the state it is told."""
    told = store.fetch("beat_lease", lease_id=lease_id, pid=1, is_healthy=is_healthy, log_count=1, log_tail="x")
    return str(told[0]["state"]) if told else ""


@pytest.mark.stack
def test_one_lease_per_server_is_open(lineage_store: PostgresLineage) -> None:
    """A key is taken once until its server has ended; another key is another server."""
    first = take(lineage_store)
    assert first
    assert not take(lineage_store)
    assert take(lineage_store, "b" * 64)
    end(lineage_store, first, error=None)
    assert take(lineage_store)


@pytest.mark.stack
def test_a_lease_lives_as_long_as_one_holder_renews(lineage_store: PostgresLineage) -> None:
    """Healthy, then held by one of two, then by none: the supervisor is told to stop, and nobody joins any more."""
    lease_id = take(lineage_store)
    assert beat(lineage_store, lease_id, is_healthy=False) == "starting"
    assert beat(lineage_store, lease_id) == "ready"
    assert join(lineage_store, lease_id, "dag/2", seconds=60)
    assert release(lineage_store, KEY, "dag/1") == (lease_id, ("dag/2",))
    assert release(lineage_store, KEY, "dag/1") is None
    assert beat(lineage_store, lease_id) == "ready"
    assert release(lineage_store, KEY, "dag/2") == (lease_id, ())
    assert beat(lineage_store, lease_id) == "stopping"
    assert not join(lineage_store, lease_id, "dag/3", seconds=60)
    assert beat(lineage_store, lease_id) == "stopping"


@pytest.mark.stack
def test_a_holder_that_does_not_renew_is_none(lineage_store: PostgresLineage) -> None:
    """Expiry is by the database's clock; a lapsed holder is no reason to keep a server."""
    lease_id = take(lineage_store, seconds=-1)
    assert join(lineage_store, lease_id, "dag/2", seconds=60)
    assert lease_by_id(lineage_store, lease_id).holders == ("dag/2",)
    assert release(lineage_store, KEY, "dag/2") == (lease_id, ())
    assert beat(lineage_store, lease_id) == "stopping"


@pytest.mark.stack
def test_only_who_holds_a_server_can_renew(lineage_store: PostgresLineage) -> None:
    """A late renewal after the teardown does not bring the holder back."""
    lease_id = take(lineage_store)
    renewal = {"lease_id": lease_id, "holder": "dag/1", "seconds": 60}
    assert lineage_store.execute("renew_lease", **renewal) == 1
    release(lineage_store, KEY, "dag/1")
    assert lineage_store.execute("renew_lease", **renewal) == 0


@pytest.mark.stack
def test_a_lease_ends_once(lineage_store: PostgresLineage) -> None:
    """Who takes a supervisor for dead may end its lease only while it stays silent; an ended one never comes back."""
    lease_id = take(lineage_store)
    seen_at = lease_by_id(lineage_store, lease_id).alive_at
    beat(lineage_store, lease_id)
    assert not end(lineage_store, lease_id, error="silent", seen_at=seen_at)
    assert end(lineage_store, lease_id, error="silent", seen_at=lease_by_id(lineage_store, lease_id).alive_at)
    assert not end(lineage_store, lease_id, error="again")
    assert beat(lineage_store, lease_id) == ""
    assert open_lease(lineage_store, KEY) is None
    for change in (
        "UPDATE lineage.model_lease SET state = 'ready', ended_at = NULL",
        "DELETE FROM lineage.model_lease",
    ):
        with pytest.raises(IntegrityError, match=r"only moves forward|append-only"), lineage_store._engine.begin() as c:
            c.execute(sql(change))


@pytest.mark.stack
def test_failed_starts_are_counted_in_a_row(lineage_store: PostgresLineage) -> None:
    """One that was healthy in between ends the row; one that nobody waited for is no failure."""
    failed = []
    for error, is_healthy in (("x", False), ("x", False), (None, False), ("crashed", True), ("x", False)):
        lease_id = take(lineage_store)
        beat(lineage_store, lease_id, is_healthy=is_healthy)
        end(lineage_store, lease_id, error=error)
        failed.append(lineage_store.fetch("failed_lease_starts", server_key=KEY)[0]["failed_count"])
    assert failed == [1, 2, 2, 0, 1]


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"BACKFORTH_SERVE_GPUS": "2, 3", "CUDA_VISIBLE_DEVICES": "0"}, ("2", "3")),
        ({"CUDA_VISIBLE_DEVICES": "GPU-1a,GPU-2b"}, ("GPU-1a", "GPU-2b")),
        ({"CUDA_VISIBLE_DEVICES": ""}, ()),
    ],
)
def test_devices_are_what_the_operator_says(environ: dict[str, str], found: tuple[str, ...]) -> None:
    """What is left to model servers comes before what is visible."""
    assert devices(environ) == found


def test_devices_are_asked_of_the_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """nvidia-smi lists them; a host without it has none that could be counted."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert devices({}) is None
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho 0\necho 1\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    assert devices({}) == ("0", "1")
