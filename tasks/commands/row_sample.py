"""Some rows of some shards, chosen by chance: the same for the same random numbers."""

import random
from collections.abc import Iterator, Sequence

from tasks.core.refs import ShardRef
from tasks.core.runtime import ObjectStore, Row
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_shard

# Shards that are read, however many there are.
MAX_SHARDS = 16


def sample_rows(
    objects: ObjectStore, shards: Sequence[ShardRef], size: int, rng: random.Random, *, columns: list[str] | None = None
) -> Iterator[Row]:
    """Yield `size` of the kept rows of `shards`, or all where there are fewer, in the order of the shards."""
    filled = [shard for shard in shards if shard.row_count]
    chosen = rng.sample(filled, min(MAX_SHARDS, len(filled)))
    total = sum(shard.row_count for shard in chosen)
    wanted = set(rng.sample(range(total), min(size, total)))
    start = 0
    for shard in chosen:
        if wanted.intersection(range(start, start + shard.row_count)):
            for number, row in enumerate(read_shard(objects, open_shard(objects, shard).kept, columns), start):
                if number in wanted:
                    yield row
        start += shard.row_count
