"""The database itself refuses to change a fact, whoever asks."""

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from tasks.core.ids import content_id
from tasks.lineage.store import PostgresLineage
from tests.lineage.chain import STARTED, add_chain, add_run, publish

pytestmark = pytest.mark.stack
# Tables whose rows may move forward, tested apart, and those that hold no facts: the migrations' own, and who uses a
# model server just now.
MOVING = {"run", "run_metric", "release", "generation_output", "model_lease"}
NO_FACTS = {"migration", "endpoint_share"}


@pytest.fixture
def full_store(lineage_store: PostgresLineage) -> PostgresLineage:
    """A store with a row in every table."""
    chain = add_chain(lineage_store)
    snapshot_id = publish(lineage_store, [chain])
    lineage_store.execute("set_run_metric", run_id=chain.run_id, name="read", value=1)
    lineage_store.execute("pin_release", dataset="test", version="2026.1.0", reason="test")
    takedown = {"takedown_id": content_id("takedown", "domain", "a"), "kind": "domain", "value": "a"}
    lineage_store.insert("takedown", [{**takedown, "reason": "test", "requested_at": STARTED}])
    lineage_store.execute("erase_output", sha256="0" * 64, reason="test")
    canary = {"canary_id": content_id("canary"), "model_id": content_id("model", "m"), "api": "chat", "answer": "a"}
    lineage_store.insert("model", [{"model_id": canary["model_id"], "name": "m", "revision": "r"}])
    about = {"asked_sha256": "0" * 64, "generated_by": chain.run_id, "recorded_at": STARTED}
    lineage_store.insert("model_canary", [{**canary, **about}])
    with lineage_store._engine.begin() as connection:
        connection.execute(sql("INSERT INTO lineage.run_used VALUES (:r, :s)"), {"r": chain.run_id, "s": snapshot_id})
    return lineage_store


def refused(store: PostgresLineage, statement: str) -> str:
    """Run a statement that must be refused; return the reason."""
    with pytest.raises(IntegrityError) as caught, store._engine.begin() as connection:
        connection.execute(sql(statement))
    return str(caught.value.orig)


def columns(store: PostgresLineage) -> dict[str, str]:
    """Return the name of some column of every table."""
    query = """SELECT table_name, min(column_name) FROM information_schema.columns JOIN information_schema.tables
               USING (table_schema, table_name) WHERE table_schema = 'lineage' AND table_type = 'BASE TABLE'
               GROUP BY 1"""
    with store._engine.connect() as connection:
        return dict(map(tuple, connection.execute(sql(query))))


def test_facts_are_append_only(full_store: PostgresLineage) -> None:
    """UPDATE and DELETE of any fact, and TRUNCATE of any table, are refused by name."""
    tables = columns(full_store)
    assert len(tables) > 20
    for table, column in tables.items():
        if table in NO_FACTS:
            continue
        if table not in MOVING:
            assert f"lineage.{table} is append-only" in refused(
                full_store, f"UPDATE lineage.{table} SET {column} = {column}"
            )
            assert f"lineage.{table} is append-only" in refused(full_store, f"DELETE FROM lineage.{table}")
        assert "is append-only" in refused(full_store, f"TRUNCATE lineage.{table} CASCADE")


def test_runs_and_releases_are_never_deleted(full_store: PostgresLineage) -> None:
    """What may move forward may still not be deleted."""
    for table in ("run", "run_metric", "release"):
        assert "append-only" in refused(full_store, f"DELETE FROM lineage.{table}")


def test_answer_goes_only_by_erasure(full_store: PostgresLineage) -> None:
    """The text of an answer can neither be changed nor deleted without an erasure."""
    assert "append-only" in refused(full_store, "UPDATE lineage.generation_output SET output_text = 'x'")
    assert "lineage.erase_output" in refused(full_store, "DELETE FROM lineage.generation_output")


def test_run_ends_once(lineage_store: PostgresLineage) -> None:
    """A run ends once: a late end changes nothing, and no one can open it again or rewrite its start."""
    run_id = add_run(lineage_store)
    end = {"run_id": run_id, "ended_at": STARTED, "error": None}
    assert lineage_store.execute("end_run", state="COMPLETE", **end) == 1
    assert lineage_store.execute("end_run", state="FAIL", **end) == 0
    add_run(lineage_store, run_id=run_id, code_version="other")
    assert "only moves forward" in refused(lineage_store, "UPDATE lineage.run SET state = 'RUNNING', ended_at = NULL")
    add_run(lineage_store)
    assert "only moves forward" in refused(
        lineage_store, "UPDATE lineage.run SET code_version = 'x' WHERE state = 'RUNNING'"
    )


def test_later_try_ends_the_earlier_ones(lineage_store: PostgresLineage) -> None:
    """Tries of one task instance that were killed are aborted; those of its siblings, and ended ones, are not."""
    job_id = content_id("job", "test", "pairs.score")
    killed, done, sibling, mine = (
        add_run(lineage_store, map_index=index, try_number=number) for number, index in ((1, 0), (2, 0), (1, 1), (3, 0))
    )
    lineage_store.execute("end_run", run_id=done, state="FAIL", ended_at=STARTED, error="x")
    abort = {"job_id": job_id, "dag_run_id": "manual__1", "map_index": 0, "run_id": mine}
    assert lineage_store.execute("abort_earlier_tries", **abort) == 1
    with lineage_store._engine.connect() as connection:
        states = {
            str(row.run_id): row.state for row in connection.execute(sql("SELECT run_id, state FROM lineage.run"))
        }
    assert states == {killed: "ABORT", done: "FAIL", sibling: "RUNNING", mine: "RUNNING"}


def test_release_only_moves_forward(full_store: PostgresLineage) -> None:
    """A published release cannot be staged again, nor name other files, another version or another date."""
    changes = (
        "state = 'staged', published_at = NULL",
        "state = 'withdrawn', withdrawn_at = now(), manifest_key = 'x'",
        "state = 'withdrawn', withdrawn_at = now(), version = '9'",
        "state = 'withdrawn', withdrawn_at = now(), published_at = now() + INTERVAL '1 day'",
    )
    for change in changes:
        assert "only moves forward" in refused(full_store, f"UPDATE lineage.release SET {change}")
