"""Files behind http(s)://, over a server that misbehaves."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tasks.core.errors import ConfigError, RetriableError
from tasks.storage.http import ATTEMPTS, LONGEST_WAIT, HttpObjects
from tests.storage.file_server import FileServer, file_server

DATA = os.urandom(1_000_003)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server({"a/b.bin": DATA, "empty": b"", "with space": b"x"}) as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def store(server: FileServer, waits: list[float]) -> HttpObjects:
    return HttpObjects(server.url + "/", sleep=waits.append)


def test_a_file_is_read_whole_and_in_part(store: HttpObjects, server: FileServer, waits: list[float]) -> None:
    """With its size, and with ranges that end behind its end or begin there."""
    assert store.get("a/b.bin") == DATA
    assert store.size("a/b.bin") == len(DATA)
    assert store.get_range("a/b.bin", 10, 20) == DATA[10:30]
    assert store.get_range("a/b.bin", len(DATA) - 3, 20) == DATA[-3:]
    assert store.get_range("a/b.bin", len(DATA), 5) == b""
    assert store.get_range("a/b.bin", len(DATA) + 7, 5) == b""
    assert store.get("empty") == b"" and store.size("empty") == 0
    assert store.get_range("empty", 0, 4) == b""
    assert waits == []
    assert all(agent.startswith("backforth/") for agent in server.agents)


def test_an_address_is_written_as_the_server_needs_it(server: FileServer, store: HttpObjects) -> None:
    """Spaces are encoded, and a key cannot leave the root."""
    server.files["with%20space"] = b"encoded"
    assert store.get("with space") == store.get("with%20space") == b"encoded"
    with pytest.raises(ConfigError):
        store.get("../secret")


@pytest.mark.parametrize("has_etag", [True, False])
def test_a_cut_transfer_goes_on_where_it_was_cut(
    server: FileServer, store: HttpObjects, waits: list[float], has_etag: bool
) -> None:
    """Every byte is there once, and what came is not asked for again."""
    server.cut_after, server.has_etag = 300_000, has_etag
    assert store.get("a/b.bin") == DATA
    starts = [int(wanted.removeprefix("bytes=")[:-1]) for _, _, wanted in server.asked if wanted]
    assert len(starts) >= 3 and starts == sorted(set(starts))
    assert store.get_range("a/b.bin", 5, 900_000) == DATA[5:900_005]


def test_a_cut_transfer_of_a_server_without_ranges_starts_again(server: FileServer, store: HttpObjects) -> None:
    """What came already is read over, so that a server that cuts once costs time and no bytes."""
    server.takes_ranges = False
    assert store.get_range("a/b.bin", 500_000, 10) == DATA[500_000:500_010]
    assert not store.takes_ranges("a/b.bin")
    with store.open("a/b.bin") as stream:
        assert stream.read(100) == DATA[:100]
    server.takes_ranges = True
    assert store.takes_ranges("a/b.bin")


def test_a_server_that_always_cuts_is_given_up(server: FileServer, store: HttpObjects, waits: list[float]) -> None:
    """After some attempts without a byte, each with a longer pause."""
    server.cut_after = 0
    with pytest.raises(RetriableError, match="cut"):
        store.get("a/b.bin")
    assert len(waits) == ATTEMPTS - 1 and waits == sorted(waits)


def test_a_file_that_changes_while_it_is_read_is_not_mixed(server: FileServer, store: HttpObjects) -> None:
    """Half of one file and half of another is no file."""
    server.cut_after = 300_000
    with store.open("a/b.bin") as stream:
        stream.read(10)
        server.files["a/b.bin"] = os.urandom(len(DATA))
        with pytest.raises(RetriableError, match="changed"):
            stream.read()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_after_the_time_it_names(
    server: FileServer, store: HttpObjects, waits: list[float], status: int
) -> None:
    """Retry-After in seconds or as a date, and our own pause where that is longer or none is named."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.refusals = [(status, {"Retry-After": "17"}), (status, {}), (status, {"Retry-After": date})]
    assert store.get("a/b.bin") == DATA
    assert waits[0] == 17.0
    assert waits[1] == 4.0
    assert 30 < waits[2] <= 40


def test_a_server_that_stays_busy_or_wants_a_long_pause_fails_the_try(
    server: FileServer, store: HttpObjects, waits: list[float]
) -> None:
    """The scheduler can wait, a task should not."""
    server.refusals = [(503, {})] * ATTEMPTS
    with pytest.raises(RetriableError, match="503"):
        store.get("a/b.bin")
    assert max(waits) <= LONGEST_WAIT
    waits.clear()
    server.refusals = [(503, {"Retry-After": "86400"})]
    with pytest.raises(RetriableError, match="86400"):
        store.get("a/b.bin")
    assert waits == []


@pytest.mark.parametrize("status", [400, 401, 403, 451])
def test_a_refusal_is_told_at_once(server: FileServer, store: HttpObjects, waits: list[float], status: int) -> None:
    """Another try would bring the same."""
    server.refusals = [(status, {})]
    with pytest.raises(ConfigError, match=str(status)):
        store.get("a/b.bin")
    assert waits == []


def test_a_missing_file_is_a_key_error(store: HttpObjects) -> None:
    """As of every store."""
    for ask in (store.get, store.size, store.takes_ranges):
        with pytest.raises(KeyError):
            ask("missing")
    assert not store.exists("missing") and store.exists("a/b.bin")


def test_a_server_that_answers_no_head_still_tells_the_size(server: FileServer, store: HttpObjects) -> None:
    """By the first byte of the file, or by a length without ranges."""
    server.answers_head = False
    assert store.size("a/b.bin") == len(DATA)
    assert store.size("empty") == 0
    server.takes_ranges = False
    assert store.size("a/b.bin") == len(DATA)


def test_what_http_cannot_do_is_said(store: HttpObjects) -> None:
    """Listing names the way out, writing is refused."""
    with pytest.raises(ConfigError, match=r"source\.paths"):
        store.list("a/")
    for write in (lambda: store.put("a", b""), lambda: store.put_file("a", "b"), lambda: store.delete("a")):
        with pytest.raises(ConfigError, match="read only"):
            write()


def test_an_unreachable_server_is_retried(waits: list[float]) -> None:
    """A port where nobody listens."""
    with file_server({}) as gone:
        url = gone.url
    with pytest.raises(RetriableError, match="cannot be reached"):
        HttpObjects(url, sleep=waits.append).get("a")
    assert len(waits) == ATTEMPTS - 1


def test_a_signature_is_sent_and_never_shown(server: FileServer, waits: list[float]) -> None:
    """With every request; errors name the file without it."""
    server.files = {"a/b.bin?sign=secret": DATA}
    store = HttpObjects(f"{server.url}/a?sign=secret", sleep=waits.append)
    assert store.get("b.bin") == DATA and store.size("b.bin") == len(DATA)
    told = [raised(KeyError, store, "c.bin")]
    server.refusals = [(403, {})]
    told.append(raised(ConfigError, store, "b.bin"))
    server.refusals = [(503, {})] * ATTEMPTS
    told.append(raised(RetriableError, store, "b.bin"))
    with file_server({}) as gone:
        url = gone.url
    told.append(raised(RetriableError, HttpObjects(f"{url}/a?sign=secret", sleep=waits.append), "b.bin"))
    assert all("bin" in one and "secret" not in one for one in told)


def raised(kind: type[Exception], store: HttpObjects, key: str) -> str:
    with pytest.raises(kind) as told:
        store.get(key)
    return str(told.value)


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    """It would not be sent, and every message would show it."""
    with pytest.raises(ConfigError, match=r"https://host\.example/a: .*not sent") as told:
        HttpObjects("https://somebody:secret@host.example/a")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("key", ["%2e%2e/secret", "a/%2E%2E/%2e%2e/secret", "a.warc.gz?sign=secret"])
def test_a_key_cannot_say_more_than_a_name(store: HttpObjects, server: FileServer, key: str) -> None:
    """A list from elsewhere leads out of the root in no writing, and a query stays out of what lineage keeps."""
    with pytest.raises(ConfigError) as told:
        store.get(key)
    assert server.asked == [] and "sign" not in str(told.value)
