"""Common Crawl, from a local server of the same layout that misbehaves."""

import gzip
import json
from collections.abc import Iterator
from functools import partial

import pytest

from tasks.core.config import ExtractConfig, SourceConfig
from tasks.core.errors import ConfigError, FatalError
from tasks.core.refs import SourceShard
from tasks.core.runtime import ObjectStore, RunContext, Runtime
from tasks.extract.run import run as extract
from tasks.extract.sources import list_sources, run
from tasks.storage.http import HttpObjects
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.extract.corpus_files import FILES, text
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects
from tests.storage.file_server import FileServer, file_server

COUNT = 30
CRAWLS = [
    {"id": "CC-MAIN-2026-30", "name": "July 2026", "from": "2026-07-11T00:00:00", "to": "2026-07-24T21:10:05"},
    {"id": "CC-MAIN-2026-26", "name": "June 2026", "from": "2026-06-20T00:00:00", "to": "2026-07-01T03:00:00"},
    {"id": "CC-MAIN-2026-21", "name": "May 2026", "from": "2026-05-11T00:00:00", "to": "2026-05-24T21:10:05"},
]


def path(crawl: str, subset: str, number: int) -> str:
    return f"crawl-data/{crawl}/segments/1.2/{subset}/CC-MAIN-2026-{number:05}.{subset}.gz"


@pytest.fixture
def server() -> Iterator[FileServer]:
    files = {"collinfo.json": json.dumps(CRAWLS).encode()}
    for crawl in (str(item["id"]) for item in CRAWLS):
        for subset in ("warc", "wet"):
            paths = [path(crawl, subset, number) for number in range(20)]
            files[f"crawl-data/{crawl}/{subset}.paths.gz"] = gzip.compress("\n".join([*paths, ""]).encode())
            files |= dict.fromkeys(paths, FILES[subset, "gzip"](COUNT))
    with file_server(files) as running:
        yield running


def config(server: FileServer, **changes: object) -> SourceConfig:
    body = {"kind": "common_crawl", "base_uri": server.url, "index_uri": f"{server.url}/collinfo.json"}
    return SourceConfig.model_validate({**body, **changes})


def open_source(root: str) -> ObjectStore:
    return HttpObjects(root, sleep=lambda seconds: None)


def files(server: FileServer, partition: str = "2026-07", seed: int = 1, **changes: object) -> list[str]:
    found = list_sources(config(server, **changes), partition, open_source, seed=seed)
    return [file.uri for file in found]


def runtime() -> Runtime:
    context = RunContext(run_id="r1", job="web_corpus.extract", dataset="demo", partition_key="2026-07")
    return Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=open_source)


def test_a_partition_holds_the_crawls_that_ended_in_it(server: FileServer) -> None:
    """By collinfo, for months and days; a month without one has no data."""
    july = [path(crawl, "warc", number) for crawl in ("CC-MAIN-2026-26", "CC-MAIN-2026-30") for number in range(20)]
    assert files(server) == july
    assert files(server, "2026-07-24") == july[20:]
    assert files(server, "2026-06") == []


def test_crawls_can_be_named(server: FileServer) -> None:
    """By their ids, with either subset; the index is not asked then."""
    found = files(server, "2026-01", crawls=["CC-MAIN-2026-21"], subset="wet")
    assert found == [path("CC-MAIN-2026-21", "wet", number) for number in range(20)]
    assert "collinfo.json" not in {name for _, name, _ in server.asked}
    with pytest.raises(ConfigError, match="CC-MAIN-1999-01"):
        files(server, crawls=["CC-MAIN-1999-01"])


def test_a_sample_is_the_dataset_s(server: FileServer) -> None:
    """The same for one seed in whatever order paths are listed, another for another one; more adds to fewer."""
    few = files(server, sample_files=5)
    assert len(few) == 5 and few == sorted(few)
    assert set(few) < set(files(server, sample_files=9))
    assert few != files(server, sample_files=5, seed=2)
    name = "crawl-data/CC-MAIN-2026-30/warc.paths.gz"
    lines = gzip.decompress(server.files[name]).split()
    server.files[name] = gzip.compress(b"\n".join(reversed(lines)))
    assert files(server, sample_files=5) == few
    assert sum(method == "HEAD" for method, _, _ in server.asked) == 5 * 3 + 9


@pytest.mark.parametrize("subset", ["warc", "wet"])
def test_files_are_read_through_cuts_and_pauses(server: FileServer, subset: str) -> None:
    """Ranged and resumed, in pieces; every page arrives."""
    source = config(server, crawls=["CC-MAIN-2026-30"], subset=subset, sample_files=2, shard_bytes=2_000)
    rt = runtime()
    shards = run(source, rt, seed=1)
    assert len(shards) > 2 and {piece.kind for shard in shards for piece in shard.pieces} == {subset}
    server.cut_after = 900
    server.refusals = [(503, {"Retry-After": "1"}), (429, {})]
    made = [row for shard in shards for row in documents(shard, rt)]
    assert made == [text(number) for number in range(COUNT)] * 2


def documents(shard: SourceShard, rt: Runtime) -> list[str]:
    ref = extract(shard, ExtractConfig.model_validate({"max_record_bytes": 3_000}), rt)
    return [row["text"] for row in read_rows(rt.objects, open_shard(rt.objects, ref).kept.key)]


def test_a_server_without_ranges_gets_its_files_uncut(server: FileServer) -> None:
    """A piece of one would cost all that stands before it."""
    server.takes_ranges = False
    shards = run(config(server, sample_files=1, shard_bytes=2_000), runtime())
    assert [len(shard.pieces) for shard in shards] == [1] and shards[0].pieces[0].is_whole


def test_faults_of_the_layout_are_told(server: FileServer) -> None:
    """A missing file by its path, a refusal and a broken index by their address."""
    (name,) = files(server, sample_files=1)
    del server.files[name]
    with pytest.raises(ConfigError, match=name):
        files(server, sample_files=1)
    server.refusals = [(403, {})]
    with pytest.raises(ConfigError, match="403"):
        files(server)
    for broken in (b"<html>", b"[5]", b'[{"id": "a"}]', b'{"a": 1}'):
        server.files["collinfo.json"] = broken
        with pytest.raises(ConfigError, match="collinfo"):
            files(server)
    server.files["crawl-data/CC-MAIN-2026-30/warc.paths.gz"] = b"\x1f\x8b\x08broken"
    with pytest.raises(ConfigError, match="list of paths"):
        files(server, crawls=["CC-MAIN-2026-30"])


def test_a_list_of_paths_is_read_whole_or_not_at_all(server: FileServer) -> None:
    """All members of a gzip file, without a byte order mark; one that was cut is no shorter list."""
    name = "crawl-data/CC-MAIN-2026-30/warc.paths.gz"
    first, second = (path("CC-MAIN-2026-30", "warc", number) for number in (1, 2))
    whole = gzip.compress(f"\ufeff{first}\n".encode()) + gzip.compress(f"{second}\n".encode())
    server.files[name] = whole
    assert files(server, crawls=["CC-MAIN-2026-30"]) == [first, second]
    server.files[name] = whole[:-9]
    with pytest.raises(ConfigError, match="list of paths"):
        files(server, crawls=["CC-MAIN-2026-30"])


def test_a_file_that_vanishes_after_it_was_listed(server: FileServer) -> None:
    """The task says so; nothing is committed."""
    rt = runtime()
    (shard,) = run(config(server, sample_files=1), rt, seed=1)
    server.files = {}
    with pytest.raises(FatalError, match="gone"):
        partial(documents, shard)(rt)
