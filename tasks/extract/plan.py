"""How the files of a partition become shards: about the same number of bytes each, and never too many.

A slow file must not hold a run, and a thousand small ones must not be a thousand tasks. The order of names and
offsets is kept within and across shards: it is the rank by which a document is called a duplicate of an earlier one.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import islice, pairwise

from tasks.core.refs import SourceRef, SourceShard

# How much longer shards become where there would be too many of them.
_GROWTH = 1.25


def plan(
    files: Sequence[SourceRef],
    *,
    shard_bytes: int,
    max_shards: int,
    uncut: Container[str] = frozenset(),
    keep_source: bool = False,
) -> list[SourceShard]:
    """Return the shards of `files`, whole files in the order of their names: a function of its arguments alone.

    A file over `shard_bytes` is cut in equal pieces, unless its uri is in `uncut`; files and pieces are put together
    up to `shard_bytes`. Where that makes more than `max_shards` shards, they grow until it does not. All bytes of
    all files are in exactly one piece, and a file without bytes is a piece too.
    """
    target = shard_bytes
    while True:
        shards = list(islice(_grouped(_pieces(files, target, uncut), target), max_shards + 1))
        if len(shards) <= max_shards:
            return [SourceShard(pieces=tuple(shard), keep_source=keep_source) for shard in shards]
        target = max(target + 1, int(target * _GROWTH), sum(file.byte_count for file in files) // max_shards)


def _pieces(files: Sequence[SourceRef], target: int, uncut: Container[str]) -> Iterator[SourceRef]:
    for file in files:
        count = 1 if file.uri in uncut else max(1, -(-file.byte_count // target))
        if count == 1:
            yield file
            continue
        edges = (file.byte_count * number // count for number in range(count + 1))
        for start, end in pairwise(edges):
            # The last piece has no end: what was added to the file since it was listed is read too.
            yield file.model_copy(update={"start": start, "end": None if end == file.byte_count else end})


def _grouped(pieces: Iterator[SourceRef], target: int) -> Iterator[list[SourceRef]]:
    """Yield pieces in order, as many together as fit; one that is too large alone is a shard of its own."""
    shard: list[SourceRef] = []
    held = 0
    for piece in pieces:
        if shard and held + piece.span > target:
            yield shard
            shard, held = [], 0
        shard.append(piece)
        held += piece.span
    if shard:
        yield shard
