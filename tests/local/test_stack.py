"""The stack's stores, for real: started once, killed, repaired, and gone at the end."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from tasks.core.errors import ConfigError
from tasks.local import stack
from tasks.local.postgres import postgres
from tasks.local.processes import processes_of
from tasks.local.s3 import open_bucket
from tasks.local.service import child_env, main_process
from tasks.local.settings import Settings, load_settings
from tasks.local.standin import standin
from tasks.storage.objects import S3Objects

pytestmark = pytest.mark.stack
STORES = ["postgres", "s3"]


@pytest.fixture(scope="module")
def settings(make_home: Callable[[], Path]) -> Iterator[Settings]:
    """A home of these tests' own, as they kill what others work with."""
    settings = load_settings(make_home())
    try:
        stack.up(settings, only=STORES)
        yield settings
    finally:
        stack.down(settings)


def _pids(settings: Settings) -> dict[str, int]:
    return {name: process.pid for name in STORES if (process := main_process(settings, name))}


def _query(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_a_second_up_starts_nothing(settings: Settings) -> None:
    """What is healthy is left as it is."""
    before = _pids(settings)
    said: list[tuple[str, str]] = []
    stack.up(settings, only=STORES, report=lambda service, doing: said.append((service, doing)))
    assert _pids(settings) == before
    assert ("postgres", "healthy") in said
    assert "starting" not in {doing for _, doing in said}


def test_the_state_of_each_service_is_told(settings: Settings) -> None:
    """Two are healthy, and the others are down."""
    states = {state.service: state.state for state in stack.states(settings)}
    assert {name for name, state in states.items() if state == "healthy"} == set(STORES)
    assert {state for name, state in states.items() if name not in STORES} == {"down"}


def test_postgres_wants_a_password_and_keeps_what_was_committed(settings: Settings) -> None:
    """No connection is trusted, roles stay in their own database, and commits are durable."""
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(settings.lineage_url.replace(settings.secrets["lineage_db_password"], "wrong"))
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(settings.database_url("lineage", "airflow"))
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert _query(settings.lineage_url, f"SHOW {setting}") == [("on",)]


def test_s3_wants_its_secret_and_makes_no_bucket_by_itself(settings: Settings) -> None:
    """A wrong secret and a mistyped bucket are errors, not an open door and not a new bucket."""
    wrong = S3Objects(
        endpoint=settings.s3_endpoint,
        access_key=settings.secrets["s3_access_key"],
        secret_key="wrong",
        bucket=settings.bucket,
        secure=False,
    )
    with pytest.raises(ConfigError, match="refused"):
        wrong.put("a", b"1")
    with pytest.raises(ConfigError, match="does not exist"):
        open_bucket(settings, "mistyped").put("a", b"1")
    assert list(open_bucket(settings).list("")) == []


@pytest.mark.parametrize("killed", [["postgres"], ["s3"], STORES])
def test_killed_stores_come_back_with_their_data(settings: Settings, killed: list[str]) -> None:
    """After kill -9 the next `up` starts anew what was killed, and only that, and nothing acknowledged is lost."""
    mark = "_".join(killed)
    _query(settings.lineage_url, f"CREATE TABLE mark_{mark} AS SELECT 1 AS one")
    open_bucket(settings).put(f"mark/{mark}", b"kept")
    before = _pids(settings)
    for name in killed:
        os.kill(before[name], signal.SIGKILL)
    stack.up(settings, only=STORES)
    after = _pids(settings)
    assert {name for name in STORES if before[name] != after[name]} == set(killed)
    assert _query(settings.lineage_url, f"SELECT one FROM mark_{mark}") == [(1,)]
    assert open_bucket(settings).get(f"mark/{mark}") == b"kept"
    open_bucket(settings).delete(f"mark/{mark}")


def test_a_stopped_process_is_replaced(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that lives but does not answer is started anew."""
    monkeypatch.setattr(stack, "UNWELL_SECONDS", 0.5)
    before = _pids(settings)
    os.kill(before["s3"], signal.SIGSTOP)
    monkeypatch.setattr("tasks.local.s3.CHECK_SECONDS", 0.3)
    hasty = [[replace(service, stop_seconds=0.5) for service in group] for group in stack.services(settings)]
    monkeypatch.setattr(stack, "services", lambda settings: hasty)
    stack.up(settings, only=["s3"])
    assert _pids(settings)["s3"] != before["s3"]
    assert _pids(settings)["postgres"] == before["postgres"]


def test_unknown_services_are_refused_by_name(settings: Settings) -> None:
    """A mistyped service is said, with those there are; `airflow` stands for its four."""
    with pytest.raises(ConfigError, match=r"no service minio; there are postgres, s3"):
        stack.up(settings, only=["minio"])
    assert stack.service_names(settings, ["airflow", "s3"]) == [
        "s3",
        "api-server",
        "scheduler",
        "dag-processor",
        "triggerer",
    ]


def test_down_leaves_no_process_even_when_pid_files_are_gone(settings: Settings) -> None:
    """Everything of the home is ended, known or not; a second `down` has nothing to do; `up` goes on from there."""
    for file in settings.run_folder.glob("*.pid"):
        file.unlink()
    step = subprocess.Popen(["sleep", "300"], env=child_env(settings, "airflow-migrate"))
    assert len(processes_of(settings.home)) > len(STORES)
    stack.down(settings)
    step.wait()
    assert processes_of(settings.home) == []
    stack.down(settings)
    stack.up(settings, only=["postgres"])
    assert _query(settings.lineage_url, "SELECT one FROM mark_postgres") == [(1,)]


def test_changed_code_restarts_what_runs_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that hold old code are started anew by `up`, the stores are not; a watching command restarts nothing."""
    group = [[postgres(settings), standin(settings)]]
    monkeypatch.setattr(stack, "services", lambda _: group)
    stack.up(settings)
    before = {state.service: state.pid for state in stack.states(settings)}
    monkeypatch.setattr(stack, "_code_sha256", lambda: "other")
    stack.mend(settings)
    assert {state.service: state.pid for state in stack.states(settings)} == before
    stack.up(settings)
    after = {state.service: state.pid for state in stack.states(settings)}
    assert after["postgres"] == before["postgres"]
    assert after["standin"] != before["standin"]


def test_a_watcher_does_not_undo_down(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mend` restarts what was killed, and refuses once the stack was brought down on purpose."""
    monkeypatch.setattr(stack, "services", lambda _: [[postgres(settings), standin(settings)], []])
    stack.up(settings)
    process = main_process(settings, "standin")
    assert process
    process.kill()
    process.wait(timeout=10)
    stack.mend(settings)
    assert main_process(settings, "standin")
    stack.down(settings)
    with pytest.raises(stack.StackDown, match="backforth down"):
        stack.mend(settings)
    assert not processes_of(settings.home)
