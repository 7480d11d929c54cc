"""The object store against a real S3 server, and the folder that has its face."""

import os
import socket
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import urllib3

from tasks.core.errors import ConfigError, RetriableError
from tasks.core.runtime import ObjectStore
from tasks.local.settings import Settings
from tasks.storage.http import HttpObjects
from tasks.storage.keys import check_key
from tasks.storage.objects import FolderObjects, S3Objects, open_source

Use = Callable[[ObjectStore], object]
# Every call that names a key, with what it needs.
CALLS: dict[str, Callable[[ObjectStore, str], object]] = {
    "put": lambda store, key: store.put(key, b"x"),
    "put_file": lambda store, key: store.put_file(key, __file__),
    "get": lambda store, key: store.get(key),
    "get_range": lambda store, key: store.get_range(key, 0, 1),
    "open": lambda store, key: store.open(key).__enter__(),
    "exists": lambda store, key: store.exists(key),
    "size": lambda store, key: store.size(key),
    "delete": lambda store, key: store.delete(key),
}
READS = ("get", "get_range", "open", "size")


def s3(settings: Settings, **changes: str) -> S3Objects:
    """A client of the test server, with `changes` to what it is given."""
    fields = {
        "endpoint": settings.s3_endpoint,
        "access_key": settings.secrets["s3_access_key"],
        "secret_key": settings.secrets["s3_secret_key"],
        "bucket": f"test-{uuid.uuid4().hex}",
    }
    return S3Objects(**{**fields, **changes})


@pytest.fixture(params=[pytest.param("s3", marks=pytest.mark.stack), "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty store of each kind."""
    return request.getfixturevalue("s3_objects") if request.param == "s3" else FolderObjects(tmp_path)


@pytest.mark.parametrize("data", [b"", b"one", b"\x00\xff" * 5_000_000], ids=["empty", "small", "10 MB"])
def test_what_is_put_comes_back(store: ObjectStore, data: bytes) -> None:
    """By all four ways of reading."""
    store.put("a/b.bin", data)
    assert store.get("a/b.bin") == data
    assert store.size("a/b.bin") == len(data)
    assert store.exists("a/b.bin")
    with store.open("a/b.bin") as file:
        assert file.read() == data


def test_open_is_seekable(store: ObjectStore) -> None:
    """Parquet reads the end first."""
    store.put("a", b"0123456789")
    with store.open("a") as file:
        file.seek(-3, os.SEEK_END)
        assert file.read() == b"789"
        file.seek(0)
        assert file.read(2) == b"01"


def test_ranges(store: ObjectStore) -> None:
    """Offset and length in bytes; what lies beyond the end is not there."""
    store.put("a", b"0123456789")
    assert store.get_range("a", 0, 1) == b"0"
    assert store.get_range("a", 3, 4) == b"3456"
    assert store.get_range("a", 8, 100) == b"89"
    assert store.get_range("a", 10, 5) == b""
    assert store.get_range("a", 5_000, 5) == b""


@pytest.mark.parametrize("length", [0, -1])
def test_an_empty_range_is_not_the_whole_object(store: ObjectStore, length: int) -> None:
    """S3's client takes a length of 0 for everything."""
    store.put("a", b"0123456789")
    with pytest.raises(ConfigError, match="range"):
        store.get_range("a", 2, length)


def test_put_replaces_and_delete_removes(store: ObjectStore) -> None:
    """Deleting what is not there is no error."""
    store.put("a", b"first, and longer")
    store.put("a", b"second")
    assert store.get("a") == b"second"
    store.delete("a")
    assert not store.exists("a")
    store.delete("a")


def test_a_file_is_uploaded_whole(store: ObjectStore, tmp_path: Path) -> None:
    """`put_file` stores the bytes of a file on the disk."""
    path = tmp_path / "given"
    path.write_bytes(b"abc" * 1000)
    store.put_file("deep/er/a", str(path))
    assert store.get("deep/er/a") == b"abc" * 1000


def test_list_is_sorted_and_goes_deep(store: ObjectStore) -> None:
    """A prefix is a prefix of the key, not a folder."""
    for key in ("b/2", "b/1/x", "a", "b/10", "c b/ä"):
        store.put(key, b"")
    assert list(store.list("")) == ["a", "b/1/x", "b/10", "b/2", "c b/ä"]
    assert list(store.list("b/1")) == ["b/1/x", "b/10"]
    assert list(store.list("b/")) == ["b/1/x", "b/10", "b/2"]
    assert list(store.list("nothing")) == []
    store.put("b/2", b"12")
    assert list(store.sizes("b/")) == [("b/1/x", 0), ("b/10", 0), ("b/2", 2)]


@pytest.mark.parametrize("name", READS)
def test_a_missing_key_is_a_key_error(store: ObjectStore, name: str) -> None:
    """It names the key."""
    with pytest.raises(KeyError, match="no/such"):
        CALLS[name](store, "no/such")
    assert not store.exists("no/such")


@pytest.mark.parametrize("key", ["", "/etc/passwd", "a/../b", "..", "a/..", "../a", "a\\b", "a\x00b", "a\udcff"])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_key_that_leaves_its_prefix_is_refused(tmp_path: Path, name: str, key: str) -> None:
    """No call takes such a key; it is refused before anything is sent (nobody listens at that address)."""
    for store in (FolderObjects(tmp_path), nowhere()):
        with pytest.raises(ConfigError, match="object key"):
            CALLS[name](store, key)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["a", "a/b", "..a", "a..b", "a/...", "ä ö/☕"])
def test_other_keys_are_keys(key: str) -> None:
    """Dots are fine in a name."""
    assert check_key(key) == key


def nowhere(*, secret_key: str = "s") -> S3Objects:
    """A store at a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return S3Objects(endpoint=f"127.0.0.1:{port}", access_key="a", secret_key=secret_key, bucket="bucket")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_server_that_is_away_fails_the_try(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Retriable, with the object and the address in the message, and no secret."""
    monkeypatch.setattr(urllib3.Retry, "get_backoff_time", lambda self: 0)
    store = nowhere(secret_key="very-secret")
    with pytest.raises(RetriableError, match=r"s3://bucket/some/key.*127\.0\.0\.1") as caught:
        CALLS[name](store, "some/key")
    assert "very-secret" not in str(caught.value)
    with pytest.raises(RetriableError):
        list(store.list("some/"))


@pytest.mark.stack
@pytest.mark.parametrize("name", [name for name in sorted(CALLS) if name != "delete"])
def test_a_missing_bucket_is_a_configuration_error(s3_settings: Settings, name: str) -> None:
    """It is named, and is not taken for a missing key: a stage would take that for work to do."""
    store = s3(s3_settings)
    with pytest.raises(ConfigError, match=store.bucket):
        CALLS[name](store, "some/key")


@pytest.mark.stack
def test_listing_a_missing_bucket_is_a_configuration_error(s3_settings: Settings) -> None:
    """A wrong bucket is no empty corpus."""
    store = s3(s3_settings)
    with pytest.raises(ConfigError, match=f"{store.bucket}.*create it"):
        list(store.list("some/"))


@pytest.mark.stack
@pytest.mark.parametrize("name", sorted(CALLS))
@pytest.mark.parametrize("wrong", ["secret_key", "access_key"])
def test_refused_credentials_are_a_configuration_error(
    s3_settings: Settings, s3_objects: S3Objects, name: str, wrong: str
) -> None:
    """The message says what to check and holds neither the right secret nor the wrong one."""
    store = s3(s3_settings, bucket=s3_objects.bucket, **{wrong: "wrong-and-very-secret"})
    with pytest.raises(ConfigError, match="refused the credentials") as caught:
        CALLS[name](store, "some/key")
    assert "wrong-and-very-secret" not in str(caught.value)
    assert s3_settings.secrets["s3_secret_key"] not in str(caught.value)


@pytest.mark.parametrize("bucket", ["a b", "x", "a..b", ""])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_bucket_that_cannot_be_is_a_configuration_error(name: str, bucket: str) -> None:
    """A specification may name any bucket; the error names it."""
    with pytest.raises(ConfigError, match=f"s3://{bucket}/"):
        CALLS[name](nowhere().below(bucket, ""), "some/key")


@pytest.mark.stack
def test_a_view_of_a_prefix(s3_objects: S3Objects) -> None:
    """Keys are relative to the prefix, and nothing outside it is seen."""
    s3_objects.put("in/side", b"1")
    s3_objects.put("insight", b"2")
    view = s3_objects.below(s3_objects.bucket, "/in/")
    assert list(view.list("")) == ["side"]
    assert view.get("side") == b"1"
    view.put("new", b"3")
    assert s3_objects.get("in/new") == b"3"


@pytest.mark.stack
def test_make_bucket_says_whether_it_was_made(s3_settings: Settings) -> None:
    """Once is enough."""
    store = s3(s3_settings)
    assert store.make_bucket() is True
    assert store.make_bucket() is False


def test_a_missing_source_folder_is_a_configuration_error(tmp_path: Path) -> None:
    """A mistyped folder is no empty corpus."""
    with pytest.raises(ConfigError, match="does not exist on this worker"):
        list(FolderObjects(tmp_path / "nothing").list(""))


def test_where_a_source_may_lie(tmp_path: Path) -> None:
    """s3:// on our endpoint, http(s)://, file:// or a path; anything else is refused by name."""
    ours = nowhere()
    below = open_source("s3://other/some/prefix", ours)
    assert isinstance(below, S3Objects) and below.bucket == "other"
    assert below._name("a") == "some/prefix/a"
    (tmp_path / "a").write_bytes(b"1")
    for root in (f"file://{tmp_path}", str(tmp_path)):
        assert open_source(root, ours).get("a") == b"1"
    web = open_source("https://pages.example/a/", ours)
    assert isinstance(web, HttpObjects) and web.url("b c.gz") == "https://pages.example/a/b%20c.gz"
    for root in ("ftp://pages.example/a", "gs://bucket/x"):
        with pytest.raises(ConfigError, match=root):
            open_source(root, ours)
