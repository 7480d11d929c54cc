"""Which files belong to a partition."""

import gzip
from pathlib import Path

import pytest
from pydantic import ValidationError

from tasks.core.config import SourceConfig
from tasks.core.errors import ConfigError
from tasks.core.refs import SourceRef, SourceShard
from tasks.core.runtime import RunContext, Runtime
from tasks.extract.sources import list_sources, run
from tasks.storage.http import HttpObjects
from tasks.storage.objects import FolderObjects
from tests.extract.corpus_files import FILES as FILES_OF
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects
from tests.storage.file_server import file_server

FILES = {
    "2026-01/b.warc.gz": b"22",
    "2026-01/a.warc.gz": b"1",
    "2026-01/notes.txt": b"",
    "2026-02/a.warc.gz": b"333",
    "2026-01.warc.gz": b"4",
}


def names(pattern: str, partition: str) -> list[str]:
    source = SourceConfig(uri="s3://corpus", pattern=pattern)
    return [ref.uri for ref in list_sources(source, partition, lambda root: MemoryObjects(FILES))]


@pytest.mark.parametrize(
    ("pattern", "partition", "expected"),
    [
        ("{partition}/*.warc.gz", "2026-01", ["2026-01/a.warc.gz", "2026-01/b.warc.gz"]),
        ("{partition}/*.warc.gz", "2026-03", []),
        ("{partition}.warc.gz", "2026-01", ["2026-01.warc.gz"]),
        ("*/[ab].warc.gz", "2026-01", ["2026-01/a.warc.gz", "2026-01/b.warc.gz", "2026-02/a.warc.gz"]),
    ],
)
def test_files_of_a_partition(pattern: str, partition: str, expected: list[str]) -> None:
    """The pattern chooses the files, sorted by name."""
    assert names(pattern, partition) == expected


@pytest.mark.parametrize("kind", ["warc", "wet", "dolma", "jsonl", "parquet"])
def test_a_usual_pattern_is_found_for_each_kind(kind: str) -> None:
    """Below a folder of the partition, or in it where the root names it."""
    ending = {"warc": ".warc.gz", "wet": ".wet.gz", "parquet": ".parquet"}.get(kind, ".jsonl.zst")
    store = MemoryObjects({f"2026-01/a{ending}": b"1", f"a{ending}": b"22", "2026-01/notes.txt": b""})
    below = SourceConfig.model_validate({"kind": kind, "uri": "s3://corpus"})
    assert [file.uri for file in list_sources(below, "2026-01", lambda root: store)] == [f"2026-01/a{ending}"]
    within = SourceConfig.model_validate({"kind": kind, "uri": "s3://corpus/{partition}"})
    assert f"a{ending}" in [file.uri for file in list_sources(within, "2026-01", lambda root: store)]
    assert {file.kind for file in list_sources(within, "2026-01", lambda root: store)} == {kind}


@pytest.mark.parametrize(
    ("uri", "root", "pattern"),
    [
        ("/data/{partition}/*.jsonl.zst", "/data/{partition}", "*.jsonl.zst"),
        ("/data/*/part.parquet", "/data", "*/part.parquet"),
        ("/pages.warc.gz", "/", "pages.warc.gz"),
        ("file:///data/{partition}.jsonl", "file:///data", "{partition}.jsonl"),
        ("s3://bucket/*.wet.gz", "s3://bucket", "*.wet.gz"),
        ("https://host.example/a/{partition}.jsonl.gz?v=2", "https://host.example/a?v=2", "{partition}.jsonl.gz"),
        ("https://host.example/a.warc.gz?to=b/c://d", "https://host.example?to=b/c://d", "a.warc.gz"),
        ("s3://bucket.gz", "s3://bucket.gz", "{partition}/*.warc.gz"),
        ("data/warc", "data/warc", "{partition}/*.warc.gz"),
    ],
)
def test_an_address_may_name_files(uri: str, root: str, pattern: str) -> None:
    """A path or a glob instead of a root and a pattern."""
    source = SourceConfig.model_validate({"uri": uri})
    assert (source.uri, source.pattern) == (root, pattern)


@pytest.mark.parametrize("pattern", ["../*.warc.gz", "a/../../b.warc.gz", "/etc/*.warc.gz"])
def test_a_pattern_stays_below_its_root(pattern: str) -> None:
    """Nothing beside the corpus is searched, and the specification is where that is said."""
    with pytest.raises(ValidationError, match="below"):
        SourceConfig.model_validate({"uri": "/data", "pattern": pattern})


def test_a_partition_without_a_folder_has_no_data(tmp_path: Path) -> None:
    """The folder of all partitions must be there, as a disk that is not mounted is no empty month."""
    source = SourceConfig.model_validate({"uri": f"{tmp_path}/all/{{partition}}/*.jsonl", "kind": "jsonl"})
    with pytest.raises(ConfigError, match="does not exist"):
        list_sources(source, "2026-01", FolderObjects)
    (tmp_path / "all" / "2026-02").mkdir(parents=True)
    (tmp_path / "all" / "2026-02" / "a.jsonl").write_text("{}")
    assert list_sources(source, "2026-01", FolderObjects) == []
    assert [file.byte_count for file in list_sources(source, "2026-02", FolderObjects)] == [2]


def test_the_sizes_of_listed_files_are_not_asked_for_one_by_one() -> None:
    """Ten thousand small files cost the requests of the listing, not ten thousand more."""
    store = MemoryObjects({f"2026-01/{number:05}.warc.gz": b"12" for number in range(100)})
    asked: list[str] = []
    store.size = lambda key: asked.append(key) or 2  # type: ignore[method-assign,func-returns-value]
    found = list_sources(SourceConfig.model_validate({"uri": "s3://corpus"}), "2026-01", lambda root: store)
    assert {file.byte_count for file in found} == {2} and len(found) == 100 and asked == []


def test_a_signature_is_no_part_of_a_name() -> None:
    """It goes with the root, to every request: ids do not change with it, and no message shows it."""
    with file_server({"a.jsonl?sign=secret": b"{}\n"}) as server:
        source = SourceConfig.model_validate({"uri": f"{server.url}/a.jsonl?sign=secret"})
        (found,) = list_sources(source, "2026-01", HttpObjects)
        assert (found.uri, found.byte_count) == ("a.jsonl", 3) and found.place == f"{server.url}/a.jsonl"
        gone = SourceConfig.model_validate(
            {"uri": f"{server.url}/?sign=secret", "paths": f"{server.url}/a.jsonl?sign=secret"}
        )
        with pytest.raises(ConfigError) as told:
            list_sources(gone, "2026-01", HttpObjects)
        assert "secret" not in str(told.value)


def test_a_list_of_paths_names_the_files(tmp_path: Path) -> None:
    """Plain or gzip, with comments; for partitions without a list there is no data."""
    stores = {
        "s3://corpus": MemoryObjects(FILES),
        str(tmp_path): FolderObjects(tmp_path),
    }
    text = "# two of them\n2026-02/a.warc.gz\n\ns3://corpus/2026-01/b.warc.gz\n2026-02/a.warc.gz\n"
    (tmp_path / "2026-01.paths").write_text(text)
    (tmp_path / "2026-02.paths").write_bytes(gzip.compress(text.encode()))
    source = SourceConfig.model_validate({"uri": "s3://corpus", "paths": f"{tmp_path}/{{partition}}.paths"})
    for partition in ("2026-01", "2026-02"):
        found = list_sources(source, partition, stores.__getitem__)
        assert [(file.uri, file.byte_count) for file in found] == [("2026-01/b.warc.gz", 2), ("2026-02/a.warc.gz", 3)]
    assert list_sources(source, "2026-03", stores.__getitem__) == []
    (tmp_path / "2026-01.paths").write_text("https://elsewhere.example/a.warc.gz")
    with pytest.raises(ConfigError, match=r"elsewhere.*source\.uri"):
        list_sources(source, "2026-01", stores.__getitem__)
    (tmp_path / "2026-01.paths").write_text("2026-01/missing.warc.gz")
    with pytest.raises(ConfigError, match=r"missing\.warc\.gz"):
        list_sources(source, "2026-01", stores.__getitem__)


def test_a_file_behind_http_is_named_and_not_searched_for() -> None:
    """A server lists nothing: wildcards are refused, a file that is not there is no data."""
    with file_server({"2026-01/a.jsonl": b"{}\n"}) as server:
        source = SourceConfig.model_validate({"kind": "jsonl", "uri": server.url, "pattern": "{partition}/a.jsonl"})
        assert [file.uri for file in list_sources(source, "2026-01", HttpObjects)] == ["2026-01/a.jsonl"]
        assert list_sources(source, "2026-02", HttpObjects) == []
        wild = SourceConfig.model_validate({"kind": "jsonl", "uri": server.url, "pattern": "{partition}/*.jsonl"})
        with pytest.raises(ConfigError, match=r"source\.paths"):
            list_sources(wild, "2026-01", HttpObjects)


def test_large_files_are_cut_where_their_form_allows() -> None:
    """Not a compressed stream of lines or records, whatever its name says."""
    store = MemoryObjects({"2026-01/a.jsonl": gzip.compress(bytes(500), 0), "2026-01/b.jsonl.gz": b"{}\n" * 200})
    context = RunContext(run_id="r", job="j", dataset="d", partition_key="2026-01")
    rt = Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=lambda root: store)
    source = SourceConfig.model_validate(
        {"kind": "jsonl", "uri": "s3://corpus", "shard_bytes": 200, "keep_source": True}
    )
    shards = run(source, rt)
    assert [[(piece.uri[-5:], piece.start) for piece in shard.pieces] for shard in shards] == [
        [("jsonl", 0)],
        [("nl.gz", 0)],
        [("nl.gz", 200)],
        [("nl.gz", 400)],
    ]
    assert all(shard.keep_source for shard in shards)
    assert rt.metrics["kept"] == 4 and rt.metrics["files"] == 2


@pytest.mark.parametrize(
    ("data", "count"),
    [(FILES_OF["warc", "gzip"](90), 4), (gzip.compress(FILES_OF["warc", "plain"](90)), 1), (b"no archive" * 900, 1)],
)
def test_archives_are_cut_between_their_members(data: bytes, count: int) -> None:
    """One that was compressed as a whole has no place to cut it, and what is no archive is one reject."""
    store = MemoryObjects({"2026-01/a.warc.gz": data})
    context = RunContext(run_id="r", job="j", dataset="d", partition_key="2026-01")
    rt = Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=lambda root: store)
    shards = run(SourceConfig.model_validate({"uri": "s3://corpus", "shard_bytes": -(-len(data) // 4)}), rt)
    assert len(shards) == count


def test_run_asks_for_the_partition_of_the_run() -> None:
    """The root may name the partition too, and sizes are recorded."""
    roots: list[str] = []

    def open_root(root: str) -> MemoryObjects:
        roots.append(root)
        return MemoryObjects({"a.warc.gz": b"333"})

    context = RunContext(run_id="r", job="j", dataset="d", partition_key="2026-02")
    rt = Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=open_root)
    found = run(SourceConfig(uri="s3://corpus/{partition}", pattern="*.warc.gz"), rt)
    file = SourceRef(kind="warc", root="s3://corpus/2026-02", uri="a.warc.gz", byte_count=3)
    assert found == [SourceShard(pieces=(file,))]
    assert set(roots) == {"s3://corpus/2026-02"}
