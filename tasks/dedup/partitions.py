"""What the other partitions of a dataset hold, as lineage knows it now.

Two kinds of snapshots decide what a release holds: `signatures`, which the task `find` of web_corpus commits, and
`settled`, which the task `settle` of dataset_release commits. A snapshot is committed when the run that made or found
it is recorded as having used it; both tasks do so in one place, `commit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.core.config import DedupConfig
from tasks.core.refs import ManifestRef, ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.dedup.index import Index, index_of
from tasks.storage.manifest import StageCounts, load_snapshot, store_snapshot
from tasks.storage.stage import record_snapshot

SIGNATURES, SETTLED = "signatures", "settled"
# The task that commits each kind: runs of other tasks may use an older one.
_TASKS = {SIGNATURES: "find", SETTLED: "settle"}


@dataclass(frozen=True)
class Partition:
    """The present signatures of one partition."""

    key: str
    manifest_sha256: str
    index: Index


def commit(kind: str, shards: Sequence[ShardRef], rt: Runtime, funnel: Sequence[StageCounts] = ()) -> ManifestRef:
    """Make `shards` the present snapshot of this run's partition."""
    run = rt.run
    ref = store_snapshot(
        rt.objects,
        kind=kind,
        dataset=run.dataset,
        partition_key=run.partition_key,
        shards=shards,
        funnel=[*funnel],
    )
    record_snapshot(rt, kind, ref.key, ref.sha256, ref.row_count)
    rt.add_used([ref.sha256])
    return ref


def present(kind: str, rt: Runtime) -> dict[str, Row]:
    """Return the present snapshot of each partition by its key, in the order of the keys."""
    rows = rt.lineage.fetch("current_snapshots", dataset=rt.run.dataset, kind=kind, task=_TASKS[kind])
    return {row["partition_key"]: row for row in sorted(rows, key=lambda row: str(row["partition_key"]))}


def earlier(rt: Runtime, before: str, config: DedupConfig) -> list[Partition]:
    """Return the partitions whose key is lower than `before`, lowest first, and record that this try used them.

    None where the specification does not compare with them.
    """
    found = []
    for key, row in present(SIGNATURES, rt).items() if config.earlier_partitions else ():
        if key < before:
            rt.add_used([row["manifest_sha256"]])
            found.append(Partition(key, row["manifest_sha256"], _index(row, rt)))
    return found


def _index(row: Row, rt: Runtime) -> Index:
    return index_of(load_snapshot(rt.objects, row["manifest_uri"])[0].shards, rt)
