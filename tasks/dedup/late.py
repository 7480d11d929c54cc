"""Which later partitions have to be released again after this one has committed its signatures.

A release of partition K holds what K's pairs are without those that repeat the present signatures of any earlier J.
Whatever the interleaving, one of the two sees the other, since every read of the lineage store sees all that was
committed before it began:

- `find` of J commits J's signatures, then this task of the same run reads K's present settled pairs.
- `settle` of K commits its settled pairs, then reads the present signatures again, and starts anew if they changed.

If this task did not see what `settle` committed, it read before that commit; J's signatures were committed earlier
still, so the second read of `settle` sees them. Where K has pairs and nothing settled yet, its release is still to come
or is being settled now, and the same holds; where this task does not see K's pairs either, all the more.

Of two settled snapshots of a partition the one of the run that started later is the present one, both here and where a
release gets its version (tasks/publish/release.py): what was overtaken gets none, and cannot become the latest.
"""

from tasks.core.config import DedupConfig
from tasks.core.runtime import Row, Runtime
from tasks.dedup.partitions import SETTLED, earlier, present
from tasks.dedup.settle import Plan
from tasks.storage.manifest import load_snapshot

PAIRS = "pairs"


def run(config: DedupConfig, rt: Runtime) -> list[str]:
    """Return the keys of the later partitions whose next release would hold other rows than their last one.

    Those without pairs need none: they are settled when they have some.
    """
    if not config.earlier_partitions:
        return []
    settled = present(SETTLED, rt)
    pairs = rt.lineage.fetch("newest_snapshots", dataset=rt.run.dataset, kind=PAIRS, after=rt.run.partition_key)
    touched = [row["partition_key"] for row in pairs if _is_touched(row, settled.get(row["partition_key"]), config, rt)]
    rt.set_metrics({"partitions": len(pairs), "touched": len(touched)})
    return touched


def _is_touched(pairs: Row, settled: Row | None, config: DedupConfig, rt: Runtime) -> bool:
    shards = load_snapshot(rt.objects, pairs["manifest_uri"])[0].shards
    plan = Plan.of(shards, earlier(rt, pairs["partition_key"], config), config, rt)
    known = load_snapshot(rt.objects, settled["manifest_uri"])[0].shards if settled else shards
    return plan.keys() != [shard.key for shard in known]
