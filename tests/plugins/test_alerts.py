"""A person is told what failed, why, and what to do; an alert that cannot be sent fails nothing."""

import asyncio
import email
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG, Connection
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse

from backforth import alerts
from backforth.defaults import dag_defaults, task_defaults
from tasks.core.config import DatasetSpec
from tasks.core.errors import FatalError

CONTEXT = {
    "ti": SimpleNamespace(
        dag_id="web_corpus__made", task_id="shard.extract", map_index=3, run_id="scheduled__2026-11-01 a"
    ),
    "dag_run": SimpleNamespace(partition_key="2026-10"),
    "exception": FatalError("extract: 9 of 10 rows rejected <b>"),
}


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A chat service on a port of its own; yields the port and what it was sent."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.append({**json.loads(body), "authorization": self.headers.get("authorization"), "path": self.path})
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """Just enough SMTP for one mail; yields the port and the lines that came."""
    lines: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw", encoding="utf-8", newline="\r\n") as stream:

            def say(text: str) -> None:
                stream.write(text + "\n")
                stream.flush()

            say("220 test")
            is_data = False
            for raw in stream:
                line = raw.rstrip("\r\n")
                lines.append(line)
                if is_data:
                    if line == ".":
                        is_data = False
                        say("250 taken")
                elif line.upper() == "DATA":
                    is_data = True
                    say("354 go on")
                elif line.upper().startswith("QUIT"):
                    say("221 bye")
                    return
                else:
                    say("250 ok")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], lines
    finally:
        thread.join(timeout=10)
        listener.close()


def connect(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    """Make `backforth_alerts` a connection with these fields."""
    conn = Connection(conn_id=alerts.ALERTS, **fields)
    monkeypatch.setenv("AIRFLOW_CONN_BACKFORTH_ALERTS", conn.as_json())


def test_a_failure_is_told_with_what_to_do_next(caplog: pytest.LogCaptureFixture) -> None:
    """Dataset, partition, stage, shard, reason and command; the log alone suffices."""
    with caplog.at_level(logging.ERROR):
        alerts.tell_failure(CONTEXT)
    assert (
        "ALERT made 2026-10: web_corpus__made.shard.extract[3] failed: FatalError: extract: 9 of 10 rows rejected <b>"
        in caplog.text
    )
    assert "airflow dags clear --only-failed --yes --run-id 'scheduled__2026-11-01 a' web_corpus__made" in caplog.text


def test_a_task_that_was_killed_has_an_alert_too() -> None:
    """The context of a process that is gone lacks the error and perhaps the run."""
    ti = SimpleNamespace(dag_id="dataset_release__made", task_id="publish", map_index=-1, run_id="r")
    alert = alerts.failure({"ti": ti})
    assert (alert.dataset, alert.partition_key, alert.stage) == ("made", "", "dataset_release__made.publish")
    assert "its log" in alert.reason


def test_a_webhook_is_sent_text_and_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat service takes `text`; a program takes the rest; the token travels in a header."""
    with webhook() as (port, seen):
        connect(monkeypatch, conn_type="http", host="127.0.0.1", schema="http", port=port, password="token-1")
        alerts.tell_failure(CONTEXT)
    (sent,) = seen
    assert sent["text"].startswith("made 2026-10: ")
    assert (sent["what"], sent["stage"]) == ("failed", "web_corpus__made.shard.extract[3]")
    assert sent["authorization"] == "Bearer token-1"


def test_a_webhook_may_be_given_as_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """As chat services show it, in the environment: Airflow takes the path for the scheme."""
    with webhook() as (port, seen):
        monkeypatch.setenv("AIRFLOW_CONN_BACKFORTH_ALERTS", f"http://127.0.0.1:{port}/services/T0/B0/x")
        alerts.tell_failure(CONTEXT)
    assert [sent["path"] for sent in seen] == ["/services/T0/B0/x"]


def test_a_connection_that_cannot_be_asked_for_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Airflow's database may be what has failed."""

    def away(name: str) -> None:
        raise AirflowRuntimeError(ErrorResponse(error=ErrorType.GENERIC_ERROR, detail={"message": "away"}))

    monkeypatch.setattr(alerts.Connection, "get", away)
    alerts.tell_failure(CONTEXT)
    assert "was not delivered" in caplog.text


def test_mail_is_escaped_and_goes_where_the_connection_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the web wrote into an error is text in the mail, not markup."""
    with mail_server() as (port, lines):
        extra = {"from_email": "airflow@backforth.example", "to": "person@backforth.example", "disable_tls": True}
        extra |= {"disable_ssl": True, "timeout": 5, "retry_limit": 1}
        connect(monkeypatch, conn_type="smtp", host="127.0.0.1", port=port, extra=json.dumps(extra))
        alerts.tell_failure(CONTEXT)
    start = lines.index("data")
    mail = email.message_from_string("\n".join(lines[start + 1 :]))
    (part,) = mail.get_payload()
    body = part.get_payload(decode=True).decode()
    assert "rcpt to:<person@backforth.example>" in [line.lower() for line in lines[:start]]
    assert mail["subject"].startswith("made 2026-10: ")
    assert "rejected &lt;b&gt;" in body
    assert "<b>" not in body


@pytest.mark.parametrize(
    "fields",
    [
        {"conn_type": "http", "host": "127.0.0.1", "schema": "http", "port": 9, "password": "token-2"},
        {"conn_type": "aws", "host": "x"},
        {"conn_type": "smtp", "host": "127.0.0.1", "port": 9, "extra": '{"timeout": 1, "retry_limit": 1}'},
    ],
    ids=["refused", "unknown-type", "no-mail-server"],
)
def test_an_alert_that_cannot_be_sent_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fields: dict[str, Any]
) -> None:
    """It is logged, without the address or the token."""
    connect(monkeypatch, **fields)
    alerts.tell_failure(CONTEXT)
    assert "backforth_alerts" in caplog.text
    assert "token-2" not in caplog.text


def test_a_webhook_that_answers_500_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Delivered means accepted."""
    with webhook(500) as (port, _):
        connect(monkeypatch, conn_type="http", host="127.0.0.1", schema="http", port=port)
        alerts.tell_failure(CONTEXT)
    assert "was not delivered" in caplog.text


def test_every_task_has_the_failure_callback() -> None:
    """It stands in the default arguments, so that no Dag can forget it."""
    assert task_defaults()["on_failure_callback"] is alerts.tell_failure


def test_a_late_run_is_told(spec: DatasetSpec, caplog: pytest.LogCaptureFixture) -> None:
    """The deadline is that of the specification; its callback says how late the run of which partition is."""
    assert alerts.deadline(spec) is None
    late = spec.model_copy(update={"schedule": spec.schedule.model_copy(update={"deadline_hours": 1.5})})
    with DAG(dag_id="web_corpus__made", **dag_defaults(late, None)) as dag:
        (found,) = dag.deadline
    assert found.interval.total_seconds() == 5_400
    context = {"dag_run": {"dag_id": "web_corpus__made", "partition_key": "2026-10"}}
    asyncio.run(alerts.tell_late(**found.callback.kwargs, context=context))
    assert "made 2026-10: web_corpus__made late: not ended 1.5 hours after it was queued" in caplog.text
