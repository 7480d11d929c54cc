"""One request over real HTTP with a server that is late, talks too much, or breaks off."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tasks.core.errors import ConfigError, RetriableError
from tasks.llm.request import Answer, Request
from tests.llm.asking import client, completions, request, said, shouted
from tests.llm.model_server import ModelServer, Reply, chat, completion, shout

pytestmark = pytest.mark.timeout(60)


FORMS = {"chat": [request(f"prompt {number}") for number in range(4)], "completions": completions(4)}


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_after_the_deadline_is_not_taken(server: ModelServer, pauses: list[float], form: str) -> None:
    """The request is given up and sent again; what comes late belongs to nobody, and to no other request."""
    slow: dict[str, int] = {}

    def reply(number: int, body: dict[str, Any]) -> Reply:
        slow[json.dumps(body)] = slow.get(json.dumps(body), 0) + 1
        if slow[json.dumps(body)] == 1:
            time.sleep(0.6)
            return completion(body, lambda text: "late") if "prompt" in body else chat("late")
        return shout(body)

    server.reply = reply
    requests = FORMS[form]
    answers = list(client(server.url, timeout_seconds=0.3).complete(requests))
    assert said(answers) == shouted(requests)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "bad",
    [
        (200, {"content-type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>"),
        (200, {}, b'{"model": "tiny", "choices": [{"index": 0, "te'),
        (200, {}, b'{"model": "tiny", "choices": []}'),
        (200, {}, b'{"model": "tiny", "choices": [{"index": 0, "text": null, "message": {"content": null}}]}'),
        (502, {"content-type": "text/html"}, b"<html></html>"),
        (200, {"content-encoding": "gzip"}, b"no gzip"),
    ],
)
def test_a_sick_answer_is_asked_again(server: ModelServer, pauses: list[float], form: str, bad: Reply) -> None:
    """In both forms, and all prompts of the request are answered in the end."""
    server.reply = lambda number, body: bad if number == 0 else shout(body)
    requests = FORMS[form]
    answers = list(client(server.url).complete(requests))
    assert said(answers) == shouted(requests)
    assert len(pauses) == 1


@pytest.mark.parametrize("form", FORMS)
def test_the_wrong_model_stops_the_task(server: ModelServer, form: str) -> None:
    """In both forms: no try would make it right."""
    server.reply = lambda number, body: _as_other(shout(body))
    with pytest.raises(ConfigError, match="the server answered as 'other'"):
        list(client(server.url, concurrency=1).complete(FORMS[form]))
    assert len(server.asked) == 1


def _as_other(reply: Reply) -> Reply:
    return reply[0], reply[1], reply[2].replace(b'"model": "tiny"', b'"model": "other"')


class RawServer:
    """Speaks HTTP by hand: `answer(number, body, connection)` writes what it likes, and returns whether to go on."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.count = self.connections = 0
        self.threads: list[threading.Thread] = []
        self.answer: Any = None

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.threads.append(threading.Thread(target=self.talk, args=(connection,), daemon=True))
            self.threads[-1].start()

    def talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while line := stream.readline():
                length = 0
                while line not in {b"\r\n", b""}:
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                    line = stream.readline()
                body = json.loads(stream.read(length))
                self.count += 1
                if not self.answer(self.count - 1, body, connection):
                    return


@pytest.fixture
def raw() -> Iterator[RawServer]:
    running = RawServer()
    thread = threading.Thread(target=running.serve, daemon=True)
    thread.start()
    yield running
    running.listener.shutdown(socket.SHUT_RDWR)
    running.listener.close()
    thread.join(10)


def http(reply: Reply) -> bytes:
    head = f"HTTP/1.1 {reply[0]} OK\r\ncontent-type: application/json\r\ncontent-length: {len(reply[2])}\r\n\r\n"
    return head.encode() + reply[2]


def test_an_answer_that_comes_twice_is_not_taken_for_the_next(raw: RawServer, pauses: list[float]) -> None:
    """A second answer on a connection that is kept would be the answer to the next prompt, and so on for ever."""
    sent_again = threading.Event()

    def answer(number: int, body: dict[str, Any], connection: socket.socket) -> bool:
        connection.sendall(http(shout(body)))
        if number == 0:
            time.sleep(0.1)
            connection.sendall(http(shout(body)))
            sent_again.set()
        return True

    raw.answer = answer

    def requests() -> Iterator[Request]:
        yield request("first")
        assert sent_again.wait(10)
        time.sleep(0.2)  # until the client has it
        yield request("second")
        yield request("third")

    answers = list(client(raw.url, concurrency=2).complete(requests()))
    assert {item.output_text for item in answers if isinstance(item, Answer)} == {"FIRST", "SECOND", "THIRD"}
    assert said(answers)[request("second").generation_id] == "SECOND"


def test_two_answers_in_one_piece(raw: RawServer, pauses: list[float]) -> None:
    """The first is the answer, and the connection is not used again."""

    def answer(number: int, body: dict[str, Any], connection: socket.socket) -> bool:
        connection.sendall(2 * http(shout(body)))
        return True

    raw.answer = answer
    requests = [request(f"question {number}") for number in range(10)]
    answers = list(client(raw.url, concurrency=1).complete(requests))
    assert said(answers) == shouted(requests)
    assert raw.connections == 10


@pytest.mark.parametrize("part", [0, 20, 150])
def test_a_connection_that_breaks_off_is_asked_again(raw: RawServer, pauses: list[float], part: int) -> None:
    """Before the head, within it, or in the middle of the body: half an answer is none."""

    def answer(number: int, body: dict[str, Any], connection: socket.socket) -> bool:
        whole = http(shout(body))
        assert len(whole) > 150
        connection.sendall(whole if number else whole[:part])
        return bool(number)

    raw.answer = answer
    (answered,) = client(raw.url, concurrency=1).complete([request()])
    assert isinstance(answered, Answer) and answered.output_text == request().text.upper()
    assert len(pauses) == 1


def test_a_server_that_is_no_http_server_fails_the_try(raw: RawServer, pauses: list[float]) -> None:
    """Another service at that port is an error that a person reads."""

    def answer(number: int, body: dict[str, Any], connection: socket.socket) -> bool:
        connection.sendall(b"-ERR unknown command\r\n")
        return False

    raw.answer = answer
    with pytest.raises(RetriableError, match="no usable answer after"):
        list(client(raw.url).complete([request()]))


def test_a_key_with_a_line_break_is_a_key(server: ModelServer) -> None:
    """As it comes from a file."""
    list(client(server.url, api_key="key\n").complete([request()]))
    assert server.headers[0]["authorization"] == "Bearer key"
