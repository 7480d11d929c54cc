"""Stage: the binding decision. Takes out of the pairs of a partition what repeats an earlier partition now.

What a release holds is a function of its pairs and of the present signatures of all earlier partitions. When documents
were made, fewer of those may have been there; what they kept too much is dropped here. So every order in which
partitions arrive ends in the same rows. Of the pairs that are left, one for each instruction stays (instructions.py).

That holds while earlier partitions gain documents. Where one is made anew with fewer (a stricter filter), a document
that repeated what is gone has no pair: run the corpus of the later partitions again, and it comes back. So does a pair
that `clean` dropped in favour of one that is dropped here: it sees one shard, before anything is settled.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from tasks.core.config import Config, DedupConfig
from tasks.core.ids import digest_of
from tasks.core.records import VERIFIED
from tasks.core.refs import ManifestRef, ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.dedup import sign
from tasks.dedup.arrays import Array
from tasks.dedup.index import ID, Index, index_of
from tasks.dedup.instructions import same_instructions
from tasks.dedup.partitions import SETTLED, Partition, commit, earlier
from tasks.dedup.verdicts import id_bytes, id_text, repeated
from tasks.storage.manifest import chain, funnel, load_snapshot, open_shard
from tasks.storage.shards import read_shard
from tasks.storage.stage import KeptRows, commit_stage, stage_prefix

REASON = "duplicate_of_earlier_partition"
SAME_INSTRUCTION = "duplicate_instruction"
STAGE = Stage("settle", 1, reads=VERIFIED, writes=VERIFIED)


def run(pairs: ManifestRef, config: DedupConfig, rt: Runtime) -> ManifestRef:
    """Return the snapshot of the pairs that may be released, recorded as the present one of the partition.

    The signatures are looked at again after that record: a partition that committed its own in between would
    neither have been seen here nor have seen this (see late.py). It is repeated until nothing has changed.
    """
    snapshot, _ = load_snapshot(rt.objects, pairs.key)
    before = earlier(rt, pairs.partition_key, config)
    while True:
        plan = Plan.of(snapshot.shards, before, config, rt)
        settled = plan.carried_out(rt)
        ref = commit(SETTLED, settled, rt, funnel(rt.objects, settled) if plan.repeats else snapshot.funnel)
        rt.set_metrics({"read": pairs.row_count, "kept": ref.row_count, "partitions": len(before)})
        now = earlier(rt, pairs.partition_key, config)
        if now == before:
            return ref
        before = now


@dataclass(frozen=True)
class Plan:
    """What becomes of the shards of a snapshot of pairs: `drops` names, for each, the documents and pairs that go.

    `repeats` says why: the reason and the detail of each.
    """

    shards: list[ShardRef]
    drops: list[list[str]]
    repeats: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, shards: list[ShardRef], before: Sequence[Partition], config: DedupConfig, rt: Runtime) -> "Plan":
        """Look for the documents of `shards` that share a key with an earlier partition, then for equal instructions.

        Memory: about a hundred bytes for each pair, and what is dropped.
        """
        documents = [_ids_in(shard, "document_id", rt) for shard in shards]
        wanted = np.unique(np.concatenate([np.empty(0, dtype=ID), *documents]))
        repeats: dict[str, tuple[str, str]] = {}
        if before and len(wanted):
            index = _index_behind(shards, rt)
            for one in before:
                for found, told in repeated(index, one, config, rt):
                    for number in np.flatnonzero(np.isin(found, wanted)).tolist():
                        repeats.setdefault(id_text(found[number]), (REASON, told(number)))
        drops = _those_of(documents, repeats)
        if same := same_instructions(shards, repeats, rt):
            pairs = [_ids_in(shard, "pair_id", rt) for shard in shards]
            drops = [one + more for one, more in zip(drops, _those_of(pairs, same), strict=True)]
            repeats |= {pair: (SAME_INSTRUCTION, f"asks what pair {first} asks") for pair, first in same.items()}
        return cls(shards, drops, repeats)

    def keys(self) -> list[str]:
        """Return the keys of the shards that come of it, without making them."""
        if not self.repeats:
            return [shard.key for shard in self.shards]
        return [f"{stage_prefix(STAGE, digest, Config())}/manifest.json" for digest in self._inputs()]

    def carried_out(self, rt: Runtime) -> list[ShardRef]:
        """Return the shards without what has to go; where nothing has, the shards of pairs as they are."""
        if not self.repeats:
            return self.shards
        made = []
        for shard, digest in zip(self.shards, self._inputs(), strict=True):
            source = open_shard(rt.objects, shard)
            made.append(
                commit_stage(
                    STAGE,
                    input_sha256=digest,
                    inputs=[shard.model_dump()],
                    config=Config(),
                    rt=rt,
                    outcomes=partial(_outcomes, KeptRows(rt.objects, source.kept), self.repeats),
                    expected=source.kept.row_count,
                )
            )
        return made

    def _inputs(self) -> list[str]:
        """Return what the key of each shard is made from: which documents and pairs go, not what they repeat.

        So a partition that gives nothing but another name for the same repeat makes no new release. The detail of a
        reject names the document that was known when it was first dropped.
        """
        return [digest_of([shard.sha256, drops]) for shard, drops in zip(self.shards, self.drops, strict=True)]


def _ids_in(shard: ShardRef, column: str, rt: Runtime) -> Array:
    rows = read_shard(rt.objects, open_shard(rt.objects, shard).kept, [column])
    return np.array([id_bytes(row[column]) for row in rows], dtype=ID)


def _those_of(parts: Sequence[Array], ids: Iterable[str]) -> list[list[str]]:
    """Return, for each part, which of `ids` it has, in order."""
    wanted = np.array([id_bytes(name) for name in ids], dtype=ID)
    return [sorted({id_text(one) for one in part[np.isin(part, wanted)]}) for part in parts]


def _index_behind(shards: list[ShardRef], rt: Runtime) -> Index:
    """Return the index of the documents that the pairs were made of, found through the manifests behind them.

    Not the partition's present one: its corpus may have been refreshed while the pairs were made.
    """
    signed: dict[str, ShardRef] = {}
    for shard in shards:
        for manifest in chain(rt.objects, shard):
            if manifest.stage == "dedup":
                documents = ShardRef.model_validate(manifest.inputs[0])
                signed.setdefault(documents.key, documents)
    return index_of([sign.run(documents, Config(), rt) for documents in signed.values()], rt)


def _outcomes(rows: Iterable[Row], repeats: dict[str, tuple[str, str]]) -> Iterator[Outcome]:
    for row in rows:
        found = repeats.get(row["document_id"]) or repeats.get(row["pair_id"])
        yield Rejected(row, *found) if found else row
