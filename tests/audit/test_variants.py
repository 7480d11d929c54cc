"""Every variant from the bytes of pages to a published release whose rows are derived again, on a real PostgreSQL.

The stages are run in the order of `spec.steps`, as the Dag runs them; the stand-in server answers.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tasks.audit.rederive import Release
from tasks.core.config import Config, DatasetSpec
from tasks.core.records import SCORED
from tasks.core.refs import ReleaseRef, ShardRef, SourceRef
from tasks.core.runtime import Runtime
from tasks.core.variants import FLOWS
from tasks.dedup.run import run as dedup
from tasks.extract.run import run as extract
from tasks.filters.run import run as filters
from tasks.lineage.audit import run_audits
from tasks.lineage.store import PostgresLineage
from tasks.lineage.trace import render_tree, to_json, trace
from tasks.llm.client import OpenAIClient
from tasks.publish import assemble, release
from tasks.quality import run as quality
from tasks.storage.manifest import funnel, open_shard, store_snapshot
from tasks.storage.shards import read_rows
from tasks.storage.stage import record_snapshot
from tests.clean.made_shard import make_shard
from tests.extract.warc_bytes import http, member
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import add_run
from tests.llm.standin_process import standin
from tests.publish.made_pairs import make_runtime

pytestmark = pytest.mark.stack
PARTITION = "2026-10"
SOURCE = "2026-10/pages.warc.gz"
PAGES = Path(__file__).parents[2] / "tasks" / "local" / "sample" / "pages"
NAMES = ("kettle-limescale", "bleed-radiator", "bowline", "burn-first-aid", "blog-danube", "tides")
MODEL = {"connection": "standin", "name": "backforth-standin", "revision": "1", "concurrency": 4}
# The stand-in serves under one name: judges that differ in their revision are different models to us.
ROLES = {
    **dict.fromkeys(("backward", "judge", "rewriter"), MODEL),
    "m0": {**MODEL, "revision": "m0"},
    "m1": {**MODEL, "revision": "m1"},
}
PARTS: dict[str, dict[str, Any]] = {
    "humpback": {"preset": "humpback", "extract": {"min_segment_chars": 300}, "filters": {"min_chars": 300}},
}


@pytest.fixture(scope="module")
def standin_url() -> Iterator[str]:
    with standin() as client:
        yield str(client.base_url).rstrip("/")


@dataclass
class Flow:
    """What the Dags of one specification do, over one store."""

    spec: DatasetSpec
    lineage: PostgresLineage
    url: str
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    sources: MemoryObjects = field(default_factory=MemoryObjects)
    made: dict[str, ShardRef] = field(default_factory=dict)
    candidate: Any = None

    def rt(self, job: str) -> Runtime:
        """One try of one task."""
        run_id = add_run(
            self.lineage, job=job, dataset=self.spec.name, partition_key=PARTITION, started_at=datetime.now(UTC)
        )
        rt = make_runtime(self.objects, self.lineage, run_id=run_id, dataset=self.spec.name, demo=True)
        rt.source_store = lambda root: self.sources
        rt.model_client = lambda config: OpenAIClient(base_url=self.url, model=config.served_by, demo=True)
        return rt

    def documents(self) -> ShardRef:
        """The corpus half over the sample pages."""
        members = [
            member(http((PAGES / f"{name}.html").read_bytes()), uri=f"https://pages.example/{name}") for name in NAMES
        ]
        self.sources.content[SOURCE] = b"".join(members)
        source = SourceRef(kind="warc", root="file:///corpus", uri=SOURCE, byte_count=0)
        found = extract(source, self.spec.extract, self.rt("extract"))
        (shard,) = dedup([filters(found, self.spec.filters, self.rt("filters"))], self.spec.dedup, self.rt("dedup"))
        return shard

    def pairs(self) -> ShardRef:
        """The model half: every step of the variant."""
        documents = self.documents()
        for step in self.spec.steps:
            run = import_module(f"tasks.{step.stage}.run").run
            config = self.spec.judging(step.round_number) if step.stage == "score" else None
            config = config or getattr(self.spec, step.stage, Config())
            self.made[step.task] = run(self.made.get(step.reads, documents), config, self.rt(step.task))
        return self.made[self.spec.steps[-1].task]

    def snapshot(self, kind: str, shard: ShardRef) -> Any:
        """Commit one shard as a snapshot of the partition."""
        ref = store_snapshot(
            self.objects,
            kind=kind,
            dataset=self.spec.name,
            partition_key=PARTITION,
            shards=[shard],
            funnel=funnel(self.objects, [shard]),
        )
        record_snapshot(self.rt("commit"), kind, ref.key, ref.sha256, ref.row_count)
        return ref

    def publish(self) -> ReleaseRef:
        """The release Dag; a failed gate raises."""
        self.candidate = assemble.run(self.snapshot("pairs", self.pairs()), self.spec, self.rt("assemble"))
        checked = quality.require(quality.run(self.candidate, self.spec, self.rt("check")))
        staged = release.stage(self.candidate, self.spec, self.rt("stage"))
        return release.publish(staged, self.spec, self.rt("publish"), suite_sha256=checked.suite_sha256)

    def open(self, ref: ReleaseRef) -> Release:
        """Open a release for verification."""
        return Release(
            spec=self.spec,
            version=ref.version,
            objects=self.objects,
            lineage=self.lineage,
            open_source=lambda root: self.sources,
        )

    def rows(self, ref: ReleaseRef) -> list[dict[str, Any]]:
        """The published rows."""
        return list(read_rows(self.objects, f"releases/{ref.dataset}/{ref.version}/data/train-00000-of-00001.parquet"))

    def manifest(self, ref: ReleaseRef) -> dict[str, Any]:
        """The manifest of a release."""
        body: dict[str, Any] = json.loads(self.objects.get(ref.manifest_key))
        return body


def flow_of(variant: str, lineage: PostgresLineage, url: str, **parts: Any) -> Flow:
    body = {
        "name": "made",
        "demo": True,
        "variant": variant,
        "source": {"uri": "file:///corpus"},
        "models": ROLES,
        **PARTS.get(variant, {}),
        **parts,
    }
    return Flow(DatasetSpec.model_validate(body), lineage, url)


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
        documents = {item["pair_id"]: item["text"] for item in read_rows(flow.objects, kept_key(flow, "adopt"))}
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


def kept_key(flow: Flow, task: str) -> str:
    return open_shard(flow.objects, flow.made[task]).kept.key


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
        item["score_generation_id"] for item in read_rows(flow.objects, kept_key(flow, "curate"))
    }


def test_judges_that_disagree_leave_a_decision_each(lineage_store: PostgresLineage, standin_url: str) -> None:
    """A pair that the first judge would keep and the last would not is not published, and both are on record."""
    flow = flow_of("humpback", lineage_store, standin_url)
    flow.pairs()
    curate = import_module("tasks.curate.run").run
    row = next(iter(read_rows(flow.objects, kept_key(flow, "curate"))))
    config = flow.spec.curate.model_copy(update={"min_score": 5.0})
    worse = [{**item, "score": 2.0} for item in read_rows(flow.objects, kept_key(flow, "score"))]
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
