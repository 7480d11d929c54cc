"""A server's limit, divided among the tasks that use it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from tasks.core.errors import RetriableError
from tasks.lineage.store import PostgresLineage
from tasks.llm.share import EXPIRE_SECONDS, RENEW_SECONDS, Share, part
from tests.fakes.lineage import RecordingLineage

URL = "http://model.example:8000"
FAST = {"renew_seconds": 0.05, "expire_seconds": 60.0}
ROOT = Path(__file__).resolve().parents[2]


def eventually(say: Callable[[], object], wanted: object) -> None:
    """Wait until `say()` is `wanted`; fail after a time that no working code needs."""
    deadline = time.monotonic() + 30
    while say() != wanted:
        assert time.monotonic() < deadline, f"still {say()!r}, wanted {wanted!r}"
        time.sleep(0.02)


def rows(store: PostgresLineage) -> int:
    with store._engine.connect() as connection:
        return connection.execute(sql("SELECT count(*) FROM lineage.endpoint_share")).scalar_one()


@pytest.mark.parametrize(("concurrency", "users"), [(16, 1), (16, 3), (17, 4), (3, 3), (2, 5), (1, 2), (4096, 7)])
def test_parts_add_up(concurrency: int, users: int) -> None:
    """Nothing of the limit lies idle or is given twice, the earliest get what is left over, and nobody gets nothing."""
    parts = [part(concurrency, users, earlier) for earlier in range(users)]
    assert sum(parts) == max(concurrency, users)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


def test_killed_tasks_are_forgotten_within_a_quarter_of_a_minute() -> None:
    """The last renewal of a killed task, and the next look of another, are together bounded."""
    assert RENEW_SECONDS * 3 < EXPIRE_SECONDS < 15 - RENEW_SECONDS


@pytest.mark.stack
def test_tasks_share_an_address_and_give_it_back(lineage_store: PostgresLineage) -> None:
    """Each task's part follows from how many there are; the address counts, not how it is written."""
    with ExitStack() as stack:
        first = stack.enter_context(Share(lineage_store, URL, "run-1", 16, **FAST))
        assert first.limit() == 16
        with ExitStack() as others:
            second, third = (
                others.enter_context(Share(lineage_store, url, "run-2", 16, **FAST)) for url in (URL, f"{URL}/")
            )
            elsewhere = others.enter_context(Share(lineage_store, "http://other.example", "run-2", 16, **FAST))
            eventually(lambda: [share.limit() for share in (first, second, third, elsewhere)], [6, 5, 5, 16])
        eventually(first.limit, 16)
        assert rows(lineage_store) == 1
    assert rows(lineage_store) == 0


@pytest.mark.stack
def test_tasks_that_come_at_once_agree(lineage_url: str) -> None:
    """Many tasks with connections of their own, which come and go at once, end with parts that add up."""
    stores = [PostgresLineage(lineage_url) for _ in range(8)]
    started, over = threading.Barrier(9), threading.Event()
    shares = [Share(store, URL, f"run-{number}", 30, **FAST) for number, store in enumerate(stores)]

    def work(share: Share) -> None:
        started.wait()
        with share:
            over.wait()

    threads = [threading.Thread(target=work, args=[share]) for share in shares]
    for thread in threads:
        thread.start()
    started.wait()
    eventually(lambda: sorted(share.limit() for share in shares), [3, 3, 4, 4, 4, 4, 4, 4])
    over.set()
    for thread in threads:
        thread.join()
    assert rows(stores[0]) == 0
    for store in stores:
        store.close()


@pytest.mark.stack
def test_killed_task_gives_its_part_back(lineage_store: PostgresLineage, lineage_url: str) -> None:
    """A process that is killed leaves its row; when that expires the others have its part."""
    program = (
        "import sys, time\n"
        "from tasks.lineage.store import PostgresLineage\n"
        "from tasks.llm.share import Share\n"
        f"with Share(PostgresLineage(sys.argv[1]), {URL!r}, 'run-2', 8, renew_seconds=0.1, expire_seconds=1.5):\n"
        "    time.sleep(600)\n"
    )
    with Share(lineage_store, URL, "run-1", 8, **FAST) as share:
        process = subprocess.Popen([sys.executable, "-c", program, lineage_url], cwd=ROOT)
        try:
            eventually(share.limit, 4)
        finally:
            process.kill()
            process.wait()
        assert rows(lineage_store) == 2
        eventually(share.limit, 8)
        eventually(lambda: rows(lineage_store), 1)


@pytest.mark.stack
def test_row_that_was_lost_comes_back(lineage_store: PostgresLineage) -> None:
    """A task that was frozen, or a database that was restored, costs a place in the order and nothing else."""
    with Share(lineage_store, URL, "run-1", 8, **FAST) as share:
        with lineage_store._engine.begin() as connection:
            connection.execute(sql("DELETE FROM lineage.endpoint_share"))
        eventually(lambda: rows(lineage_store), 1)
        assert share.limit() == 8


def test_database_that_is_away_keeps_the_last_part(caplog: pytest.LogCaptureFixture) -> None:
    """Work goes on with what was known, the log says so, and a database that is back is heard again."""
    said: list[object] = [{"user_count": 2, "earlier_count": 1}]

    def renew(**params: object) -> list[object]:
        if isinstance(said[0], Exception):
            raise said[0]
        return said[:1]

    lineage = RecordingLineage({"renew_endpoint_share": renew})
    with Share(lineage, URL, "run-1", 9, **FAST) as share:
        assert share.limit() == 4
        said[0] = RetriableError("the database is away")
        eventually(lambda: "the database is away" in caplog.text, True)
        assert share.limit() == 4
        said[0] = {"user_count": 1, "earlier_count": 0}
        eventually(share.limit, 9)
    assert lineage.calls[-1][:2] == ("execute", "end_endpoint_share")


def test_database_that_stays_away_does_not_fail_the_work(caplog: pytest.LogCaptureFixture) -> None:
    """From beginning to end without a database: the whole limit, and two warnings."""

    def away(**params: object) -> int:
        raise RetriableError("the database is away")

    lineage = RecordingLineage({"renew_endpoint_share": away, "end_endpoint_share": away})
    with Share(lineage, URL, "run-1", 9) as share:
        assert share.limit() == 9
    assert len(caplog.records) == 2
