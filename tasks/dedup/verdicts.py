"""From shared keys to verdicts: for each document at most one reason, and the document that it repeats."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np

from tasks.core.config import DedupConfig
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tasks.dedup.arrays import Array, Buckets, Records, bucket_count, open_array
from tasks.dedup.index import ID, MATCH, Index, index_of, ranks_of
from tasks.dedup.keys import NEAR, REASONS, TEXT, URL
from tasks.dedup.match import match
from tasks.dedup.partitions import Partition
from tasks.dedup.place import Ranks
from tasks.storage.shards import ShardFile

# [row of the shard, reason, what it repeats]
Verdict = tuple[int, str, str]
# Ids of documents, and what the one at a place of them repeats.
Repeated = tuple[Array, Callable[[int], str]]
_CANDIDATE = np.dtype([("position", "<i8"), ("kind", "u1"), ("partition", "<u4"), ("other", "<u4")])


@dataclass(frozen=True)
class _Witness:
    """Records that name duplicates, and the ids of the documents that they name."""

    records: ShardFile
    ids: ShardFile
    partition: str


def counted_kinds(config: DedupConfig) -> list[int]:
    """Return the kinds of keys that make a duplicate."""
    return [TEXT, *([URL] if config.url else []), *([NEAR] if config.near else [])]


def verdicts_of(
    signatures: Sequence[ShardRef], before: Sequence[Partition], config: DedupConfig, rt: Runtime
) -> Iterator[list[Verdict]]:
    """Yield the verdicts for each of `signatures`, in their order; a document without one stays.

    A document that shares keys of several kinds is called a duplicate of the first of text, address, near; of the
    lowest rank among those. Memory is bounded by one shard and a few blocks of records.
    """
    index = index_of(signatures, rt)
    witnesses = [_Witness(match(one.index, index, rt).records, one.index.ids, one.key) for one in before]
    witnesses.append(_Witness(index.within, index.ids, ""))
    ranks = ranks_of(signatures, rt)
    with ExitStack() as stack:
        ids = [stack.enter_context(open_array(rt.objects, one.ids, ID)) for one in witnesses]
        pending = _Pending(_chosen(witnesses, ranks, counted_kinds(config), rt))
        for start, end in zip(ranks.starts[:-1].tolist(), ranks.starts[1:].tolist(), strict=True):
            found = pending.until(end)
            names = np.empty(len(found), dtype=ID)
            for number, known in enumerate(ids):
                here = found["partition"] == number
                names[here] = known.take(found["other"][here])
            yield [
                (position - start, REASONS[kind], _told(name, witnesses[number].partition))
                for (position, kind, number, _), name in zip(found.tolist(), names, strict=True)
            ]


def repeated(later: Index, one: Partition, config: DedupConfig, rt: Runtime) -> Iterator[Repeated]:
    """Yield the ids of documents of `later` that share a key with an earlier partition.

    With each block comes a function that tells what the document at a place of it repeats.
    """
    kinds = counted_kinds(config)
    with ExitStack() as stack:
        files = ((match(one.index, later, rt).records, MATCH), (later.ids, ID), (one.index.ids, ID))
        records, ours, theirs = (stack.enter_context(open_array(rt.objects, file, dtype)) for file, dtype in files)
        for block in records.blocks():
            block = np.sort(block[np.isin(block["kind"], kinds)], order=["kind", "other", "rank"])
            yield ours.take(block["rank"]), partial(_nth, theirs, block["other"], one.key)


def id_bytes(document_id: str) -> bytes:
    """Return a document's id as the index holds it."""
    return UUID(document_id).bytes


def id_text(document_id: Any) -> str:
    """Return a document's id as it is written; numpy leaves zero bytes away at its end."""
    return str(UUID(bytes=bytes(document_id).ljust(16, bytes(1))))


def _nth(ids: Records, ranks: Array, partition: str, number: int) -> str:
    return _told(ids.take(ranks[number : number + 1])[0], partition)


def _told(document_id: Any, partition: str) -> str:
    return f"repeats document {id_text(document_id)}" + (f" of partition {partition}" if partition else "")


def _chosen(witnesses: list[_Witness], ranks: Ranks, kinds: list[int], rt: Runtime) -> Iterator[Array]:
    """Yield the candidate that counts of each document, in blocks in the order of positions."""
    count = bucket_count(sum(one.records.row_count for one in witnesses))
    size = -(-max(1, ranks.count) // count)
    with Buckets(_CANDIDATE, count, lambda block: block["position"] // size) as buckets:
        for number, one in enumerate(witnesses):
            with open_array(rt.objects, one.records, MATCH) as records:
                for block in records.blocks():
                    block = block[np.isin(block["kind"], kinds)]
                    found = np.empty(len(block), dtype=_CANDIDATE)
                    found["position"] = ranks.positions(block["rank"].astype(np.int64))
                    found["kind"], found["partition"], found["other"] = block["kind"], number, block["other"]
                    buckets.add(found)
        for block in buckets:
            block = block[np.lexsort((block["other"], block["partition"], block["kind"], block["position"]))]
            is_first = np.ones(len(block), dtype=bool)
            is_first[1:] = block["position"][1:] != block["position"][:-1]
            yield block[is_first]


class _Pending:
    """Hands out records in the order of positions, up to a position at a time."""

    def __init__(self, blocks: Iterator[Array]) -> None:
        self._blocks = blocks
        self._block = np.empty(0, dtype=_CANDIDATE)

    def until(self, end: int) -> Array:
        """Return the records that are left of those whose position is below `end`."""
        parts = []
        while True:
            cut = int(np.searchsorted(self._block["position"], end))
            parts.append(self._block[:cut])
            self._block = self._block[cut:]
            following = None if len(self._block) else next(self._blocks, None)
            if following is None:
                return np.concatenate(parts)
            self._block = following
