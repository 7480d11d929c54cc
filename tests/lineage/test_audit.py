"""Every audit is green on a sound store and red on a planted violation."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tasks.lineage.audit import run_audits
from tasks.lineage.statements import AUDITS, names, statement
from tasks.lineage.store import PostgresLineage
from tests.lineage.chain import add_chain, publish

pytestmark = pytest.mark.stack
NAMES = [name.removeprefix(AUDITS) for name in names() if name.startswith(AUDITS)]

UNPUBLISH = "UPDATE lineage.release SET state = 'withdrawn', withdrawn_at = now()"
# What only someone could do who goes round the triggers, by audit.
PLANTED = {
    "document_without_location": "DELETE FROM lineage.source_location",
    "example_without_kept_decision": "UPDATE lineage.decision SET kept = false",
    "example_without_score": "UPDATE lineage.score SET value = NULL, reason = 'score_missing'",
    "generation_output_changed": "UPDATE lineage.generation_output SET output_text = output_text || '.'",
    "generation_without_input": """DELETE FROM lineage.generation_input;
        UPDATE lineage.run SET state = 'COMPLETE', ended_at = now()""",
    "generation_without_output": "DELETE FROM lineage.generation_output",
    "pair_without_input": "UPDATE lineage.generation_input SET instruction_id = generation_id",
    "pin_without_published_release": f"""INSERT INTO lineage.release_pin (dataset, version, reason)
        SELECT dataset, version, 'rollback' FROM lineage.release; {UNPUBLISH}""",
    "prompt_changed": "UPDATE lineage.prompt SET template = template || '.'",
    "published_release_of_other_partition": "UPDATE lineage.release SET partition_key = '2026-02'",
    "published_release_with_other_rows": "DELETE FROM lineage.example",
    "published_release_without_quality": "UPDATE lineage.quality_run SET success = false",
    "published_taken_down": """INSERT INTO lineage.takedown
        SELECT gen_random_uuid(), 'text_sha256', text_sha256, 'asked for', now() FROM lineage.document""",
    "quality_run_with_other_checks": "DELETE FROM lineage.quality_check",
    "score_without_judgement": "UPDATE lineage.generation_input SET instruction_id = NULL",
    "stale_run": "UPDATE lineage.run SET started_at = now() - INTERVAL '3 days'",
}


@pytest.fixture
def sound_store(lineage_store: PostgresLineage) -> PostgresLineage:
    """A store with one published release."""
    publish(lineage_store, [add_chain(lineage_store)])
    return lineage_store


@pytest.fixture
def intruder(lineage_url: str, stack_settings: Any) -> Iterator[Any]:
    """A session of the server's administrator, for whom no trigger and no foreign key holds; it never commits."""
    connection = psycopg2.connect(stack_settings.database_url("postgres", lineage_url.rpartition("/")[2]))
    yield connection
    connection.close()


def found_after(intruder: Any, planted: str) -> set[str]:
    """Return the audits that find something after `planted`, which is taken back."""
    with intruder.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; UPDATE lineage.run SET started_at = now()")
        cursor.execute(planted)
        found = set()
        for name in NAMES:
            cursor.execute(statement(AUDITS + name))
            if cursor.fetchall():
                found.add(name)
    intruder.rollback()
    return found


def test_every_audit_finds_what_was_planted(sound_store: PostgresLineage, intruder: Any) -> None:
    """Each audit names the offending rows, and none cries in a store that only the pipeline wrote to."""
    assert found_after(intruder, "SELECT") == set()
    assert set(PLANTED) == set(NAMES)
    assert [name for name, planted in PLANTED.items() if name not in found_after(intruder, planted)] == []


def test_audits_are_run_by_name(sound_store: PostgresLineage) -> None:
    """The runner returns every audit with its rows: here old runs that nobody ended, and nothing else."""
    results = run_audits(sound_store)
    assert [result.name for result in results] == NAMES
    assert [result.name for result in results if result.rows] == ["stale_run"]
    assert results[NAMES.index("stale_run")].rows[0]["job"] == "pairs.backtranslate"


def test_erased_answer_is_no_violation(sound_store: PostgresLineage) -> None:
    """An answer that was erased on purpose is not reported as missing."""
    for row in sound_store.fetch_by_ids("answered_generations", _generations(sound_store)):
        sound_store.execute("erase_output", sha256=row["output_sha256"], reason="asked for")
    assert sound_store.fetch_by_ids("answered_generations", _generations(sound_store)) == []
    assert sound_store.fetch("audits/generation_without_output") == []


def _generations(store: PostgresLineage) -> list[str]:
    rows = store.fetch("examples_to_verify", dataset="test", version="2026.1.0", pair_id=None)
    return [row[name] for row in rows for name in ("instruction_id", "response_id")]
