"""What the Dags of one specification do, from the bytes of pages to a release, over a real lineage store.

The stages are run in the order of `spec.steps`, as the Dag runs them.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from tasks.audit.rederive import Release
from tasks.core.config import Config, DatasetSpec
from tasks.core.refs import ReleaseRef, ShardRef, SourceRef, SourceShard
from tasks.core.runtime import Runtime
from tasks.dedup.run import run as dedup
from tasks.extract.run import run as extract
from tasks.filters.run import run as filters
from tasks.lineage.store import PostgresLineage
from tasks.llm.client import OpenAIClient
from tasks.publish import assemble, release
from tasks.quality import run as quality
from tasks.storage.manifest import funnel, open_shard, store_snapshot
from tasks.storage.shards import read_rows
from tasks.storage.stage import record_snapshot
from tests.extract.warc_bytes import http, member
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import add_run
from tests.publish.made_pairs import make_runtime

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
    "humpback": {
        "preset": "humpback",
        "extract": {"min_segment_chars": 300},
        "filters": {"change": {"too_short": {"min_chars": 300}}},
    },
}


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
        found = extract(SourceShard(pieces=(source,)), self.spec.extract, self.rt("extract"))
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

    def kept_key(self, task: str) -> str:
        """The key of what a task kept."""
        return open_shard(self.objects, self.made[task]).kept.key

    def manifest(self, ref: ReleaseRef) -> dict[str, Any]:
        """The manifest of a release."""
        body: dict[str, Any] = json.loads(self.objects.get(ref.manifest_key))
        return body


def flow_of(variant: str, lineage: PostgresLineage, url: str, **parts: Any) -> Flow:
    """The Dags of a specification of `variant`, with `parts` beside what it needs."""
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
