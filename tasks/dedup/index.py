"""The index of a partition: its keys, sorted, each with the lowest rank that has it. Made once, by content.

A document that shares a key with one of lower rank is a duplicate. So of each key only the lowest rank matters to
others, within the partition and to all later ones, and the index is one sorted list without repetitions.

Size: at most 16 keys of 8 + 4 bytes and an id of 16 bytes, 208 bytes a document: 21 GB for 10^8 documents, and as much
of local disk while it is made or read. Time, measured on one core: 4.9 CPU seconds to make the index of a million
documents (16 million keys), which are distributed over files of a million and sorted one file after the other; 0.6 to
compare it with another one, two sorted lists side by side. So a month of 10^7 documents costs a minute, and, with 10^8
documents of history, another one to compare, beside the reading of 20 GB; each two partitions are compared once. Memory
is that of a few million records, 110 MB, at any number.

Where the next engine takes over: beyond about 10^9 documents of history each new partition has 200 GB to read, and what
one task does in order should be done by many. The signature shards are what such an engine starts from (a sort by key
in Spark, or datatrove's MinHash buckets, which are the same 14 bands of 8), and the verdicts of `find` are what it
hands back; nothing else needs to change.
"""

import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from tasks.core.ids import canonical_json, digest_of
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tasks.dedup.arrays import Array, ArrayWriter, Buckets, bucket_count, open_checked, upload_file
from tasks.dedup.keys import NO_KEY, SLOTS, kinds_of
from tasks.dedup.place import Ranks, Run
from tasks.dedup.sign import SIGN_VERSION, current, runs_of
from tasks.storage.manifest import open_shard
from tasks.storage.shards import ShardFile

INDEX_VERSION = 1
KEY, RANK, ID = np.dtype("<u8"), np.dtype("<u4"), np.dtype("S16")
# A document shares a key of this kind with another one of lower rank.
MATCH = np.dtype([("rank", "<u4"), ("other", "<u4"), ("kind", "u1")])
_ENTRY = np.dtype([("key", "<u8"), ("rank", "<u4")])
_ROWS = 1 << 16


class Index(BaseModel):
    """What is known of the keys of a partition. `prefix` names it: a function of its signature shards alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: int = 1
    prefix: str
    row_count: int
    keys: ShardFile
    ranks: ShardFile
    ids: ShardFile
    within: ShardFile


def ranks_of(shards: Sequence[ShardRef], rt: Runtime) -> Ranks:
    """Return the ranks of the documents behind these signature shards."""
    by_name = {shard.sha256: shard for shard in shards}

    def places(run: Run) -> tuple[Array, Array]:
        with open_checked(rt.objects, open_shard(rt.objects, by_name[run.shard]).kept) as source:
            table = pq.read_table(source, columns=["major", "minor"]).slice(run.row, run.size)
        return table.column("major").to_numpy(), table.column("minor").to_numpy()

    return Ranks.of([(shard.sha256, runs_of(shard, rt)) for shard in shards], places)


def index_of(signatures: Sequence[ShardRef], rt: Runtime) -> Index:
    """Return the index of a partition with these signature shards, made or found. Their order does not matter."""
    shards = sorted(signatures, key=lambda shard: shard.sha256)
    digest = digest_of([INDEX_VERSION, SIGN_VERSION, [shard.sha256 for shard in shards]])
    prefix = f"stages/signature_index/{digest}"
    found = _find(prefix, rt)
    if found is None:
        with rt.lineage.lock("signature_index", prefix):
            found = _find(prefix, rt) or _make([current(shard, rt) for shard in shards], prefix, rt)
    return found


def _find(prefix: str, rt: Runtime) -> Index | None:
    try:
        return Index.model_validate_json(rt.objects.get(f"{prefix}/manifest.json"))
    except KeyError:
        return None


def _make(shards: list[ShardRef], prefix: str, rt: Runtime) -> Index:
    ranks = ranks_of(shards, rt)
    count = bucket_count(ranks.count * SLOTS)
    with (
        Buckets(_ENTRY, count, lambda entries: _range_of(entries["key"], count)) as buckets,
        ArrayWriter(KEY) as keys,
        ArrayWriter(RANK) as lowest,
        ArrayWriter(MATCH) as within,
    ):
        ids = _distribute(shards, ranks, buckets, prefix, rt)
        for entries in buckets:
            entries = entries[np.lexsort((entries["rank"], entries["key"]))]
            is_first = np.ones(len(entries), dtype=bool)
            is_first[1:] = entries["key"][1:] != entries["key"][:-1]
            firsts = entries[is_first]
            keys.write(firsts["key"])
            lowest.write(firsts["rank"])
            others = firsts["rank"][np.cumsum(is_first) - 1]
            within.write(matches(entries["rank"][~is_first], others[~is_first], entries["key"][~is_first]))
        made = Index(
            prefix=prefix,
            row_count=ranks.count,
            keys=keys.upload(rt.objects, f"{prefix}/keys.bin"),
            ranks=lowest.upload(rt.objects, f"{prefix}/ranks.bin"),
            ids=ids,
            within=within.upload(rt.objects, f"{prefix}/within.bin"),
        )
    data = (canonical_json(made.model_dump()) + "\n").encode()
    rt.objects.put(f"{prefix}/manifest.json", data, content_type="application/json")
    return made


def matches(ranks: Array, others: Array, keys: Array) -> Array:
    """Return the records that say which rank shares which kind of key with which other one."""
    found = np.empty(len(ranks), dtype=MATCH)
    found["rank"], found["other"], found["kind"] = ranks, others, kinds_of(keys)
    return found


def _range_of(keys: Array, count: int) -> Array:
    """Return which of `count` equal ranges of all keys each key is in."""
    numbers: Array = ((keys >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32)
    return numbers


def _joined(column: Any) -> bytes:
    """Return the values of a column, one behind the other; none of them is null."""
    width: int = column.type.byte_width
    return bytes(column.buffers()[1].slice(column.offset * width, len(column) * width))


def _distribute(shards: list[ShardRef], ranks: Ranks, buckets: Buckets, prefix: str, rt: Runtime) -> ShardFile:
    """Put every key into its bucket; store the ids of the documents in the order of their ranks."""
    with tempfile.NamedTemporaryFile(prefix="backforth-") as local:
        local.truncate(ranks.count * ID.itemsize)
        for number, shard in enumerate(shards):
            position = int(ranks.starts[number])
            with open_checked(rt.objects, open_shard(rt.objects, shard).kept) as source:
                for batch in pq.ParquetFile(source).iter_batches(batch_size=_ROWS):
                    rows = ranks.ranks(np.arange(position, position + len(batch), dtype=np.int64))
                    position += len(batch)
                    # Mapped for this batch alone, so that what was written does not count as memory.
                    np.memmap(local.name, dtype=ID, mode="r+")[rows] = np.frombuffer(
                        _joined(batch.column("document_id")), dtype=ID
                    )
                    entries = np.empty(len(batch) * SLOTS, dtype=_ENTRY)
                    entries["key"] = np.frombuffer(_joined(batch.column("keys")), dtype=KEY)
                    entries["rank"] = np.repeat(rows.astype(RANK), SLOTS)
                    buckets.add(entries[entries["key"] != NO_KEY])
        return upload_file(rt.objects, f"{prefix}/ids.bin", local.name, ranks.count)
