"""What the Dags do about duplicates, step by step, over a real lineage store: find, pairs, settle, late.

The model half is left out: each document that is kept becomes one pair. It asks what `asked` says of its text, and
something of its own otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tasks.core.config import Config, DedupConfig
from tasks.core.ids import content_id
from tasks.core.records import VERIFIED
from tasks.core.refs import ManifestRef, ShardRef
from tasks.core.runtime import Runtime
from tasks.core.stage import Stage
from tasks.dedup import find, late, settle, sign
from tasks.dedup.run import dedup
from tasks.storage.manifest import load_snapshot, open_shard, store_snapshot
from tasks.storage.shards import read_rows
from tasks.storage.stage import commit_stage, record_snapshot
from tests.dedup.made_documents import Page, runtime, shard_of
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import DATASET, STARTED, add_run

VERIFY = Stage("verify", 1, reads=VERIFIED, writes=VERIFIED)


@dataclass
class Refreshes:
    """The partitions of one dataset. `releases` counts, for each, how often other rows were settled on."""

    lineage: Any
    config: DedupConfig = field(default_factory=DedupConfig)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    documents: dict[str, list[ShardRef]] = field(default_factory=dict)
    settled: dict[str, ManifestRef] = field(default_factory=dict)
    releases: dict[str, int] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    clock: datetime = STARTED

    def rt(self, task: str, key: str) -> Runtime:
        """A new try of a task; each starts after the one before it."""
        self.clock = max(self.clock + timedelta(seconds=1), STARTED).astimezone(UTC)
        job = f"web_corpus__{DATASET}.{task}"
        run_id = add_run(self.lineage, job=job, partition_key=key, started_at=self.clock)
        return runtime(self.lineage, self.objects, run_id=run_id, job=job, dataset=DATASET, partition_key=key)

    def find(self, key: str, shards: Sequence[Sequence[Page]]) -> None:
        """web_corpus up to the documents: `shards` are those that the filters made."""
        rt = self.rt("sign", key)
        signatures = [sign.run(shard_of(rt, shard), Config(), rt) for shard in shards]
        judged = find.run(signatures, self.config, self.rt("find", key))
        self.documents[key] = [dedup(one.model_dump(), self.config, self.rt("dedup", key)) for one in judged]

    def commit_pairs(self, key: str) -> None:
        """instruction_pairs: a pair for each document."""
        rt = self.rt("commit_pairs", key)
        shards = [self._pairs(shard, rt) for shard in self.documents[key]]
        ref = store_snapshot(self.objects, kind="pairs", dataset=DATASET, partition_key=key, shards=shards, funnel=[])
        record_snapshot(rt, "pairs", ref.key, ref.sha256, ref.row_count)
        rt.add_used([ref.sha256])

    def settle(self, key: str) -> None:
        """dataset_release, up to the rows that it releases."""
        rt = self.rt("settle", key)
        (row,) = self.lineage.fetch("snapshot_of_partition", dataset=DATASET, kind="pairs", partition_key=key)
        ref = settle.run(load_snapshot(self.objects, row["manifest_uri"])[1], self.config, rt)
        self.releases[key] = self.releases.get(key, 0) + (self.settled.get(key) != ref)
        self.settled[key] = ref

    def late(self, key: str) -> list[str]:
        """The last task of web_corpus: which partitions it has released again."""
        return late.run(self.config, self.rt("release_later", key))

    def refresh(self, key: str, shards: Sequence[Sequence[Page]]) -> list[str]:
        """All of one partition and then the releases that it touches, which are returned."""
        self.find(key, shards)
        self.commit_pairs(key)
        self.settle(key)
        touched = self.late(key)
        for other in touched:
            self.settle(other)
        return touched

    def released(self) -> dict[str, set[str]]:
        """The documents behind the rows of the present release of each partition."""
        return {key: {row["document_id"] for row in self.rows(ref)} for key, ref in self.settled.items()}

    def rows(self, ref: ManifestRef, part: Callable[[Any], Any] = lambda manifest: manifest.kept) -> list[Any]:
        """The kept rows of a snapshot, or those of another part of its shards."""
        shards = load_snapshot(self.objects, ref.key)[0].shards
        keys = [part(open_shard(self.objects, shard)).key for shard in shards]
        return [row for key in keys for row in read_rows(self.objects, key)]

    def _pairs(self, shard: ShardRef, rt: Runtime) -> ShardRef:
        rows = [
            {
                **row,
                "pair_id": content_id("pair", row["document_id"]),
                "instruction": self.asked.get(row["text"], row["document_id"]),
            }
            for row in read_rows(self.objects, open_shard(self.objects, shard).kept.key)
        ]
        return commit_stage(
            VERIFY,
            input_sha256=shard.sha256,
            inputs=[shard.model_dump()],
            config=Config(),
            rt=rt,
            outcomes=lambda: rows,
        )
