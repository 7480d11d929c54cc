"""The model client against a real HTTP server that behaves badly in every way it knows."""

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tasks.core.errors import ConfigError, RetriableError
from tasks.llm import traffic as client_module
from tasks.llm.client import QuestionRefused
from tasks.llm.request import Answer, Refused
from tests.llm.asking import client, request
from tests.llm.model_server import MODEL, ModelServer, Reply, as_json, chat
from tests.llm.standin_process import standin

pytestmark = pytest.mark.timeout(60)
ROOT = Path(__file__).parents[2]
HTML: Reply = (200, {"content-type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>")


def hang(server: ModelServer) -> Reply:
    """Answer when the test is over."""
    server.let_go.wait(30)
    return chat()


def ask(url: str, text: str = "What is tea?", **model: Any) -> Answer | Refused:
    """Ask one thing and return what came."""
    (answer,) = client(url, **model).complete([request(text)])
    return answer


def test_sends_what_the_request_says(server: ModelServer) -> None:
    """Model, prompt, sampling and seed go into the body, the key into the header, and all of the answer comes back."""
    (answer,) = client(server.url + "/", api_key="key").complete([request("Tea, please ☕")])
    assert server.asked == [
        {
            "model": MODEL,
            "messages": [{"role": "user", "content": "Tea, please ☕"}],
            "seed": 11,
            "temperature": 0.5,
            "top_p": 0.9,
            "max_tokens": 64,
        }
    ]
    assert server.headers[0]["authorization"] == "Bearer key"
    assert "x-backforth-demo" not in server.headers[0]
    assert isinstance(answer, Answer)
    assert answer.generation_id == request("Tea, please ☕").generation_id
    assert (answer.output_text, answer.finish_reason) == ("An answer.", "stop")
    assert (answer.prompt_tokens, answer.output_tokens) == (7, 3)


def test_nothing_to_ask_is_nothing_asked(server: ModelServer) -> None:
    """No request, no answer, no traffic."""
    assert list(client(server.url).complete([])) == []
    assert server.asked == []


def test_every_request_is_answered_once(server: ModelServer) -> None:
    """Answers come in any order, each under the id of its own request."""
    server.reply = lambda number, body: chat(body["messages"][0]["content"].upper())
    requests = [request(f"question {number}") for number in range(50)]
    answers = list(client(server.url).complete(requests))
    assert {a.generation_id: a.output_text for a in answers if isinstance(a, Answer)} == {
        r.generation_id: r.text.upper() for r in requests
    }
    assert len(answers) == len(server.asked) == 50


def test_429_is_asked_again_when_the_server_says(server: ModelServer, pauses: list[float]) -> None:
    """Retry-After is what the client waits, bounded."""
    after = ["3", "600", "soon", "0.001"]
    server.reply = lambda number, body: (
        as_json({}, 429, retry_after=after[number]) if number < len(after) else chat("late")
    )
    answer = ask(server.url)
    assert isinstance(answer, Answer) and answer.output_text == "late"
    assert pauses[:2] == [3.0, client_module.MAX_BACKOFF_SECONDS]
    assert 1.0 <= pauses[2] <= 2.0, "without a readable Retry-After the pause doubles with every try"
    assert 2.0 <= pauses[3] <= 4.0, "nor is a server hurried that says it need not be waited for"


@pytest.mark.parametrize(
    "bad",
    [
        as_json({}, 500),
        as_json({}, 503),
        as_json({}, 408),
        HTML,
        (200, {}, b""),
        (200, {}, b'{"model": "tiny", "choices": [{"mess'),
        (200, {}, b"\xff\xfe\x00"),
        as_json([]),
        as_json(None),
        as_json("choices"),
        as_json({"model": MODEL}),
        as_json({"model": MODEL, "choices": []}),
        as_json({"model": MODEL, "choices": None}),
        as_json({"model": MODEL, "choices": {}}),
        as_json({"model": MODEL, "choices": [None]}),
        as_json({"model": MODEL, "choices": [{"message": None}]}),
        chat(None),
        chat(["a", "list"]),
        chat(choices=[{"message": {"content": "a"}}, {"message": {"content": "b"}}]),
        chat(usage=["no", "numbers"]),
        chat(usage={"prompt_tokens": "many"}),
        chat(usage={"prompt_tokens": float("inf")}),
        (200, {}, b"[" * 100_000),
    ],
)
def test_a_sick_server_is_asked_again(server: ModelServer, pauses: list[float], bad: Reply) -> None:
    """What is no answer is no answer: the request is sent again, and the next good answer is taken."""
    server.reply = lambda number, body: bad if number == 0 else chat("well again")
    answer = ask(server.url)
    assert isinstance(answer, Answer) and answer.output_text == "well again"
    assert len(server.asked) == 2
    assert len(pauses) == 1


def test_a_server_that_stays_sick_fails_the_try(server: ModelServer, pauses: list[float]) -> None:
    """After a bounded number of tries the error names the model, the address and the last trouble."""
    server.reply = lambda number, body: as_json({"error": "out of memory"}, 500)
    with pytest.raises(RetriableError, match="out of memory") as caught:
        ask(server.url)
    assert MODEL in str(caught.value) and server.url in str(caught.value)
    assert len(server.asked) == client_module.MAX_TRIES
    assert len(pauses) == client_module.MAX_TRIES - 1


def test_refused_connection_fails_the_try(pauses: list[float]) -> None:
    """Nobody listens: retriable, not wrong."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(RetriableError, match="ClientConnectorError"):
        ask(f"http://127.0.0.1:{port}")


def test_a_server_that_hangs_fails_the_try(
    server: ModelServer, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request is given up after `timeout_seconds`."""
    monkeypatch.setattr(client_module, "MAX_TRIES", 2)
    server.reply = lambda number, body: hang(server)
    with pytest.raises(RetriableError, match=r"no answer after 0\.2 s"):
        ask(server.url, timeout_seconds=0.2)
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_is_never_answered_is_refused(server: ModelServer, status: int) -> None:
    """A fault of the request comes back as Refused, at once, and harms no other request."""
    server.reply = lambda number, body: (
        as_json({"error": "prompt too long"}, status) if "long" in body["messages"][0]["content"] else chat()
    )
    answers = list(client(server.url).complete([request("short"), request("long"), request("brief")]))
    refused = [item for item in answers if isinstance(item, Refused)]
    assert [item.generation_id for item in refused] == [request("long").generation_id]
    assert str(status) in refused[0].detail and "prompt too long" in refused[0].detail
    assert len(answers) == len(server.asked) == 3


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_a_wrong_address_or_key_is_a_configuration_error(server: ModelServer, status: int) -> None:
    """The message says what to check and never holds the key."""
    server.reply = lambda number, body: as_json({"error": "no"}, status, location=f"{server.url}/elsewhere")
    with pytest.raises(ConfigError, match=f"HTTP {status}") as caught:
        list(client(server.url, api_key="very-secret").complete([request()]))
    assert "very-secret" not in str(caught.value)
    assert len(server.asked) == 1


def test_another_model_is_a_configuration_error(server: ModelServer) -> None:
    """An answer of a model that was not asked would make the lineage lie."""
    server.reply = lambda number, body: chat(model="other")
    with pytest.raises(ConfigError, match="'other'"):
        ask(server.url)


def test_a_server_that_does_not_name_its_model_is_believed(server: ModelServer) -> None:
    """`model` is optional in an answer, as are usage and the finish reason."""
    server.reply = lambda number, body: chat(model=None, finish=None, usage=None)
    answer = ask(server.url)
    assert isinstance(answer, Answer)
    assert (answer.finish_reason, answer.prompt_tokens, answer.output_tokens) == ("stop", 0, 0)


def test_standin_refuses_a_dataset_that_is_no_demonstration() -> None:
    """Without the demo mark the stand-in is a configuration error; with it, it answers."""
    with standin() as running:
        url = str(running.base_url)
        asked = request("Tell me about tea.", model_name="backforth-standin")
        with pytest.raises(ConfigError, match="403"):
            list(client(url, name="backforth-standin").complete([asked]))
        (answer,) = client(url, name="backforth-standin", demo=True).complete([asked])
        assert isinstance(answer, Answer)


def test_answers_before_a_failure_are_not_lost(server: ModelServer, pauses: list[float]) -> None:
    """What arrived is yielded first, then the error is raised."""

    def reply(number: int, body: dict[str, Any]) -> Reply:
        return as_json({}, 500) if body["messages"][0]["content"] == "bad" else chat()

    server.reply = reply
    requests = [request(f"good {number}") for number in range(10)] + [request("bad")]
    taken: list[Answer | Refused] = []
    with pytest.raises(RetriableError):
        taken.extend(client(server.url).complete(requests))
    assert sorted(item.generation_id for item in taken) == sorted(item.generation_id for item in requests[:10])


def test_nothing_more_is_sent_after_a_failure(server: ModelServer) -> None:
    """A wrong key is not tried a thousand times."""
    server.reply = lambda number, body: as_json({}, 401)
    with pytest.raises(ConfigError):
        list(client(server.url).complete([request(f"question {number}") for number in range(200)]))
    assert len(server.asked) <= 2 * 4


def test_closing_the_iterator_cancels_what_is_in_flight(server: ModelServer) -> None:
    """A caller that stops early does not wait for answers, and sends no more."""
    server.reply = lambda number, body: chat() if number == 0 else hang(server)
    answers = client(server.url, concurrency=2).complete([request(f"question {number}") for number in range(20)])
    next(answers)
    server.wait_for(lambda: len(server.asked) == 3)
    answers.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "model-client"]
    asked = len(server.asked)
    server.let_go.set()
    server.wait_for(lambda: server.in_flight == 0)
    assert len(server.asked) == asked <= 1 + 2 * 2


def test_in_flight_is_bounded_by_concurrency(server: ModelServer) -> None:
    """No more than `concurrency` requests are open at once, and that many are."""

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if number < 3:
            server.wait_for(lambda: len(server.asked) >= 3)
        return chat()

    server.reply = reply
    assert len(list(client(server.url, concurrency=3).complete([request(str(n)) for n in range(40)]))) == 40
    assert server.most_in_flight == 3


def test_outstanding_is_bounded_by_twice_the_concurrency(server: ModelServer) -> None:
    """A caller that takes nothing loses at most 2 x concurrency answers when it is killed."""
    answers = client(server.url, concurrency=3).complete([request(str(number)) for number in range(60)])
    next(answers)
    server.wait_for(lambda: len(server.asked) == 6)
    time.sleep(0.2)  # time enough for a client without a bound to send all 60
    assert len(server.asked) == 6, "one taken, five outstanding; the caller sends the next when it takes one more"
    assert len(list(answers)) == 59


@pytest.mark.parametrize(
    ("content", "text"),
    [("a\x00b", "a�b"), ("a\ud800b", "a?b"), ("\x00\ud83d", "�?"), ("plain ☕", "plain ☕"), ("", "")],
)
def test_what_cannot_be_stored_is_replaced(server: ModelServer, content: str, text: str) -> None:
    """PostgreSQL takes neither NUL nor a lone surrogate, so the answer holds neither."""
    server.reply = lambda number, body: chat(content)
    answer = ask(server.url)
    assert isinstance(answer, Answer)
    assert answer.output_text == text


WAITS = """
import signal, sys, threading
from tests.llm.asking import client, request

def end(number, frame):
    raise SystemExit(7)

signal.signal(signal.SIGTERM, end)
# A background shell starts its children with SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    list(client(sys.argv[1]).complete(request(str(number)) for number in range(20)))
finally:
    print([thread.name for thread in threading.enumerate()])
"""


@pytest.mark.parametrize(("number", "error"), [(signal.SIGINT, b"KeyboardInterrupt"), (signal.SIGTERM, b"")])
def test_a_signal_ends_a_waiting_task(server: ModelServer, number: int, error: bytes) -> None:
    """Whatever a signal raises in the main thread comes out at once, and no thread and no request is left behind."""
    server.reply = lambda number, body: hang(server)
    process = subprocess.Popen(
        [sys.executable, "-c", WAITS, server.url], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        server.wait_for(lambda: server.in_flight == 4)
        process.send_signal(number)
        told, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert told.strip() == b"['MainThread']"
    assert error in errors and errors.count(b"Traceback") == (1 if error else 0)
    assert process.returncode == (7 if number == signal.SIGTERM else -signal.SIGINT)
    assert len(server.asked) == 4


def test_questions_are_answered_by_the_first_server_that_is_well(server: ModelServer) -> None:
    """`post` sends what it is told, with the key; a server that is away is passed over."""
    server.reply = lambda number, body: as_json({"count": len(body["prompt"])})
    with socket.create_server(("127.0.0.1", 0)) as probe:
        away = f"http://127.0.0.1:{probe.getsockname()[1]}"
    asked = client(away, server.url, api_key="key")
    assert asked.post("/tokenize", {"prompt": "four"}) == {"count": 4}
    assert asked.post("/tokenize", {"prompt": "of five"}) == {"count": 7}
    assert {headers["authorization"] for headers in server.headers} == {"Bearer key"}
    assert asked.urls == [away, server.url]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (as_json({}, 500), RetriableError),
        (HTML, RetriableError),
        (as_json({}, 401), ConfigError),
        (as_json({}, 404), ConfigError),
        (as_json({}, 400), QuestionRefused),
        (as_json({}, 422), QuestionRefused),
    ],
)
def test_a_question_without_an_answer(server: ModelServer, reply: Reply, error: type[Exception]) -> None:
    """A sick server may be asked later, a wrong address or key needs a person, a bad question another question."""
    server.reply = lambda number, body: reply
    with pytest.raises(error, match=f"model {MODEL}: POST /tokenize.*{server.url}") as caught:
        client(server.url, api_key="very-secret").post("/tokenize", {})
    assert type(caught.value) is error
    assert "very-secret" not in str(caught.value)
