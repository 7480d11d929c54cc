"""Lists of the user: read once, known by digest, and the copy is what counts afterwards."""

import threading
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from tasks.core.base import Config
from tasks.core.errors import ConfigError, FatalError
from tasks.core.ids import sha256_bytes
from tasks.core.list_file import ListFile
from tasks.core.runtime import RunContext, Runtime
from tasks.storage import lists
from tasks.storage.lists import REPOSITORY, lines, load, pin, split_uri
from tasks.storage.objects import FolderObjects
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

DATA = b"# ours\nexample.org\n"
SHA256 = sha256_bytes(DATA)


class Inner(Config):
    domains: tuple[ListFile, ...] = ()
    named: dict[str, ListFile] = Field(default_factory=dict)


class Outer(Config):
    words: ListFile | None = None
    inner: Inner = Inner()
    size: int = 1


def runtime(sources: dict[str, bytes], objects: MemoryObjects | None = None) -> Runtime:
    """A runtime whose roots are all the same source; `roots` of it lists what was opened."""
    rt = Runtime(
        objects=objects or MemoryObjects(),
        lineage=RecordingLineage(),
        run=RunContext(run_id="r", job="j", dataset="d", partition_key="2024-01"),
    )
    rt.source_store = lambda root: MemoryObjects(sources)
    return rt


def objects_of(rt: Runtime) -> MemoryObjects:
    assert isinstance(rt.objects, MemoryObjects)
    return rt.objects


def test_pin_fills_in_the_digest_wherever_a_list_is_named() -> None:
    """Fields, tuples and mappings are searched, and the rest of the configuration stays as it was."""
    rt = runtime({"a.txt": DATA, "b.txt": b"b"})
    config = Outer(
        words=ListFile(uri="/lists/a.txt"),
        inner=Inner(domains=(ListFile(uri="/lists/b.txt"),), named={"x": ListFile(uri="/lists/a.txt")}),
        size=7,
    )
    pinned = pin(config, rt)
    assert pinned.words == ListFile(uri="/lists/a.txt", content_sha256=SHA256)
    assert pinned.inner.domains[0].content_sha256 == sha256_bytes(b"b")
    assert pinned.inner.named["x"].content_sha256 == SHA256
    assert pinned.size == 7
    assert type(pinned).model_validate(pinned.model_dump()) == pinned


def test_pin_leaves_a_configuration_without_lists_alone() -> None:
    """Most configurations name no list, and are returned as they are."""
    config = Outer()
    assert pin(config, runtime({})) is config


def test_a_copy_is_written_once_and_read_back() -> None:
    """Two lists with the same bytes are one object, and a second task writes nothing."""
    rt = runtime({"a.txt": DATA})
    config = Outer(words=ListFile(uri="/l/a.txt"), inner=Inner(domains=(ListFile(uri="/l/a.txt"),)))
    pinned = pin(config, rt)
    pin(config, rt)
    assert objects_of(rt).puts == [f"lists/{SHA256}"]
    assert pinned.words is not None
    assert load(pinned.words, rt.objects) == DATA


def test_the_digest_is_part_of_the_configuration_and_the_place_is_not() -> None:
    """The same list from another folder is the same configuration; another list is another one."""
    here = pin(Outer(words=ListFile(uri="/here/a.txt")), runtime({"a.txt": DATA}))
    there = pin(Outer(words=ListFile(uri="s3://bucket/there/a.txt")), runtime({"a.txt": DATA}))
    other = pin(Outer(words=ListFile(uri="/here/a.txt")), runtime({"a.txt": DATA + b"more"}))
    assert here.sha256 == there.sha256 != other.sha256


def test_a_given_digest_is_insisted_on() -> None:
    """A file that holds something else is refused, with the key, the file and both digests in the message."""
    config = Outer(inner=Inner(domains=(ListFile(uri="/l/a.txt", content_sha256="0" * 64),)))
    with pytest.raises(ConfigError) as caught:
        pin(config, runtime({"a.txt": DATA}))
    for part in ("inner.domains[0]", "/l/a.txt", "0" * 64, SHA256):
        assert part in str(caught.value)


def test_with_a_digest_and_a_copy_the_file_is_not_needed() -> None:
    """A rerun works after the file is gone, and so does a configuration read back from lineage, which has no uri."""
    rt = runtime({}, MemoryObjects({f"lists/{SHA256}": DATA}))
    for file in (ListFile(uri="/gone.txt", content_sha256=SHA256), ListFile(content_sha256=SHA256)):
        assert pin(Outer(words=file), rt) == Outer(words=file)
        assert load(file, rt.objects) == DATA


@pytest.mark.parametrize("uri", ["/l/missing.txt", "", "/l/", "s3://bucket", "file://", "file:///", "/"])
def test_a_list_that_cannot_be_read_names_its_key(uri: str) -> None:
    """Whoever edits the file must see which key and which uri is meant."""
    with pytest.raises(ConfigError, match=r"^words: ") as caught:
        pin(Outer(words=ListFile(uri=uri)), runtime({"a.txt": DATA}))
    assert uri in str(caught.value)


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    """What the system says of a file that cannot be read is in the message."""
    (tmp_path / "folder").mkdir()
    rt = runtime({})
    rt.source_store = FolderObjects
    with pytest.raises(ConfigError, match="folder cannot be read"):
        pin(Outer(words=ListFile(uri=str(tmp_path / "folder"))), rt)


def test_a_list_over_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is read into memory, so it has a bound, also where the store does not tell the size truly."""
    monkeypatch.setattr(lists, "MAX_LIST_BYTES", len(DATA) - 1)
    rt = runtime({"a.txt": DATA})
    with pytest.raises(ConfigError, match=f"a.txt has {len(DATA)} bytes"):
        pin(Outer(words=ListFile(uri="/l/a.txt")), rt)
    monkeypatch.setattr(MemoryObjects, "size", lambda self, key: 0)
    with pytest.raises(ConfigError, match="has more than"):
        pin(Outer(words=ListFile(uri="/l/a.txt")), rt)
    assert objects_of(rt).puts == []


def test_load_insists_on_the_copy() -> None:
    """A copy that is gone or was changed stops the run; a list without a digest was never pinned."""
    with pytest.raises(FatalError, match="is gone"):
        load(ListFile(uri="a", content_sha256=SHA256), MemoryObjects())
    with pytest.raises(FatalError, match="was changed"):
        load(ListFile(uri="a", content_sha256=SHA256), MemoryObjects({f"lists/{SHA256}": DATA + b"x"}))
    with pytest.raises(ConfigError, match="pin"):
        load(ListFile(uri="a"), MemoryObjects())


@pytest.mark.parametrize(
    ("data", "entries"),
    [
        (b"", []),
        (DATA, ["example.org"]),
        (b"\xef\xbb\xbfa\r\n\r\n  b \t\n #c\nd # said\nhttps://e/#f\n", ["a", "b", "d", "https://e/#f"]),
        (b"caf\xc3\xa9\n\xff", ["café", "\ufffd"]),
    ],
)
def test_lines_of_a_list(data: bytes, entries: list[str]) -> None:
    """Comments, blank lines, spaces and a byte order mark go; a mark inside an address stays."""
    assert lines(data) == entries


@pytest.mark.parametrize(
    ("uri", "root", "name"),
    [
        ("s3://bucket/file.txt", "s3://bucket", "file.txt"),
        ("s3://bucket/a/b/file.txt", "s3://bucket/a/b", "file.txt"),
        ("file:///data/file.txt", "file:///data", "file.txt"),
        ("file:///file.txt", "file:///", "file.txt"),
        ("https://host/a/file.txt", "https://host/a", "file.txt"),
        ("https://host/a/file.txt?key=a/b", "https://host/a?key=a/b", "file.txt"),
        ("/data/file.txt", "/data", "file.txt"),
        ("/file.txt", "/", "file.txt"),
        ("dags/lists/file.txt", str(REPOSITORY / "dags/lists"), "file.txt"),
        ("file.txt", str(REPOSITORY), "file.txt"),
    ],
)
def test_split_uri(uri: str, root: str, name: str) -> None:
    """A uri is taken apart at its last slash; a path without a root is from the repository's root."""
    assert split_uri(uri, where="x") == (root, name)


def test_many_threads_pin_the_same_list() -> None:
    """Shards of one task share a runtime and pin side by side."""
    rt = runtime({"a.txt": DATA})
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(pin(Outer(words=ListFile(uri="/l/a.txt")), rt)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {result.words.content_sha256 for result in results} == {SHA256}
    assert len(results) == 8
    assert objects_of(rt).content == {f"lists/{SHA256}": DATA}
