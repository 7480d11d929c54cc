"""Some documents of a partition, chosen by chance and the same each time, and how many there are in all.

They come from the newest commit of the partition's documents. Where there is none, some records of its source files
go through extraction and filters as in the Dag, in a temporary folder: nothing is written to a store.
"""

import math
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tasks.commands.row_sample import sample_rows
from tasks.commands.scratch import scratch_runtime
from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.core.refs import SourceRef, SourceShard, shown
from tasks.core.runtime import LineageStore, ObjectStore
from tasks.core.source_config import RECORD_KINDS
from tasks.extract import run as extract
from tasks.extract.fetch import bytes_at
from tasks.extract.readers import read_source
from tasks.extract.records import Locator, SourceRecord
from tasks.extract.sources import list_sources
from tasks.filters import run as filters
from tasks.storage.manifest import load_snapshot, open_shard
from tasks.storage.objects import FolderObjects
from tasks.storage.shards import read_shard

# Files of the corpus that are read for a sample, whatever the size of the partition.
MAX_FILES = 3
# Of a normal distribution: 95 of 100 means lie within so many standard errors.
Z95 = 1.96

Advance = Callable[[], None]


@dataclass(frozen=True)
class DocumentSample:
    """`texts` are of documents; `count` is how many the partition has, between `low` and `high` where it is a guess."""

    origin: str
    texts: list[str]
    count: float
    low: float
    high: float
    is_committed: bool


def sample_documents(
    spec: DatasetSpec,
    partition_key: str,
    size: int,
    *,
    objects: ObjectStore,
    lineage: LineageStore,
    open_source: Callable[[str], ObjectStore],
    advance: Advance,
) -> DocumentSample:
    """Return about `size` documents (or the documents of `size` records); raise ConfigError when there are none."""
    rng = random.Random(f"{spec.seed} {partition_key} {size}")
    found = lineage.fetch("snapshot_of_partition", dataset=spec.name, kind="documents", partition_key=partition_key)
    if found:
        return _from_snapshot(str(found[0]["manifest_uri"]), size, objects, rng, advance)
    return _from_sources(spec, partition_key, size, open_source, rng, advance)


def _from_snapshot(key: str, size: int, objects: ObjectStore, rng: random.Random, advance: Advance) -> DocumentSample:
    manifest, _ = load_snapshot(objects, key)
    shards = [shard for shard in manifest.shards if shard.row_count]
    if not shards:
        raise ConfigError(f"{key}: the partition's documents are committed, and there are none: nothing will be asked")
    rows = sample_rows(objects, shards, size, rng, columns=["text"])
    texts = []
    for row in rows:
        texts.append(row["text"])
        advance()
    origin = f"{len(texts)} of the {manifest.row_count} committed documents"
    count = float(manifest.row_count)
    return DocumentSample(origin, texts, count, count, count, is_committed=True)


@dataclass(frozen=True)
class _Record:
    source: SourceRef
    number: int  # in the order of its file
    locator: Locator
    is_usable: bool


def _from_sources(
    spec: DatasetSpec,
    partition_key: str,
    size: int,
    open_source: Callable[[str], ObjectStore],
    rng: random.Random,
    advance: Advance,
) -> DocumentSample:
    root = spec.source.root(partition_key)
    store = open_source(root)
    files = [file for file in list_sources(spec.source, partition_key, open_source, seed=spec.seed) if file.byte_count]
    if not files:
        raise ConfigError(
            f"partition {partition_key} of {spec.name}: nothing is committed, and no files lie below {shown(root)} "
            f"that match {spec.source.paths or spec.source.pattern}"
        )
    chosen = rng.sample(files, min(MAX_FILES, len(files)))
    with tempfile.TemporaryDirectory(prefix="backforth-") as name:
        folder = Path(name)
        records, seen = _choose(chosen, size, store, spec, folder, rng)
        counts, texts = _documents(records, spec, folder, advance)
    share = statistics.fmean(counts) if counts else 0.0
    if not texts:
        raise ConfigError(
            f"partition {partition_key} of {spec.name}: none of {len(records)} sampled records becomes a document; "
            "give a larger --sample, or look at the filters"
        )
    in_all = seen * sum(file.byte_count for file in files) / sum(file.byte_count for file in chosen)
    is_whole = len(records) == seen and len(chosen) == len(files)
    error = 0.0 if is_whole or len(counts) < 2 else Z95 * statistics.stdev(counts) / math.sqrt(len(counts))
    return DocumentSample(
        origin=f"{len(records)} of about {in_all:.0f} records in the source files, of which {len(texts)} documents",
        texts=texts,
        count=in_all * share,
        low=in_all * max(0.0, share - error),
        high=in_all * (share + error),
        is_committed=False,
    )


def _choose(
    files: list[SourceRef], size: int, store: ObjectStore, spec: DatasetSpec, folder: Path, rng: random.Random
) -> tuple[list[_Record], int]:
    """Copy the files to `folder`; return `size` of their records, all equally likely, and how many there are."""
    kept: list[_Record] = []
    seen = 0
    for record in _records(files, store, spec, folder):
        seen += 1
        if len(kept) < size:
            kept.append(record)
        elif (place := rng.randrange(seen)) < size:
            kept[place] = record
    return kept, seen


def _records(files: list[SourceRef], store: ObjectStore, spec: DatasetSpec, folder: Path) -> Iterator[_Record]:
    for number, file in enumerate(files):
        copy = folder / f"{number}.source"
        with store.open(file.uri) as remote, copy.open("wb") as local:
            while chunk := remote.read(1 << 20):
                local.write(chunk)
        source = file.model_copy(update={"uri": copy.name})
        limit = spec.extract.max_record_bytes
        for place, record in enumerate(read_source(copy, source, spec.extract.fields, max_record_bytes=limit)):
            yield _Record(source, place, record.locator, isinstance(record, SourceRecord))


def _documents(
    records: list[_Record], spec: DatasetSpec, folder: Path, advance: Advance
) -> tuple[list[int], list[str]]:
    """Return how many documents each record becomes, and the texts of all.

    The bytes of one record are a file of their own, which the stages read like any other: of a WARC file one of its
    kind, of the others a line of JSON.
    """
    counts, texts = [], []
    usable = sorted((item for item in records if item.is_usable), key=lambda item: (item.source.uri, item.number))
    for _ in range(len(records) - len(usable)):
        advance()
        counts.append(0)
    for uri, of_file in groupby(usable, key=lambda item: item.source.uri):
        chosen = list(of_file)
        kind = chosen[0].source.kind
        with (folder / uri).open("rb", buffering=0) as file:
            for record, data in zip(chosen, bytes_at(file, kind, [item.locator for item in chosen]), strict=True):
                advance()
                made = _made(folder, f"{uri}.{record.number}", "jsonl" if kind in RECORD_KINDS else kind, data, spec)
                counts.append(len(made))
                texts += made
    return counts, texts


def _made(folder: Path, name: str, kind: str, data: bytes, spec: DatasetSpec) -> list[str]:
    """Return the texts of the documents that one record becomes."""
    part = folder / name
    part.write_bytes(data)
    rt = scratch_runtime(folder / f"{name}.made", dataset=spec.name, source_store=FolderObjects)
    ref = SourceRef(kind=kind, root=str(folder), uri=name, byte_count=len(data))
    no_bound = {"max_reject_rate": 1.0}
    shard = extract.run(SourceShard(pieces=(ref,)), spec.extract.model_copy(update=no_bound), rt)
    shard = filters.run(shard, spec.filters.model_copy(update=no_bound), rt)
    return [row["text"] for row in read_shard(rt.objects, open_shard(rt.objects, shard).kept, ["text"])]
