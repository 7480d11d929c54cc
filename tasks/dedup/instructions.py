"""Which pairs of a release ask the same as one of lower rank: the same words, whatever their case and white space.

Stages that see one shard cannot know. The rank is that of the documents (source, offset), so neither the order of
shards nor that of rows makes a difference. Nearness is left to those stages: it costs more than it finds here.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain

import numpy as np

from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.dedup.arrays import Array
from tasks.dedup.keys import text_form
from tasks.dedup.minhash import fold
from tasks.dedup.place import place_of
from tasks.dedup.verdicts import id_bytes, id_text
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_shard

COLUMNS = ["pair_id", "document_id", "instruction", "source_uri", "locator"]
_ASKED = np.dtype([("asked", "S16"), ("source", "<u4"), ("major", "<i8"), ("minor", "<i8"), ("pair", "S16")])


def same_instructions(shards: Sequence[ShardRef], gone: Iterable[str], rt: Runtime) -> dict[str, str]:
    """Return the ids of pairs that repeat an instruction, each with the id of the pair that stays.

    Pairs of the documents `gone` do not count. Memory: 52 bytes for each pair, and as much again while they are sorted.
    """
    without = frozenset(gone)
    rows = chain.from_iterable(read_shard(rt.objects, open_shard(rt.objects, one).kept, COLUMNS) for one in shards)
    sources: dict[str, int] = {}
    asked = np.fromiter(_asked(rows, without, sources), dtype=_ASKED)
    rank_of = np.empty(len(sources), dtype="<u4")
    rank_of[[sources[name] for name in sorted(sources)]] = np.arange(len(sources))
    asked["source"] = rank_of[asked["source"]]
    asked = asked[np.lexsort([asked[name] for name in reversed(_ASKED.names or ())])]
    is_first = np.ones(len(asked), dtype=bool)
    is_first[1:] = asked["asked"][1:] != asked["asked"][:-1]
    firsts: Array = asked["pair"][is_first][np.cumsum(is_first) - 1]
    dropped = zip(asked["pair"][~is_first], firsts[~is_first], strict=True)
    return {id_text(pair): id_text(first) for pair, first in dropped}


def _asked(rows: Iterable[Row], without: frozenset[str], sources: dict[str, int]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        if row["document_id"] not in without:
            form = text_form(fold(row["instruction"])).encode("utf-8", "surrogatepass")
            source = sources.setdefault(row["source_uri"] or "", len(sources))
            yield blake2b(form, digest_size=16).digest(), source, *place_of(row["locator"]), id_bytes(row["pair_id"])
