"""Which files `backforth extract` reads, and of what kind they are."""

import gzip
import os
from pathlib import Path

import pytest

from tasks.commands.local_files import local_sources, uncut
from tasks.core.errors import ConfigError
from tests.storage.file_server import file_server


def found(*names: str | Path, kind: str | None = None, preferred: str | None = None) -> list[tuple[str, str]]:
    return [(ref.uri, ref.kind) for ref in local_sources([str(name) for name in names], kind=kind, preferred=preferred)]


def test_paths_folders_and_patterns_name_files(tmp_path: Path) -> None:
    """In the order given, folders and patterns by name, each file once; a folder's other files are not ours."""
    for name in ("b.warc.gz", "a.warc.gz", "notes.txt", "deep/c.warc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    expected = [("b.warc.gz", "warc"), ("a.warc.gz", "warc"), ("c.warc", "warc")]
    assert found(tmp_path / "b.warc.gz", tmp_path, tmp_path / "*.gz") == expected


def test_a_name_with_the_signs_of_a_pattern_is_a_file_if_it_is_one(tmp_path: Path) -> None:
    """It is no pattern then."""
    (tmp_path / "a[1].warc.gz").write_bytes(b"")
    assert found(tmp_path / "a[1].warc.gz") == [("a[1].warc.gz", "warc")]


def test_an_address_is_a_file_that_is_read_in_one_piece(tmp_path: Path) -> None:
    """And one that is not there is told."""
    with file_server({"crawl/x.warc.gz": b"x" * 100}) as server:
        (ref,) = local_sources([f"{server.url}/crawl/x.warc.gz"], kind=None, preferred=None)
        assert (ref.uri, ref.byte_count) == ("x.warc.gz", 100)
        assert uncut([ref]) == {"x.warc.gz"}
        with pytest.raises(ConfigError, match="check the name"):
            found(f"{server.url}/crawl/y.warc.gz")


def test_compressed_lines_are_read_in_one_piece(tmp_path: Path) -> None:
    """A reader cannot begin in the middle of them; of pages and plain lines it can."""
    for name, data in (("a.jsonl", b"{}"), ("b.jsonl", gzip.compress(b"{}")), ("c.warc.gz", gzip.compress(b"WARC"))):
        (tmp_path / name).write_bytes(data)
    assert uncut(local_sources([str(tmp_path)], kind=None, preferred=None)) == {"b.jsonl"}


@pytest.mark.parametrize(
    ("name", "preferred", "kind"),
    [
        ("x.warc.zst", None, "warc"),
        ("x.WARC.GZ", None, "warc"),
        ("x.arc.gz", None, "warc"),
        ("x.warc.wet.gz", None, "wet"),
        ("x.jsonl.gz", None, "jsonl"),
        ("x.json.gz", "dolma", "dolma"),
        ("x.parquet", "warc", "parquet"),
        ("x.part", "jsonl", "jsonl"),
    ],
)
def test_the_kind_is_that_of_the_name_or_of_the_specification(
    tmp_path: Path, name: str, preferred: str | None, kind: str
) -> None:
    """The specification decides where a name may mean several kinds, or none."""
    (tmp_path / name).write_bytes(b"")
    assert found(tmp_path / name, preferred=preferred) == [(name, kind)]
    assert found(tmp_path / name, kind="wet", preferred=preferred) == [(name, "wet")]


def test_a_name_that_says_nothing_needs_a_kind(tmp_path: Path) -> None:
    """The error says how to give one."""
    (tmp_path / "x.part").write_bytes(b"")
    with pytest.raises(ConfigError, match="--kind"):
        found(tmp_path / "x.part")


def test_a_kind_that_there_is_not_names_those_there_are(tmp_path: Path) -> None:
    """Before any work; the kind of a specification that no file of this machine can have is passed over."""
    (tmp_path / "a.jsonl").write_bytes(b"{}")
    (tmp_path / "pages").write_bytes(b"{}")
    with pytest.raises(ConfigError, match=r"jsonl.*parquet.*warc"):
        local_sources([str(tmp_path / "a.jsonl")], kind="web", preferred=None)
    with pytest.raises(ConfigError, match="--kind"):
        local_sources([str(tmp_path / "pages")], kind=None, preferred="common_crawl")


def test_a_name_that_no_id_can_hold_is_told(tmp_path: Path) -> None:
    """Names of files are bytes, and need not be text."""
    folder = Path(os.fsdecode(bytes(tmp_path) + b"/b\xff"))
    folder.mkdir()
    for path in (Path(os.fsdecode(bytes(tmp_path) + b"/a\xff.jsonl")), folder / "a.jsonl"):
        path.write_bytes(b"{}")
        with pytest.raises(ConfigError, match="UTF-8"):
            local_sources([str(path)], kind=None, preferred=None)


def test_two_files_of_one_name_stay_apart(tmp_path: Path) -> None:
    """They are named by their paths below the folder that holds both."""
    for name in ("one/x.warc.gz", "two/x.warc.gz"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    refs = local_sources([str(tmp_path)], kind=None, preferred=None)
    assert [(ref.root, ref.uri) for ref in refs] == [(str(tmp_path), "one/x.warc.gz"), (str(tmp_path), "two/x.warc.gz")]


def test_the_name_of_a_file_does_not_depend_on_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are made of it."""
    (tmp_path / "x.warc.gz").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert found("x.warc.gz") == found(tmp_path / "x.warc.gz") == found(os.path.join("..", tmp_path.name, "x.warc.gz"))
