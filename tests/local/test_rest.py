"""The REST client against a small server that plays Airflow's part."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tasks.core.errors import ConfigError, RetriableError
from tasks.local.rest import AirflowRest
from tasks.local.settings import Settings, load_settings

Answer = tuple[int, Any]
Reply = Callable[[str, str, dict[str, str], Any], Answer]


class Fake:
    """Answers by `reply(method, path, query, body)`; `calls` lists the requests apart from logins."""

    def __init__(self) -> None:
        self.reply: Reply = lambda method, path, query, body: (200, {})
        self.calls: list[tuple[str, str]] = []
        self.logins: list[Any] = []
        self.token = "first"


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[tuple[Fake, Settings]]:
    """A server on the home's Airflow port."""
    fake, settings = Fake(), load_settings(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            url = urlsplit(self.path)
            if url.path == "/auth/token":
                fake.logins.append(body)
                status, content = 201, {"access_token": fake.token}
            else:
                fake.calls.append((self.command, url.path.removeprefix("/api/v2/")))
                status, content = 401, {}
                if self.headers["Authorization"] == f"Bearer {fake.token}" or url.path.endswith("monitor/health"):
                    query = {key: values[0] for key, values in parse_qs(url.query).items()}
                    status, content = fake.reply(self.command, fake.calls[-1][1], query, body)
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, *arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", settings.ports["airflow"]), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield fake, settings
    server.shutdown()
    server.server_close()


def test_it_logs_in_once_and_again_when_the_token_is_refused(fake: tuple[Fake, Settings]) -> None:
    """The password of the home gets a token, and a restarted api-server a second one."""
    server, settings = fake
    with AirflowRest(settings) as rest:
        rest.get("dags")
        rest.get("dags")
        assert server.logins == [{"username": "admin", "password": settings.secrets["ui_password"]}]
        server.token = "second"
        rest.get("dags")
    assert len(server.logins) == 2


def test_a_server_that_starts_is_waited_for(fake: tuple[Fake, Settings]) -> None:
    """5xx is asked again until it ends; when it does not, the error says what was asked and answered."""
    server, settings = fake
    statuses = iter([500, 503, 200])
    server.reply = lambda method, path, query, body: (next(statuses, 503), {"ok": True})
    with AirflowRest(settings) as rest:
        assert rest.health() == {"ok": True}
    with (
        AirflowRest(settings, patience_seconds=0) as rest,
        pytest.raises(RetriableError, match="GET dags/x answered 503"),
    ):
        rest.get("dags/x")


def test_a_refusal_is_not_repeated(fake: tuple[Fake, Settings]) -> None:
    """4xx is our mistake: one request, and the server's reason in the error."""
    server, settings = fake
    server.reply = lambda method, path, query, body: (404, {"detail": "no Dag x"})
    with AirflowRest(settings) as rest, pytest.raises(ConfigError, match="no Dag x"):
        rest.unpause("x")
    assert server.calls == [("PATCH", "dags/x")]


def test_a_trigger_whose_answer_was_lost_makes_one_run(fake: tuple[Fake, Settings]) -> None:
    """The repeated call names the same run, finds it there, and returns it."""
    server, settings = fake
    runs: dict[str, Any] = {}

    def reply(method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        if method == "GET":
            return 200, runs[path.rpartition("/")[2]]
        if body["dag_run_id"] in runs:
            return 409, {"detail": "exists"}
        runs[body["dag_run_id"]] = body
        return 503, {}

    server.reply = reply
    with AirflowRest(settings) as rest:
        run = rest.trigger("web_corpus__demo", "2026-01", conf={"a": 1})
    assert list(runs.values()) == [run]
    assert (run["partition_key"], run["conf"], run["logical_date"]) == ("2026-01", {"a": 1}, None)


def test_all_pages_are_read_and_only_the_wanted_partition_is_kept(fake: tuple[Fake, Settings]) -> None:
    """More rows than a page holds are all returned; the server's pattern match is made exact."""
    server, settings = fake
    rows = [{"dag_run_id": str(n), "partition_key": "2026-01" if n % 2 else "2026-011"} for n in range(250)]

    def reply(method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        offset = int(query["offset"])
        assert query["partition_key_pattern"] == "2026-01"
        return 200, {"dag_runs": rows[offset : offset + int(query["limit"])], "total_entries": len(rows)}

    server.reply = reply
    with AirflowRest(settings) as rest:
        assert [int(run["dag_run_id"]) for run in rest.dag_runs("d", "2026-01")] == list(range(1, 250, 2))


def test_the_events_of_a_run_are_those_it_consumed(fake: tuple[Fake, Settings]) -> None:
    """As Airflow 3.3 answers, with the run that made each."""
    server, settings = fake
    event = {
        "id": 1,
        "name": "documents__demo",
        "source_task_id": "commit_documents",
        "source_dag_id": "web_corpus__demo",
        "source_run_id": "manual__2026-01__x",
        "source_map_index": -1,
        "partition_key": "2026-01",
    }
    server.reply = lambda method, path, query, body: (200, {"asset_events": [event], "total_entries": 1})
    with AirflowRest(settings) as rest:
        assert rest.upstream_events("instruction_pairs__demo", "asset_triggered__1") == [event]
    assert server.calls == [("GET", "dags/instruction_pairs__demo/dagRuns/asset_triggered__1/upstreamAssetEvents")]


def test_a_pool_that_is_there_keeps_its_slots(fake: tuple[Fake, Settings]) -> None:
    """What a person set in the UI is not set back; a missing pool is made."""
    server, settings = fake
    pools = [{"name": "llm", "slots": 32}]

    def reply(method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        if method == "POST":
            pools.append(body)
            return 201, body
        return 200, {"pools": pools, "total_entries": len(pools)}

    server.reply = reply
    with AirflowRest(settings) as rest:
        rest.ensure_pool("llm", slots=4)
        rest.ensure_pool("gpu", slots=1)
    assert [(pool["name"], pool["slots"]) for pool in pools] == [("llm", 32), ("gpu", 1)]
