"""The advisory lock: one holder at a time, and none after its process died."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from tasks.core.errors import RetriableError
from tasks.lineage.database import POOL_OVERFLOW, POOL_SIZE
from tasks.lineage.locks import lock_key
from tasks.lineage.store import PostgresLineage

pytestmark = pytest.mark.stack

HOLD = """
import sys, time
from tasks.lineage.database import POOL_OVERFLOW, POOL_SIZE
from tasks.lineage.store import PostgresLineage
with PostgresLineage(sys.argv[1]).lock("generate", "score", "abc"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(lineage_url: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that holds the lock (generate, score, abc)."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", HOLD, lineage_url], stdout=subprocess.PIPE, text=True, cwd=root)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def is_free(store: PostgresLineage, *parts: str) -> bool:
    """Return whether a session could take the lock now."""
    with store._engine.connect() as connection:
        return bool(
            connection.execute(sql("SELECT pg_try_advisory_xact_lock(:key)"), {"key": lock_key(*parts)}).scalar_one()
        )


def test_other_process_is_kept_out_until_the_holder_is_killed(
    holder: subprocess.Popen[str], lineage_store: PostgresLineage, caplog: pytest.LogCaptureFixture
) -> None:
    """While a process holds the lock another waits and says so; kill -9 of the holder sets it free."""
    caplog.set_level(logging.INFO, "tasks.lineage.locks")
    entered = threading.Event()

    def wait() -> None:
        with lineage_store.lock("generate", "score", "abc"):
            entered.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    deadline = time.monotonic() + 30
    while "waiting" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "waiting" in caplog.text
    assert not is_free(lineage_store, "generate", "score", "abc")
    assert is_free(lineage_store, "generate", "score", "another")
    assert not entered.is_set()
    os.kill(holder.pid, signal.SIGKILL)
    assert entered.wait(timeout=30)
    waiting.join()
    assert "generate/score/abc" in caplog.text


def test_lock_ends_with_its_block(lineage_store: PostgresLineage) -> None:
    """The lock is free after the block, also after an error in it, and leaves no session behind."""
    with lineage_store.lock("a"):
        assert not is_free(lineage_store, "a")
    assert is_free(lineage_store, "a")
    with pytest.raises(ValueError, match="inner"), lineage_store.lock("a"):
        raise ValueError("inner")
    assert is_free(lineage_store, "a")
    with lineage_store._engine.connect() as connection:
        count = sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        assert connection.execute(count).scalar_one() == 1


def test_locks_do_not_use_up_the_pool(lineage_store: PostgresLineage) -> None:
    """A task may hold more locks than the pool has connections, and still ask questions."""
    with ExitStack() as held:
        for number in range(POOL_SIZE + POOL_OVERFLOW + 1):
            held.enter_context(lineage_store.lock("many", str(number)))
        assert not is_free(lineage_store, "many", "0")


def test_threads_of_one_process_keep_each_other_out(lineage_store: PostgresLineage) -> None:
    """PostgreSQL gives a session its own lock again; two threads on one session must still take turns."""
    inside, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with lineage_store.lock("shared"):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.02)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert most == 1
    assert is_free(lineage_store, "shared")


def test_all_locks_share_one_session(lineage_store: PostgresLineage) -> None:
    """A task with many shards under way takes one connection for its locks, not one each."""
    with lineage_store.lock("a"), lineage_store.lock("b"), lineage_store._engine.connect() as connection:
        count = sql("SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory'")
        assert connection.execute(count).scalar_one() == 1


def test_names_are_not_run_together() -> None:
    """(a, bc) and (ab, c) are two locks."""
    assert lock_key("a", "bc") != lock_key("ab", "c")


def test_lost_lock_does_not_hide_the_work(lineage_store: PostgresLineage, caplog: pytest.LogCaptureFixture) -> None:
    """When the lock's session ends under it, the work's result stands and the log says what happened."""
    with lineage_store.lock("a"), lineage_store._engine.connect() as connection:
        others = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        connection.execute(sql(others))
    assert "lock a was lost" in caplog.text


def test_lost_lock_is_told_when_another_session_took_over(
    lineage_store: PostgresLineage, caplog: pytest.LogCaptureFixture
) -> None:
    """A lock taken after the loss opens a new session, which does not have the old lock: that is not hidden by it."""
    with ExitStack() as held:
        first = held.enter_context(ExitStack())
        first.enter_context(lineage_store.lock("a"))
        with lineage_store._engine.connect() as connection:
            others = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                         WHERE datname = current_database() AND pid <> pg_backend_pid()"""
            connection.execute(sql(others))
        with pytest.raises(RetriableError), lineage_store.lock("b"):
            pass
        held.enter_context(lineage_store.lock("b"))
        first.close()
        assert "lock a was lost" in caplog.text
        assert not is_free(lineage_store, "b")
    assert "lock b was lost" not in caplog.text
