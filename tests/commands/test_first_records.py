"""How the first records of a file are cut off: everything stays where it was."""

import gzip
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.commands.first_records import first_records
from tasks.commands.local_files import local_sources
from tasks.core.errors import ConfigError
from tasks.core.refs import SourceRef
from tasks.extract.pack import PageSource
from tasks.extract.warc import read
from tests.commands.corpus_files import COPY, FILE, SHORT, TREE, warc
from tests.storage.file_server import file_server


def cut(path: Path, limit: int, tmp_path: Path) -> tuple[SourceRef, Path]:
    """Return the reference to the first records of a file, and where they lie."""
    (ref,) = first_records(local_sources([str(path)], kind=None, preferred=None), limit, tmp_path / "first")
    return ref, Path(ref.root, ref.uri)


def test_the_first_records_of_a_warc_file_stay_where_they_were(tmp_path: Path) -> None:
    """So their locators and digests name the same bytes in the whole file."""
    whole = warc(tmp_path / "x.warc.gz", TREE, SHORT, FILE, COPY)
    ref, head = cut(whole, 3, tmp_path)
    assert ref.uri == "x.warc.gz"
    assert ref.byte_count == head.stat().st_size < whole.stat().st_size
    first = [*read(head, max_record_bytes=10**6)]
    assert first == [*read(whole, max_record_bytes=10**6)][:3]


def test_a_file_with_fewer_records_is_not_copied(tmp_path: Path) -> None:
    """Of any kind."""
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n')
    pq.write_table(pa.table({"text": ["a", "b"]}), tmp_path / "x.parquet")
    warc(tmp_path / "x.warc.gz", TREE, SHORT)
    for name in ("x.jsonl", "x.parquet", "x.warc.gz"):
        assert cut(tmp_path / name, 2, tmp_path)[1] == tmp_path / name


def test_a_limit_goes_over_all_files(tmp_path: Path) -> None:
    """Later files are left out when it is reached."""
    names = [str(warc(tmp_path / f"{name}.warc.gz", TREE, SHORT)) for name in "abc"]
    refs = first_records(local_sources(names, kind=None, preferred=None), 3, tmp_path / "first")
    assert [(ref.uri, Path(ref.root).name) for ref in refs] == [("a.warc.gz", tmp_path.name), ("b.warc.gz", "first")]


def test_the_first_lines_of_a_file_stay_where_they_were(tmp_path: Path) -> None:
    """In the file without its compression; a last line without an end is one as well."""
    lines = b'{"text": "a"}\n{"text": "b"}\n{"text": "c"}'
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(lines))
    _, head = cut(tmp_path / "x.jsonl.gz", 2, tmp_path)
    assert head.read_bytes() == b'{"text": "a"}\n{"text": "b"}\n'
    (tmp_path / "y.jsonl").write_bytes(lines)
    assert cut(tmp_path / "y.jsonl", 1, tmp_path)[1].read_bytes() == b'{"text": "a"}\n'
    assert cut(tmp_path / "y.jsonl", 3, tmp_path)[1] == tmp_path / "y.jsonl"


def test_the_same_lines_are_cut_to_the_same_bytes(tmp_path: Path) -> None:
    """The digest of the file is part of the keys, so a second run finds what the first has made."""
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(b'{"text": "a"}\n' * 50))
    assert cut(tmp_path / "x.jsonl.gz", 5, tmp_path)[1].read_bytes() == (
        cut(tmp_path / "x.jsonl.gz", 5, tmp_path / "again")[1].read_bytes()
    )


def test_the_first_rows_of_a_parquet_file_stay_in_their_row_groups(tmp_path: Path) -> None:
    """A row is named by both."""
    pq.write_table(pa.table({"text": list("abcdefgh")}), tmp_path / "x.parquet", row_group_size=3)
    head = pq.ParquetFile(cut(tmp_path / "x.parquet", 4, tmp_path)[1])
    groups = [head.read_row_group(number).column("text").to_pylist() for number in range(head.num_row_groups)]
    assert groups == [["a", "b", "c"], ["d"]]


def test_of_a_file_far_away_no_more_is_fetched_than_is_read(tmp_path: Path) -> None:
    """A file of a crawl has a gigabyte, and its server many who ask."""
    pages = [PageSource(url=f"https://x.example/{n}", body=random.Random(n).randbytes(200_000)) for n in range(40)]
    data = warc(tmp_path / "x.warc.gz", *pages).read_bytes()
    with file_server({"crawl/x.warc.gz": data}) as server:
        sources = local_sources([f"{server.url}/crawl/x.warc.gz"], kind=None, preferred=None)
        (ref,) = first_records(sources, 2, tmp_path / "first")
    copied = Path(ref.root, ref.uri).read_bytes()
    assert data.startswith(copied)
    assert len([*read(Path(ref.root, ref.uri))]) == 2
    ends = [int(wanted.rpartition("-")[2]) for _, _, wanted in server.asked if wanted]
    assert max(ends) < len(data) / 2


@pytest.mark.parametrize("name", ["x.parquet", "x.jsonl.gz"])
def test_a_file_that_is_something_else_is_told(tmp_path: Path, name: str) -> None:
    """When its first records are looked for."""
    (tmp_path / name).write_bytes(b"\x1f\x8b\x08\x00 this is neither")
    with pytest.raises(ConfigError, match="cannot be read"):
        cut(tmp_path / name, 1, tmp_path)
