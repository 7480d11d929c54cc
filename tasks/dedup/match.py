"""Which documents of a partition share a key with one of an earlier partition. Made once for each two indexes."""

from contextlib import ExitStack

import numpy as np
from pydantic import BaseModel, ConfigDict

from tasks.core.ids import canonical_json, digest_of
from tasks.core.runtime import Runtime
from tasks.dedup.arrays import Array, ArrayWriter, Records, bucket_count, open_array
from tasks.dedup.index import KEY, MATCH, RANK, Index, matches
from tasks.storage.shards import ShardFile

MATCH_VERSION = 1


class Match(BaseModel):
    """The documents of the later partition that share a key with the earlier one, as MATCH records.

    `rank` is of the later partition, `other` of the earlier one. Only the lowest rank of each key in the later
    partition is named: the others repeat that one already.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: int = 1
    records: ShardFile


def match(earlier: Index, later: Index, rt: Runtime) -> Match:
    """Compare two indexes, or find the result. A pure function of the two."""
    prefix = f"stages/signature_match/{digest_of([MATCH_VERSION, earlier.prefix, later.prefix])}"
    found = _find(prefix, rt)
    if found is None:
        with rt.lineage.lock("signature_match", prefix):
            found = _find(prefix, rt) or _make(earlier, later, prefix, rt)
    return found


def _find(prefix: str, rt: Runtime) -> Match | None:
    try:
        return Match.model_validate_json(rt.objects.get(f"{prefix}/manifest.json"))
    except KeyError:
        return None


def _make(earlier: Index, later: Index, prefix: str, rt: Runtime) -> Match:
    with ExitStack() as stack:
        files = ((earlier.keys, KEY), (earlier.ranks, RANK), (later.keys, KEY), (later.ranks, RANK))
        arrays = [stack.enter_context(open_array(rt.objects, file, dtype)) for file, dtype in files]
        writer = stack.enter_context(ArrayWriter(MATCH))
        # Equal ranges of all possible keys: keys are digests, so each holds about as many of them.
        ranges = bucket_count(max(len(arrays[0]), len(arrays[2])))
        bounds = [(number << 64) // ranges for number in range(1, ranges)]
        before = (0, 0)
        for bound in [*bounds, None]:
            after = (_place(arrays[0], bound), _place(arrays[2], bound))
            theirs = [array.block(before[0], after[0]) for array in arrays[:2]]
            ours = [array.block(before[1], after[1]) for array in arrays[2:]]
            writer.write(_shared(*theirs, *ours))
            before = after
        made = Match(records=writer.upload(rt.objects, f"{prefix}/records.bin"))
    data = (canonical_json(made.model_dump()) + "\n").encode()
    rt.objects.put(f"{prefix}/manifest.json", data, content_type="application/json")
    return made


def _place(keys: Records, bound: int | None) -> int:
    return len(keys) if bound is None else keys.place_of(np.uint64(bound))


def _shared(their_keys: Array, their_ranks: Array, keys: Array, ranks: Array) -> Array:
    if not len(their_keys):
        return np.empty(0, dtype=MATCH)
    place = np.minimum(np.searchsorted(their_keys, keys), len(their_keys) - 1)
    hit = their_keys[place] == keys
    return matches(ranks[hit], their_ranks[place[hit]], keys[hit])
