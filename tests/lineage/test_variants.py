"""What lineage keeps of variants: how a release was made, and a decision for each score of a pair."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tasks.lineage.statements import AUDITS, statement
from tasks.lineage.store import PostgresLineage
from tests.lineage.chain import DATASET, Chain, add_chain, publish

pytestmark = pytest.mark.stack
OF_CURATION = "UPDATE lineage.decision SET kept = false WHERE reason = 'score>=5'"
OF_VERIFICATION = "UPDATE lineage.decision SET kept = false WHERE reason = 'grounded'"
UNSCORED = "UPDATE lineage.score SET value = NULL, reason = 'score_missing'"


@pytest.fixture
def chain(lineage_store: PostgresLineage) -> Chain:
    """One row of a published release."""
    made = add_chain(lineage_store)
    publish(lineage_store, [made])
    return made


@pytest.fixture
def intruder(lineage_url: str, stack_settings: Any, chain: Chain) -> Iterator[Any]:
    """A session for which no trigger holds; it never commits."""
    connection = psycopg2.connect(stack_settings.database_url("postgres", lineage_url.rpartition("/")[2]))
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("variant", "planted", "found"),
    [
        ("filter+rewrite", OF_CURATION, "example_without_kept_decision"),
        ("filter+rewrite", OF_VERIFICATION, "example_without_kept_decision"),
        ("filter+rewrite", UNSCORED, "example_without_score"),
        ("rewrite", OF_CURATION, ""),
        ("rewrite", OF_VERIFICATION, "example_without_kept_decision"),
        ("rewrite", UNSCORED, ""),
        ("filter+distil", OF_CURATION, "example_without_kept_decision"),
        ("filter+distil", OF_VERIFICATION, ""),
        ("filter+distil", UNSCORED, "example_without_score"),
        ("filter", OF_CURATION, "example_without_kept_decision"),
        ("humpback", OF_CURATION, "example_without_kept_decision"),
        ("humpback", UNSCORED, "example_without_score"),
    ],
)
def test_what_a_row_must_have_depends_on_its_variant(intruder: Any, variant: str, planted: str, found: str) -> None:
    """A row that nobody rewrote needs no verification, one that nobody judged no score."""
    with intruder.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE lineage.release SET variant = %s", [variant])
        cursor.execute(planted)
        seen = []
        for name in ("example_without_kept_decision", "example_without_score"):
            cursor.execute(statement(AUDITS + name))
            seen += [name] if cursor.fetchall() else []
    intruder.rollback()
    assert seen == ([found] if found else [])


def test_a_policy_decides_once_for_each_score(lineage_store: PostgresLineage, chain: Chain) -> None:
    """A pair that one judge gave 5 and the next 3 has two decisions; the same again is none."""
    policy = chain.configs["curate"]
    before = len(lineage_store.fetch("decisions_of_document", document_id=chain.document_id))
    rows = [
        {"pair_id": chain.draft_pair_id, "config_id": policy, "score": score, "kept": score >= 5, "reason": "r"}
        for score in (5.0, 3.0)
    ]
    rows = [{**row, "generated_by": chain.run_id} for row in rows]
    assert lineage_store.insert("decision", rows) == 2
    assert lineage_store.insert("decision", rows) == 0
    unscored = {name: value for name, value in rows[0].items() if name != "score"}
    assert lineage_store.insert("decision", [unscored, unscored]) == 0  # the chain has it already
    found = lineage_store.fetch("decisions_of_document", document_id=chain.document_id)
    assert len(found) == before + 2
    assert {(row["score"], row["kept"]) for row in found if row["reason"] == "r"} == {(5.0, True), (3.0, False)}
    changed = [{**rows[1], "kept": True}]
    assert lineage_store.insert("decision", changed) == 1, "a rule that was changed decides anew, and both stand"


def test_a_release_keeps_its_variant(lineage_store: PostgresLineage, chain: Chain, lineage_url: str) -> None:
    """How its rows were made never changes, also not while it moves forward."""
    (row,) = lineage_store.fetch("release_by_version", dataset=DATASET, version="2026.1.0")
    assert row["variant"] == "filter+rewrite"
    change = "UPDATE lineage.release SET state = 'withdrawn', withdrawn_at = now(), variant = 'rewrite'"
    with (
        psycopg2.connect(lineage_url) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.Error, match="only moves forward"),
    ):
        cursor.execute(change)
