"""Documents made by hand: shards of them in a store, and what the rule says of them, worked out one by one."""

import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.core.config import Config
from tasks.core.ids import canonical_json
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import RunContext, Runtime
from tasks.core.stage import Stage
from tasks.dedup.keys import NO_KEY, Signer
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tasks.storage.stage import commit_stage
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

FILTERS = Stage("filters", 1, reads=DOCUMENT, writes=DOCUMENT)


@dataclass(frozen=True)
class Page:
    """A document at a place of a source."""

    text: str
    source: str = "a.warc.gz"
    offset: int = 0
    url: str | None = None
    record: str | None = None

    @property
    def document_id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.source} {self.offset} {self.text}"))

    def row(self) -> dict[str, Any]:
        """The row of a shard of documents."""
        return {
            "document_id": self.document_id,
            "source_record_id": self.record or self.document_id,
            "source_uri": self.source,
            "locator": canonical_json({"offset": self.offset, "length": 1}),
            "target_uri": self.url,
            "text": self.text,
        }


def pages(texts: Iterable[str], source: str = "a.warc.gz", **more: Any) -> list[Page]:
    """Pages of one source, one after the other."""
    return [Page(text, source, 100 * number, **more) for number, text in enumerate(texts)]


def prose(seed: int, words: int = 200) -> list[str]:
    """Words that no other seed has in this order."""
    source = random.Random(seed)
    return ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) for _ in range(words)]


def changed(words: Sequence[str], count: int, seed: int) -> list[str]:
    """The same words with `count` of them, evenly spread, replaced: each takes five 5-grams with it."""
    out = list(words)
    for number, word in enumerate(prose(seed, count)):
        out[(2 * number + 1) * len(words) // (2 * count)] = word
    return out


def are_near(one: str, other: str) -> bool:
    """Whether two texts share a key."""
    signer = Signer()
    return bool({*signer.keys(one, None).tolist()} & {*signer.keys(other, None).tolist()} - {NO_KEY})


def chain(seed: int) -> list[str]:
    """Three texts A, B, C: A is near B, B near C, and A is not near C. Found by trying, always the same ones."""
    for attempt in range(100):
        a, new = prose(seed), prose(1_000 * seed + attempt + 7, 44)
        b = [*new[:22], *a[22:]]
        c = [*b[:-22], *new[22:]]
        texts = [" ".join(words) for words in (a, b, c)]
        if are_near(texts[0], texts[1]) and are_near(texts[1], texts[2]) and not are_near(texts[0], texts[2]):
            return texts
    raise AssertionError(f"no chain from seed {seed}")


def runtime(lineage: Any = None, objects: Any = None, **run: Any) -> Runtime:
    """A runtime over fakes."""
    context = {"run_id": "r1", "job": "web_corpus.find", "dataset": "test", "partition_key": "2026-01"}
    return Runtime(
        objects=objects if objects is not None else MemoryObjects(),
        lineage=lineage if lineage is not None else RecordingLineage(),
        run=RunContext(**{**context, **run}),
    )


def shard_of(rt: Runtime, documents: Sequence[Page]) -> ShardRef:
    """Commit a shard as the filters do."""
    rows = [page.row() for page in documents]
    name = canonical_json([row["document_id"] for row in rows])
    return commit_stage(FILTERS, input_sha256=name, inputs=[], config=Config(), rt=rt, outcomes=lambda: rows)


def kept(rt: Runtime, ref: ShardRef) -> list[str]:
    """The texts that a shard keeps."""
    return [row["text"] for row in read_rows(rt.objects, open_shard(rt.objects, ref).kept.key)]


def rejects(rt: Runtime, ref: ShardRef) -> list[tuple[str, str, str]]:
    """(text, reason, detail) of what a shard dropped."""
    rows = read_rows(rt.objects, open_shard(rt.objects, ref).rejected.key)
    return [(row["text"], row["reason"], row["detail"]) for row in rows]


def firsts(partitions: dict[str, list[Page]]) -> dict[str, set[str]]:
    """The ids of the documents that stay, by the rule: none of lower rank, kept or dropped, shares a key."""
    signer = Signer()
    seen: set[int] = set()
    stay: dict[str, set[str]] = {key: set() for key in partitions}
    for key in sorted(partitions):
        for page in sorted(partitions[key], key=lambda page: (page.source, page.offset)):
            keys = {value for value in signer.keys(page.text, page.url).tolist() if value != NO_KEY}
            if not keys & seen:
                stay[key].add(page.document_id)
            seen |= keys
    return stay
