"""Stage: drops documents whose text repeats an earlier one. A barrier: it needs all shards of the partition.

Earlier is by rank: the order of the shards, then the order of the rows. So the same documents are dropped
however many tasks made the shards and in whatever order they finished.
"""

import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from hashlib import blake2b

from tasks.core.config import DedupConfig
from tasks.core.ids import digest_of
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.storage.manifest import open_shard
from tasks.storage.shards import ShardFile, read_shard
from tasks.storage.stage import commit_stage

VERSION = 1
STAGE = Stage("dedup", VERSION, reads=DOCUMENT, writes=DOCUMENT)
DIGEST_BYTES = 16  # at 10^9 documents the chance of a single false match is about 10^-21


def run(shards: Sequence[ShardRef], config: DedupConfig, rt: Runtime) -> list[ShardRef]:
    """Return one shard for each of `shards`, in order, without the documents that repeat one of lower rank.

    What is dropped from a shard depends on all shards before it, so its key is made from all of them: a change
    anywhere gives new keys.
    """
    sources = [open_shard(rt.objects, shard) for shard in shards]
    firsts = _Firsts(rt, [source.kept for source in sources])
    everything = [shard.sha256 for shard in shards]
    return [
        commit_stage(
            STAGE,
            input_sha256=digest_of([*everything, rank, shard.sha256]),
            inputs=[shard.model_dump()],
            config=config,
            rt=rt,
            outcomes=partial(firsts.outcomes, rank),
            expected=source.kept.row_count,
        )
        for rank, (shard, source) in enumerate(zip(shards, sources, strict=True))
    ]


def text_key(text: str) -> bytes:
    """Return the digest under which texts are the same: compatibility forms, case and white space do not count."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


class _Firsts:
    """Where each text occurs first. Reads the shards on the first question only: finished work asks none."""

    def __init__(self, rt: Runtime, files: list[ShardFile]) -> None:
        self._rt = rt
        self._files = files

    def outcomes(self, rank: int) -> Iterator[Outcome]:
        """Yield the rows of the shard at `rank`, kept or rejected."""
        starts, first_of, ids = self._index
        for number, row in enumerate(read_shard(self._rt.objects, self._files[rank]), start=starts[rank]):
            first = first_of[text_key(row["text"])]
            if first == number:
                yield row
            else:
                yield Rejected(
                    row,
                    "duplicate_text",
                    f"repeats document {uuid.UUID(bytes=bytes(ids[16 * first : 16 * first + 16]))}",
                )

    @cached_property
    def _index(self) -> tuple[list[int], dict[bytes, int], bytearray]:
        """Return (number of each shard's first row, first row of each text, 16 bytes of document id for each row)."""
        starts: list[int] = []
        first_of: dict[bytes, int] = {}
        ids = bytearray()
        for file in self._files:
            starts.append(len(ids) // 16)
            for row in read_shard(self._rt.objects, file, columns=["document_id", "text"]):
                first_of.setdefault(text_key(row["text"]), len(ids) // 16)
                ids += uuid.UUID(row["document_id"]).bytes
        return starts, first_of, ids
