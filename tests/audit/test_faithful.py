"""The optional second judge: from documents to a release whose judgements on faithfulness are derived again."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text as sql

from tasks.core.ids import content_id
from tasks.core.runtime import Runtime
from tasks.faithfulness.run import METRIC
from tasks.lineage.audit import run_audits
from tasks.lineage.store import PostgresLineage
from tests.audit.flow import Flow, flow_of
from tests.llm.answering import Model

pytestmark = pytest.mark.stack
JUDGE = {"faithfulness": {"enabled": True}}


def faithful(lineage: PostgresLineage, url: str, **parts: Any) -> Flow:
    return flow_of("filter+rewrite", lineage, url, **{**JUDGE, **parts})


def judgement(row: dict[str, Any]) -> dict[str, Any]:
    """The only judgement on the faithfulness of a row."""
    (found,) = [item for item in row["scores"] if item["metric"] == METRIC]
    return found


def decision(row: dict[str, Any]) -> dict[str, Any]:
    """The only decision on the faithfulness of a row."""
    (found,) = [item for item in row["decisions"] if item["policy"] == "faithfulness"]
    return found


def inflate(row: dict[str, Any]) -> None:
    """Another value than the judge gave, in the score and in the decision."""
    judgement(row)["value"] = decision(row)["score"] = 4.5


def unknown_field(row: dict[str, Any]) -> None:
    decision(row)["policy_config"] = {**decision(row)["policy_config"], "gone": 1}


def other_model(row: dict[str, Any]) -> None:
    body = decision(row)["policy_config"]
    decision(row)["policy_config"] = {**body, "model": {**body["model"], "revision": "2"}}


def other_stage(row: dict[str, Any]) -> None:
    """The score points to the answer of another stage."""
    judgement(row)["generation_id"] = row["response_id"]


BREAKS: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
    ("faithfulness decision", "no decision is recorded", lambda row: row["decisions"].remove(decision(row))),
    ("faithfulness decision", "no decision is recorded", lambda row: decision(row).update(kept=False)),
    ("faithfulness decision", "cannot be read any more", unknown_field),
    ("faithfulness", "no judgement is recorded of 5 by", lambda row: row["scores"].remove(judgement(row))),
    ("faithfulness", "no judgement is recorded of 1.0 by", lambda row: decision(row).update(score=1.0)),
    ("faithfulness", "by backforth-standin@2 with faithfulness@1", other_model),
    ("faithfulness", "no judgement is recorded", lambda row: judgement(row).update(prompt="faithfulness@2")),
    ("faithfulness", "reads 5, the recorded score is 4.5", inflate),
    ("faithfulness", "answers rewrite@1, another question", other_stage),
    ("faithfulness", "is not recorded", lambda row: judgement(row).update(generation_id=content_id("generation", 0))),
    ("faithfulness", "give the score id", lambda row: judgement(row).update(score_id=content_id("score", 0))),
]


def test_from_documents_to_a_verified_release(lineage_store: PostgresLineage, standin_url: str) -> None:
    """The stage runs, its judgements and decisions are on record, and each row is derived again with them."""
    flow = faithful(lineage_store, standin_url)
    ref = flow.publish()
    assert [step.task for step in flow.spec.steps][-1] == "faithfulness"
    assert "faithfulness" in [stage["stage"] for stage in flow.manifest(ref)["stages"]]
    opened = flow.open(ref)
    rows = opened.rows()
    assert len(rows) == ref.row_count >= 2
    assert [str(item) for item in opened.verify(rows) if item] == []
    assert opened.verify_files() == []
    assert {result.name: result.rows for result in run_audits(lineage_store) if result.rows} == {}

    for link, told, damage in BREAKS:
        damaged = copy.deepcopy(rows[0])
        damage(damaged)
        (broken,) = opened.verify([damaged])
        assert broken is not None, told
        assert broken.link == link and told in broken.message, f"{broken}, expected {link}: {told}"
        assert broken.pair_id == str(damaged["pair_id"])


def test_a_tampered_judgement_is_named(lineage_store: PostgresLineage, standin_url: str) -> None:
    """Whoever owns the table can change an answer past its trigger; the digest on the fact beside it tells."""
    flow = faithful(lineage_store, standin_url)
    opened = flow.open(flow.publish())
    first, *others = opened.rows()
    with lineage_store._engine.begin() as connection:
        connection.execute(sql("ALTER TABLE lineage.generation_output DISABLE TRIGGER USER"))
        changed = connection.execute(
            sql("UPDATE lineage.generation_output SET output_text = 'None\nScore: 5' WHERE generation_id = :id"),
            {"id": judgement(first)["generation_id"]},
        )
        assert changed.rowcount == 1
    broken = [item for item in opened.verify(opened.rows()) if item]
    assert [(item.pair_id, item.link) for item in broken] == [(str(first["pair_id"]), "faithfulness")]
    assert "the stored output was changed" in broken[0].message
    assert others, "another row shows that only the changed one is named"


def test_what_the_judge_drops_is_not_published(
    lineage_store: PostgresLineage, standin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One pair gets 3 and goes no further; those with 4 do, and could not have under a bound of 5."""
    judge = Model(lambda request: f"None\nScore: {4 if judge.asked[1:] else 3}")
    flow = faithful(lineage_store, standin_url)
    made = flow.rt
    monkeypatch.setattr(flow, "rt", lambda job: asking(judge, made(job)) if job == "faithfulness" else made(job))
    opened = flow.open(flow.publish())
    rows = opened.rows()
    assert len(rows) == flow.made["verify"].row_count - 1 >= 1
    assert [str(item) for item in opened.verify(rows) if item] == []
    for row in rows:
        decision(row)["policy_config"]["min_score"] = 5
    found = [(item.link, item.message) for item in opened.verify(rows) if item]
    assert found == [("faithfulness decision", "the pair was kept, and its score 4 is below min_score 5")] * len(rows)


def asking(judge: Model, rt: Runtime) -> Runtime:
    rt.model_client = judge
    return rt


def test_one_decision_of_several_is_enough(lineage_store: PostgresLineage, standin_url: str) -> None:
    """A stricter policy that dropped the pair, or one nobody can read, does not undo the one that kept it."""
    opened = (flow := faithful(lineage_store, standin_url)).open(flow.publish())
    row = opened.rows()[0]
    kept = decision(row)
    unreadable = {**kept, "policy_config": {**kept["policy_config"], "gone": 1}}
    unmet = {**kept, "score": 1.0}
    bare = {**judgement(row), "generation_id": content_id("generation", "lost")}
    row["decisions"][:0] = [{**kept, "kept": False}, unreadable, unmet]
    row["scores"].insert(0, bare)
    assert list(opened.verify([row])) == [None]


def test_a_release_without_the_stage_needs_no_judgement(lineage_store: PostgresLineage, standin_url: str) -> None:
    """The manifest says which stages the pairs went through; what the specification says today is not asked."""
    flow = flow_of("filter+rewrite", lineage_store, standin_url)
    ref = flow.publish()
    flow.spec = faithful(lineage_store, standin_url).spec
    opened = flow.open(ref)
    assert [str(item) for item in opened.verify(opened.rows()) if item] == []
