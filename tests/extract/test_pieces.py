"""Every kind of source through the whole stage: whole, in pieces, fetched again, and kept."""

import gzip
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from backports import zstd

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.core.ids import sha256_bytes
from tasks.core.refs import SourceRef, SourceShard
from tasks.core.runtime import RunContext, Runtime
from tasks.extract.fetch import fetch
from tasks.extract.kept import KeptRecords, kept_prefix
from tasks.extract.plan import plan
from tasks.extract.rederive import rederive
from tasks.extract.run import run
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.extract.corpus_files import CUT, FILES, text
from tests.extract.warc_bytes import http, record
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

COUNT = 40
CONFIG = ExtractConfig.model_validate({"max_record_bytes": 5_000})
URI = "2026-01/file"


class Corpus(MemoryObjects):
    """A store that counts the bytes it gives."""

    given = 0

    def get(self, key: str) -> bytes:
        data = super().get(key)
        self.given += len(data)
        return data

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        data = self.content[key][offset : offset + length]
        self.given += len(data)
        return data


def runtime(corpus: MemoryObjects) -> Runtime:
    context = RunContext(run_id="r1", job="web_corpus.extract", dataset="demo", partition_key="2026-01")
    return Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=lambda root: corpus)


def whole(kind: str, data: bytes, uri: str = URI) -> SourceRef:
    return SourceRef(kind=kind, root="s3://corpus", uri=uri, byte_count=len(data))


def rows(rt: Runtime, shards: list[SourceShard], part: str = "kept") -> list[dict[str, Any]]:
    refs = [run(shard, CONFIG, rt) for shard in shards]
    return [row for ref in refs for row in read_rows(rt.objects, getattr(open_shard(rt.objects, ref), part).key)]


@pytest.mark.parametrize("key", FILES, ids="-".join)
def test_every_kind_becomes_documents(key: tuple[str, str]) -> None:
    """One for each record, in order, with its address and a locator of its own."""
    data = FILES[key](COUNT)
    made = rows(runtime(Corpus({URI: data})), [SourceShard(pieces=(whole(key[0], data),))])
    assert [row["text"] for row in made] == [text(number) for number in range(COUNT)]
    assert [row["target_uri"] for row in made] == [f"https://pages.example/{number}" for number in range(COUNT)]
    assert len({(row["locator"], row["source_uri"]) for row in made}) == COUNT
    assert {row["source_kind"] for row in made} == {key[0]}


@pytest.mark.parametrize("pieces", [2, 3, 17])
@pytest.mark.parametrize("key", CUT, ids="-".join)
def test_pieces_of_a_file_give_the_rows_of_the_whole(key: tuple[str, str], pieces: int) -> None:
    """With the same ids, in the same order, each once."""
    data = FILES[key](COUNT)
    rt = runtime(Corpus({URI: data}))
    shards = plan([whole(key[0], data)], shard_bytes=-(-len(data) // pieces), max_shards=100)
    assert len(shards) == pieces
    assert rows(rt, shards) == rows(rt, [SourceShard(pieces=(whole(key[0], data),))])


@pytest.mark.parametrize("pack", [lambda data: gzip.compress(data, mtime=0), bytes, zstd.compress])
def test_a_record_that_is_longer_than_its_piece_is_one_reject(pack: Callable[[bytes], bytes]) -> None:
    """Told as of the whole file, by the piece where it begins; the others have nothing of it."""
    large = record(http(random.Random(1).randbytes(800_000)), uri="https://pages.example/large")
    few = [record(http(f"<p>{text(number)}</p>".encode())) for number in range(COUNT)]
    data = b"".join(map(pack, [*few[:20], large, *few[20:]]))
    rt = runtime(Corpus({URI: data}))
    shards = plan([whole("warc", data)], shard_bytes=60_000, max_shards=100)
    one = [SourceShard(pieces=(whole("warc", data),))]
    assert rows(rt, shards) == rows(rt, one) and len(rows(rt, one)) == COUNT
    assert rows(rt, shards, "rejected") == rows(rt, one, "rejected")
    assert [row["reason"] for row in rows(rt, one, "rejected")] == ["record_too_large"]


@pytest.mark.parametrize("key", CUT, ids="-".join)
def test_a_piece_is_what_is_read(key: tuple[str, str]) -> None:
    """And not the file: what a reader needs around it is small."""
    data = FILES[key](20_000 if key != ("warc", "plain") else 5_000)
    corpus = Corpus({URI: data})
    shards = plan([whole(key[0], data)], shard_bytes=len(data) // 8, max_shards=100)
    run(shards[3], CONFIG, runtime(corpus))
    assert corpus.given < len(data) / 8 + 1_300_000


@pytest.mark.parametrize("key", FILES, ids="-".join)
def test_files_are_read_one_behind_the_other_in_a_shard(key: tuple[str, str]) -> None:
    """Rows keep the order of names and places."""
    content = {f"2026-01/{name}": FILES[key](3) for name in "abc"}
    shard = SourceShard(pieces=tuple(whole(key[0], data, uri) for uri, data in content.items()))
    made = rows(runtime(Corpus(content)), [shard])
    assert [row["source_uri"] for row in made] == [uri for uri in content for _ in range(3)]


@pytest.mark.parametrize("key", FILES, ids="-".join)
def test_a_record_is_fetched_again_by_its_locator(key: tuple[str, str]) -> None:
    """Its bytes have the recorded digest and give the recorded text."""
    data = FILES[key](COUNT)
    corpus = Corpus({URI: data})
    made = rows(runtime(corpus), [SourceShard(pieces=(whole(key[0], data),))])
    for row in (made[0], made[17], made[-1]):
        found = fetch(corpus, key[0], URI, json.loads(row["locator"]))
        assert sha256_bytes(found) == row["record_sha256"]
        assert rederive(found, CONFIG, row["text_sha256"], kind=key[0]).text == row["text"]


@pytest.mark.parametrize("key", FILES, ids="-".join)
def test_a_place_that_is_gone_is_told(key: tuple[str, str]) -> None:
    """A file that is shorter now, or another one, is a reason or other bytes; a file that is gone is a KeyError."""
    data = FILES[key](COUNT)
    row = rows(runtime(Corpus({URI: data})), [SourceShard(pieces=(whole(key[0], data),))])[-1]
    locator = json.loads(row["locator"])
    with suppress(DataError):
        assert sha256_bytes(fetch(Corpus({URI: FILES[key](3)}), key[0], URI, locator)) != row["record_sha256"]
    with pytest.raises(KeyError):
        fetch(Corpus(), key[0], URI, locator)


@pytest.mark.parametrize("key", FILES, ids="-".join)
def test_kept_records_outlive_their_source(key: tuple[str, str]) -> None:
    """Each record that became a document is kept byte for byte, and only once."""
    data = FILES[key](COUNT)
    rt = runtime(Corpus({URI: data}))
    shard = SourceShard(pieces=(whole(key[0], data),), keep_source=True)
    made = rows(rt, [shard])
    kept = KeptRecords(rt.objects)
    for row in made:
        found = kept.get(key[0], URI, row["record_sha256"])
        assert found is not None and sha256_bytes(found) == row["record_sha256"]
        assert rederive(found, CONFIG, row["text_sha256"], kind=key[0]).text == row["text"]
    assert kept.get(key[0], URI, "0" * 64) is None and kept.get(key[0], "other", made[0]["record_sha256"]) is None
    before = dict(rt.objects.content)  # type: ignore[attr-defined]
    assert rows(rt, [shard]) == made
    assert rt.objects.content == before  # type: ignore[attr-defined]


def test_records_are_kept_of_a_shard_that_was_made_before() -> None:
    """A specification may ask for it later, and another configuration copies what is new alone."""
    data = FILES["jsonl", "plain"](COUNT)
    rt = runtime(Corpus({URI: data}))
    made = rows(rt, [SourceShard(pieces=(whole("jsonl", data),))])
    assert not list(rt.objects.list("kept/"))
    keep = SourceShard(pieces=(whole("jsonl", data),), keep_source=True)
    short = CONFIG.model_copy(update={"max_text_chars": 200})
    few = run(keep, short, rt).row_count
    assert rt.metrics["kept_source_records"] == few < COUNT
    assert rows(rt, [keep]) == made
    assert rt.metrics["kept_source_records"] == COUNT
    assert len(list(rt.objects.list(kept_prefix("jsonl", URI)))) == 2
