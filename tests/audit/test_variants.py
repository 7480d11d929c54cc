"""Every variant from the bytes of pages to a published release whose rows are derived again, on a real PostgreSQL.

The stand-in server answers.
"""

import io
import json
from importlib import import_module

import pyarrow.parquet as pq
import pytest

from tasks.core.records import SCORED
from tasks.core.variants import FLOWS
from tasks.lineage.audit import run_audits
from tasks.lineage.store import PostgresLineage
from tasks.lineage.trace import render_tree, to_json, trace
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.audit.flow import flow_of
from tests.clean.made_shard import make_shard

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("variant", FLOWS)
def test_a_variant_is_published_and_derived_again(
    variant: str, lineage_store: PostgresLineage, standin_url: str
) -> None:
    """All stages, the gate, the release, verification of every row, the audits, and the trace of a row."""
    flow = flow_of(variant, lineage_store, standin_url)
    ref = flow.publish()
    rows = flow.rows(ref)
    assert len(rows) == ref.row_count >= 2

    opened = flow.open(ref)
    assert opened.verify_files() == []
    assert [str(item) for item in opened.verify(opened.rows()) if item] == []
    assert {result.name: result.rows for result in run_audits(lineage_store) if result.rows} == {}

    stages, row = FLOWS[variant], rows[0]
    for column in ("score", "judge_model", "judge_prompt"):
        assert (row[column] is not None) == ("score" in stages)
    for column in ("response_model", "response_prompt"):
        assert (row[column] is None) == ("adopt" in stages)
    assert (row["grounding"] is not None) == ("verify" in stages)
    if "adopt" in stages:
        documents = {item["pair_id"]: item["text"] for item in read_rows(flow.objects, flow.kept_key("adopt"))}
        assert {item["id"]: item["messages"][1]["content"] for item in rows} == documents
    if "distil" in stages:
        (asked,) = [
            item
            for item in flow.lineage.fetch("generations_of_document", document_id=row["document_id"])
            if item["prompt"] == row["response_prompt"] == "distil@1"
        ]
        assert row["messages"][1]["content"] in asked["output_text"]

    assert flow.manifest(ref)["variant"] == variant
    (recorded,) = lineage_store.fetch("release_by_version", dataset="made", version=ref.version)
    assert recorded["variant"] == variant
    card = flow.objects.get(f"releases/made/{ref.version}/README.md").decode()
    assert f"variant `{variant}`" in card and f"= {ref.row_count} published" in card
    found = trace(lineage_store, row["id"])
    assert found.parts["releases"][0]["version"] == ref.version
    assert render_tree(found) and to_json(found)["document"]["document_id"] == row["document_id"]


def test_an_earlier_judge_decides_nothing_and_leaves_a_snapshot(
    lineage_store: PostgresLineage, standin_url: str
) -> None:
    """Each judge rates all pairs; what the first keeps can be committed, what the last keeps is published."""
    flow = flow_of("humpback", lineage_store, standin_url)
    flow.pairs()
    clean, first, last = (flow.made[task] for task in ("clean", "score_round_1", "score"))
    counts = [open_shard(flow.objects, shard).read_count for shard in (first, last)]
    assert counts == [clean.row_count] * 2
    committed = flow.snapshot("curated_round_1", flow.made["curate_round_1"])
    assert committed.row_count == flow.made["curate_round_1"].row_count > 0
    early = open_shard(flow.objects, flow.made["curate_round_1"])
    judged = open_shard(flow.objects, first).config
    assert (judged["model"]["revision"], judged["rounds"]) == ("m0", ["m0"])
    assert open_shard(flow.objects, last).config["model"]["revision"] == "m1"
    row = next(iter(read_rows(flow.objects, early.kept.key)))
    assert row["score_generation_id"] not in {
        item["score_generation_id"] for item in read_rows(flow.objects, flow.kept_key("curate"))
    }


def test_judges_that_disagree_leave_a_decision_each(lineage_store: PostgresLineage, standin_url: str) -> None:
    """A pair that the first judge would keep and the last would not is not published, and both are on record."""
    flow = flow_of("humpback", lineage_store, standin_url)
    flow.pairs()
    curate = import_module("tasks.curate.run").run
    row = next(iter(read_rows(flow.objects, flow.kept_key("curate"))))
    config = flow.spec.curate.model_copy(update={"min_score": 5.0})
    worse = [{**item, "score": 2.0} for item in read_rows(flow.objects, flow.kept_key("score"))]
    rt = flow.rt("curate")
    assert curate(make_shard(rt, worse, SCORED, "score"), config, rt).row_count == 0
    decisions = [
        (item["score"], item["kept"])
        for item in lineage_store.fetch("decisions_of_document", document_id=row["document_id"])
        if item["pair_id"] == row["draft_pair_id"]
    ]
    assert sorted(decisions) == [(2.0, False), (5.0, True)]


@pytest.mark.parametrize("variant", ["filter", "rewrite"])
def test_tags_and_seed_pairs_are_published(variant: str, lineage_store: PostgresLineage, standin_url: str) -> None:
    """Each request ends with its tag, the seed lies beside in the same form, and verification expects both."""
    flow = flow_of(variant, lineage_store, standin_url, release={"tags": True, "seed_pairs": "file:///seeds/s.jsonl"})
    pair = {"instruction": "Why is the sky blue?", "response": "Air scatters blue light most."}
    flow.sources.content["s.jsonl"] = (json.dumps(pair) + "\n").encode()
    ref = flow.publish()
    tag = flow.spec.release.data_tag
    assert all(row["messages"][0]["content"].endswith(f"\n\n{tag}") for row in flow.rows(ref))
    seed = pq.read_table(io.BytesIO(flow.objects.get(f"releases/made/{ref.version}/seed.parquet"))).to_pylist()
    assert [message["content"] for message in seed[0]["messages"]] == [
        f"{pair['instruction']}\n\n{flow.spec.release.seed_tag}",
        pair["response"],
    ]
    assert len(seed) == flow.manifest(ref)["seed"]["row_count"] == 1
    opened = flow.open(ref)
    assert opened.verify_files() == []
    assert [str(item) for item in opened.verify(opened.rows()) if item] == []


def test_a_tag_that_is_not_the_manifests_is_a_broken_link(lineage_store: PostgresLineage, standin_url: str) -> None:
    """The release's own manifest says which sentence was appended; a changed manifest is named."""
    flow = flow_of("filter", lineage_store, standin_url, release={"tags": True})
    ref = flow.publish()
    data = flow.objects.get(ref.manifest_key)
    flow.objects.content[ref.manifest_key] = data.replace(b"knowledge from web search", b"another sentence")
    opened = flow.open(ref)
    broken = [item for item in opened.verify(opened.rows()) if item]
    assert {item.link for item in broken} == {"release files"} and "recorded" in broken[0].message
