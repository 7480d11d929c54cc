"""The store on the real PostgreSQL: what goes in by COPY, what is refused, and how trouble is told."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from tasks.core.errors import ConfigError, DataError, FatalError, RetriableError
from tasks.core.ids import content_id, sha256_text
from tasks.core.runtime import LineageStore
from tasks.lineage import database
from tasks.lineage.database import Collision
from tasks.lineage.store import PostgresLineage
from tests.lineage.chain import add_chain, add_config, add_run, add_snapshot, generation_rows, source_rows

pytestmark = pytest.mark.stack

# Everything that PostgreSQL can hold: no NUL, no lone surrogate.
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
ANY_TIMES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def table(store: PostgresLineage, name: str) -> list[dict[str, Any]]:
    """Return every row of a table."""
    with store._engine.connect() as connection:
        return [dict(row) for row in connection.execute(sql(f"SELECT * FROM lineage.{name}")).mappings()]


def test_it_is_a_lineage_store(lineage_store: PostgresLineage) -> None:
    """The class has every method of the protocol that stages are written against."""
    store: LineageStore = lineage_store
    assert {name for name in vars(LineageStore) if not name.startswith("_")} <= set(dir(store))


@ANY_TIMES
@given(template=TEXT, name=TEXT, body=JSON)
@example(template="\\N", name="", body={"a": "\\."})
@example(template="\\.\n\t\r\\t\b\v", name="\\", body=["\\N", None])
@example(template="NULL", name='"', body="\u2028\ufeff\U0001f33f")
def test_copy_keeps_every_character(lineage_store: PostgresLineage, template: str, name: str, body: Any) -> None:
    """Text and JSON come back as they went in, whatever they hold."""
    config_id, model_id = str(uuid.uuid4()), str(uuid.uuid4())
    # The key (name, revision) is kept free by the revision.
    model = {"model_id": model_id, "name": name, "revision": template + model_id}
    lineage_store.insert("model", [model])
    lineage_store.insert("config", [{"config_id": config_id, "kind": template, "body": {"value": body}}])
    with lineage_store._engine.connect() as connection:
        query = """SELECT m.name, m.revision, c.kind, c.body FROM lineage.model m, lineage.config c
                    WHERE m.model_id = :m AND c.config_id = :c"""
        row = connection.execute(sql(query), {"m": model_id, "c": config_id}).one()
    assert row == (name, template + model_id, template, {"value": body})


def test_null_and_empty_text_differ(lineage_store: PostgresLineage) -> None:
    """None is NULL, an empty string is an empty string, and a column that is not given takes its default."""
    record, _ = source_rows(1, "record")
    lineage_store.insert("source_record", [{**record, "record_name": None, "claimed_digest": ""}])
    (row,) = table(lineage_store, "source_record")
    assert row["record_name"] is None
    assert row["claimed_digest"] == ""
    run_id = add_run(lineage_store)
    prompt, model, (_, [generation]), _ = generation_rows("score", 1, run_id)
    del generation["facts"]
    lineage_store.insert_all([prompt, model, ("generation", [generation])])
    assert table(lineage_store, "generation")[0]["facts"] == {}


def test_known_ids_are_left_alone(lineage_store: PostgresLineage) -> None:
    """The number of new rows is returned; a known id inserts nothing, twice in one batch neither."""
    row = {"model_id": content_id("model", "a", "1"), "name": "a", "revision": "1"}
    other = {"model_id": content_id("model", "b", "1"), "name": "b", "revision": "1"}
    assert lineage_store.insert("model", [row, row]) == 1
    assert lineage_store.insert("model", [row, other]) == 1
    assert lineage_store.insert("model", []) == 0
    assert len(table(lineage_store, "model")) == 2


def test_changed_record_in_its_place_is_a_conflict(lineage_store: PostgresLineage) -> None:
    """Other bytes at a known place of the same dataset stop the run; another dataset may say otherwise."""
    record, location = source_rows(1, "as it was")
    changed, changed_location = source_rows(1, "as it is now")
    lineage_store.insert_all([("source_record", [record]), ("source_location", [location])])
    with pytest.raises(FatalError, match=r"lineage conflict.*source_location_place_key") as caught:
        lineage_store.insert_all([("source_record", [changed]), ("source_location", [changed_location])])
    assert "a.warc.gz" in str(caught.value)
    assert len(table(lineage_store, "source_record")) == 1, "the whole batch is taken back"
    lineage_store.insert_all(
        [("source_record", [changed]), ("source_location", [{**changed_location, "dataset": "other"}])]
    )
    assert len(table(lineage_store, "source_location")) == 2


def test_edited_prompt_is_a_conflict(lineage_store: PostgresLineage) -> None:
    """Another template under a known version stops the run."""
    row = {"stage": "score", "version": 1}
    for template, fine in (("one", True), ("one", True), ("two", False)):
        sha256 = sha256_text(template)
        prompt = {
            **row,
            "prompt_id": content_id("prompt", "score", 1, sha256),
            "template": template,
            "template_sha256": sha256,
        }
        if fine:
            lineage_store.insert("prompt", [prompt])
        else:
            with pytest.raises(FatalError, match=r"\(stage, version\)=\(score, 1\)"):
                lineage_store.insert("prompt", [prompt])


def test_first_answer_counts(lineage_store: PostgresLineage) -> None:
    """Another answer to a known request changes neither the facts nor the text."""
    run_id = add_run(lineage_store)
    first, second = (generation_rows("score", 1, run_id, text=text) for text in ("first", "second"))
    assert lineage_store.insert_all(first) == 4
    assert lineage_store.insert_all(second) == 0
    (row,) = lineage_store.fetch_by_ids("answered_generations", [content_id("generation", "score", 1)])
    assert (row["output_text"], row["output_sha256"]) == ("first", sha256_text("first"))


def test_only_the_text_of_the_stored_answer_is_taken(lineage_store: PostgresLineage) -> None:
    """A text that is not the one named by the generation's digest is passed over, whatever brought it."""
    (*facts, (_, [output])) = generation_rows("score", 1, add_run(lineage_store), text="the answer")
    lineage_store.insert_all(facts)
    assert lineage_store.insert("generation_output", [{**output, "output_text": "another"}]) == 0
    assert lineage_store.insert("generation_output", [output]) == 1


def test_erased_answer_does_not_come_back(lineage_store: PostgresLineage) -> None:
    """A chunk that is loaded after an erasure does not restore the text, under no generation."""
    run_id = add_run(lineage_store)
    lineage_store.insert_all(generation_rows("score", 1, run_id))
    sha256 = sha256_text("Clear.\nScore: 5")
    assert lineage_store.fetch("erase_output", sha256=sha256, reason="asked for") == [{"erased_count": 1}]
    assert lineage_store.insert_all(generation_rows("score", 1, run_id)) == 0
    lineage_store.insert_all(generation_rows("score", 2, run_id))
    assert table(lineage_store, "generation_output") == []


def test_what_postgresql_cannot_hold_is_bad_data(lineage_store: PostgresLineage) -> None:
    """Such a value is refused with a reason, and nothing of the batch is stored."""
    refused: list[tuple[str, Any, str]] = [
        ("a\x00b", {}, "nul_character"),
        ("a\ud800b", {}, "lone_surrogate"),
        ("a", {"x": "\ud800"}, "lone_surrogate"),
        ("a", {"x": "\x00"}, "value_refused_by_database"),
        ("a", {"x": float("nan")}, "not_json"),
    ]
    for kind, body, reason in refused:
        rows = [{"config_id": str(uuid.uuid4()), "kind": "fine", "body": {}}]
        rows.append({"config_id": str(uuid.uuid4()), "kind": kind, "body": body})
        with pytest.raises(DataError) as caught:
            lineage_store.insert("config", rows)
        assert caught.value.reason == reason
    assert table(lineage_store, "config") == []
    for value in ("a\x00b", "a\ud800b"):
        with pytest.raises(DataError, match="end_run: error is no text"):
            lineage_store.execute("end_run", run_id=str(uuid.uuid4()), state="FAIL", ended_at=None, error=value)


def test_row_that_breaks_a_rule_is_fatal(lineage_store: PostgresLineage) -> None:
    """A missing parent, a missing value or a wrong digest is a fault of ours and says which."""
    prompt, model, generation, _ = generation_rows("score", 1, str(uuid.uuid4()))
    with pytest.raises(FatalError, match="generated_by"):
        lineage_store.insert_all([prompt, model, generation])
    with pytest.raises(FatalError, match="null value in column"):
        lineage_store.insert("model", [{"model_id": str(uuid.uuid4()), "name": "a", "revision": None}])
    with pytest.raises(FatalError, match="sha256"):
        lineage_store.insert("source_record", [{**source_rows(1, "x")[0], "record_sha256": "abc"}])


def test_ids_are_text_and_many_are_found(lineage_store: PostgresLineage) -> None:
    """Thousands of ids can be asked for at once; unknown and repeated ones do no harm; ids come back as text."""
    chain = add_chain(lineage_store)
    known = list(chain.generations.values())
    asked = [*(str(uuid.uuid4()) for _ in range(3000)), *known, *known]
    rows = lineage_store.fetch_by_ids("answered_generations", asked)
    assert sorted(row["generation_id"] for row in rows) == sorted(known)
    assert lineage_store.fetch_by_ids("answered_generations", []) == []
    (found,) = lineage_store.fetch("pair", pair_id=chain.pair_id)
    assert found["document_id"] == chain.document_id


def test_used_snapshots_are_those_of_the_dataset(lineage_store: PostgresLineage) -> None:
    """A run is joined to the snapshot of its own dataset, once; an unknown digest joins nothing."""
    run_id = add_run(lineage_store)
    snapshot_id = add_snapshot(lineage_store, run_id, name="pairs")
    used = {"run_id": run_id, "manifest_sha256": sha256_text("pairs")}
    assert [lineage_store.execute("record_run_used", **used) for _ in range(2)] == [1, 0]
    assert lineage_store.execute("record_run_used", run_id=run_id, manifest_sha256=sha256_text("other")) == 0
    stranger = add_run(lineage_store, dataset="other")
    assert lineage_store.execute("record_run_used", **{**used, "run_id": stranger}) == 0
    assert [str(row["snapshot_id"]) for row in table(lineage_store, "run_used")] == [snapshot_id]


def test_counts_are_set(lineage_store: PostgresLineage) -> None:
    """The same count said twice is not added up."""
    run_id = add_run(lineage_store)
    for value in (3, 5, 5):
        lineage_store.execute("set_run_metric", run_id=run_id, name="read", value=value)
    rows = lineage_store.fetch("progress_by_dag_run", dag_run_ids=["manual__1"])
    assert [(row["job"], row["name"], row["value"]) for row in rows] == [("pairs.score", "read", 5)]


def test_progress_counts_the_last_try(lineage_store: PostgresLineage) -> None:
    """Counts of mapped instances are summed; of one that was tried again the last try counts."""
    for map_index, try_number, value in ((0, 1, 100), (0, 2, 10), (1, 1, 1)):
        run_id = add_run(lineage_store, map_index=map_index, try_number=try_number)
        lineage_store.execute("set_run_metric", run_id=run_id, name="kept", value=value)
    (row,) = lineage_store.fetch("progress_by_dag_run", dag_run_ids=["manual__1", "another"])
    assert row["value"] == 11
    assert lineage_store.fetch("progress_by_dag_run", dag_run_ids=[]) == []


def test_newest_commit_of_a_partition(lineage_store: PostgresLineage) -> None:
    """The commit whose run started last is found, within the kind and the partition."""
    runs = [add_run(lineage_store, started_at=f"2026-01-0{day}T00:00:00Z") for day in (2, 3, 1)]
    ids = [add_snapshot(lineage_store, run, kind="pairs", name=name) for run, name in zip(runs, "abc", strict=True)]
    add_snapshot(lineage_store, runs[1], kind="documents", name="d")
    (row,) = lineage_store.fetch("snapshot_of_partition", dataset="test", kind="pairs", partition_key="2026-01")
    assert (row["snapshot_id"], row["manifest_uri"]) == (ids[1], "b.json")
    assert lineage_store.fetch("snapshot_of_partition", dataset="test", kind="pairs", partition_key="2026-02") == []


def test_unknown_statement_names_near_ones(lineage_store: PostgresLineage) -> None:
    """A wrong name of a query or table is told with what was probably meant."""
    with pytest.raises(ConfigError, match=r"no SQL statement 'set_run_metrics'.*set_run_metric"):
        lineage_store.execute("set_run_metrics")
    with pytest.raises(ConfigError, match="insert_documents"):
        lineage_store.insert("documents", [{}])


def test_server_that_is_away_is_retriable() -> None:
    """A refused connection names the place, never the password, and says what to do."""
    store = PostgresLineage("postgresql://me:sesame@127.0.0.1:9/lineage")
    for ask in (
        lambda: store.fetch("takedowns"),
        lambda: store.insert("model", [{"name": "a"}]),
        lambda: store.lock("a").__enter__(),
    ):
        with pytest.raises(RetriableError, match=r"127\.0\.0\.1:9/lineage.*check that PostgreSQL runs") as caught:
            ask()
        assert "sesame" not in str(caught.value)


def test_wrong_credentials_are_a_matter_of_configuration(lineage_url: str) -> None:
    """A refused password or an unknown database is not retried."""
    before, _, after = lineage_url.rpartition("@")
    for url in (f"{before}x@{after}", lineage_url + "_missing"):
        with pytest.raises(ConfigError, match="connection was refused") as caught:
            PostgresLineage(url).fetch("takedowns")
        assert before.rpartition(":")[2] not in str(caught.value)
    with pytest.raises(ConfigError, match="must be PostgreSQL"):
        PostgresLineage("sqlite:///x")
    with pytest.raises(ConfigError, match="not of the form"):
        PostgresLineage("sesame")


def _die_in_a_transaction(store: PostgresLineage) -> None:
    with store._transaction("dying") as connection:
        connection.execute(sql("INSERT INTO lineage.model VALUES (gen_random_uuid(), 'a', '1')"))
        connection.execute(sql("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_killed_connection_is_retriable_and_the_store_recovers(lineage_store: PostgresLineage) -> None:
    """When the server ends a session in mid-work the try fails, nothing is half done, and the next call works."""
    with pytest.raises(RetriableError, match="Nothing that was committed is lost"):
        _die_in_a_transaction(lineage_store)
    assert table(lineage_store, "model") == []
    assert add_config(lineage_store, "a", {})


def test_threads_that_wait_too_long_for_their_turn_are_retriable(
    lineage_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every connection of the pool stays busy, that is told as what it is, with where to look."""
    monkeypatch.setattr(database, "POOL_TIMEOUT", 0.05)
    store = PostgresLineage(lineage_url)
    with ExitStack() as busy:
        for _ in range(database.POOL_SIZE + database.POOL_OVERFLOW):
            busy.enter_context(store._engine.connect())
        with pytest.raises(RetriableError, match="10 connections of this task were busy"):
            store.fetch("takedowns")
    assert store.fetch("takedowns") == []
    store.close()


def test_missing_schema_says_so(stack_settings: Any, lineage_url: str) -> None:
    """A database without the schema is told to be migrated."""
    store = PostgresLineage(stack_settings.admin_url)
    with pytest.raises(ConfigError, match="migrations"):
        store.fetch("takedowns")


def test_overlapping_batches_side_by_side(lineage_store: PostgresLineage) -> None:
    """Two tasks that insert the same rows in opposite orders do not deadlock, and each row is new once."""
    rows = [{"config_id": str(uuid.uuid4()), "kind": "a", "body": {}} for _ in range(400)]
    with ThreadPoolExecutor(4) as pool:
        batches = [rows if number % 2 else rows[::-1] for number in range(4)]
        counts = list(pool.map(lambda batch: lineage_store.insert("config", batch), batches))
    assert sum(counts) == len(rows)


def test_a_collision_of_two_sessions_is_tried_again(
    lineage_store: PostgresLineage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ON CONFLICT on the id does not see a row under way whose second unique key stops us; the next try does."""
    row = {
        "prompt_id": content_id("prompt", 1),
        "stage": "score",
        "version": 1,
        "template": "t",
        "template_sha256": sha256_text("t"),
    }
    real, tries = PostgresLineage._insert_all, []

    def collides_once(self: PostgresLineage, batches: Any) -> int:
        tries.append(batches)
        if len(tries) == 1:
            real(self, batches)  # the other session, which was quicker
            raise Collision("the key is taken")
        return real(self, batches)

    monkeypatch.setattr(PostgresLineage, "_insert_all", collides_once)
    assert lineage_store.insert("prompt", [row]) == 0
    with pytest.raises(FatalError, match="stands for other content"):
        lineage_store.insert("prompt", [{**row, "prompt_id": content_id("prompt", 2)}])
    assert len(tries) == 4
