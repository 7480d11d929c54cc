"""Which files belong to a partition."""

import pytest

from tasks.core.config import SourceConfig
from tasks.core.refs import SourceRef
from tasks.core.runtime import RunContext, Runtime
from tasks.extract.sources import list_sources, run
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

FILES = {
    "2026-01/b.warc.gz": b"22",
    "2026-01/a.warc.gz": b"1",
    "2026-01/notes.txt": b"",
    "2026-02/a.warc.gz": b"333",
    "2026-01.warc.gz": b"4",
}


def names(pattern: str, partition: str) -> list[str]:
    source = SourceConfig(uri="s3://corpus", pattern=pattern)
    return [ref.uri for ref in list_sources(source, partition, MemoryObjects(FILES))]


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


def test_run_asks_for_the_partition_of_the_run() -> None:
    """The root may name the partition too, and sizes are recorded."""
    roots: list[str] = []

    def open_root(root: str) -> MemoryObjects:
        roots.append(root)
        return MemoryObjects({"a.warc.gz": b"333"})

    context = RunContext(run_id="r", job="j", dataset="d", partition_key="2026-02")
    rt = Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=open_root)
    found = run(SourceConfig(uri="s3://corpus/{partition}", pattern="*.warc.gz"), rt)
    assert found == [SourceRef(kind="warc", root="s3://corpus/2026-02", uri="a.warc.gz", byte_count=3)]
    assert roots == ["s3://corpus/2026-02"]
