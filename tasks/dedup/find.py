"""Which documents of a partition repeat one of lower rank, as far as is known now. A barrier: it needs all shards.

The rule is about filtered documents, kept or dropped: a document is a duplicate when any of lower rank (partition,
source, offset) is near it. Nobody has to know what became of that one, so neither the order of shards and runs nor
chains (A near B, B near C, A not near C) make a difference.

Nothing is waited for. What an earlier partition adds later is found when the release is put together (settle.py), and
the releases that it touches are made again (late.py): what is found here spares the work of the model half.
"""

from collections.abc import Iterator, Sequence

from tasks.core.config import DedupConfig
from tasks.core.ids import canonical_json, sha256_bytes
from tasks.core.refs import Ref, ShardRef
from tasks.core.runtime import Runtime
from tasks.dedup.partitions import SIGNATURES, commit, earlier
from tasks.dedup.sign import signed_shard
from tasks.dedup.verdicts import Verdict, verdicts_of


class Judged(Ref):
    """A shard of documents and the object that says which of its rows are duplicates: JSON, named by its digest."""

    shard: ShardRef
    verdicts_key: str
    verdicts_sha256: str


def run(signatures: Sequence[ShardRef], config: DedupConfig, rt: Runtime) -> list[Judged]:
    """Commit the signatures of this partition; return its shards of documents with their verdicts, in order."""
    ref = commit(SIGNATURES, signatures, rt)
    before = earlier(rt, rt.run.partition_key, config)
    judged, duplicates = [], 0
    for one, found in judge(signatures, verdicts_of(signatures, before, config, rt), rt):
        judged.append(one)
        duplicates += len(found)
    counts = {"read": ref.row_count, "kept": ref.row_count - duplicates, "rejected": duplicates}
    rt.set_metrics({**counts, "partitions": len(before)})
    return judged


def judge(
    signatures: Sequence[ShardRef], verdicts: Iterator[list[Verdict]], rt: Runtime
) -> Iterator[tuple[Judged, list[Verdict]]]:
    """Store the verdicts about each shard. The same verdicts are the same object, whoever they were found by."""
    for signature, found in zip(signatures, verdicts, strict=True):
        data = (canonical_json(found) + "\n").encode()
        sha256 = sha256_bytes(data)
        key = f"stages/dedup_verdicts/{sha256}.json"
        rt.objects.put(key, data, content_type="application/json")
        yield Judged(shard=signed_shard(signature, rt), verdicts_key=key, verdicts_sha256=sha256), found
