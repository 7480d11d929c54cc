"""A model server that answers as a test says, over real HTTP, and counts what it was asked."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "tiny"
Reply = tuple[int, dict[str, str], bytes]


def chat(content: Any = "An answer.", *, model: str | None = MODEL, finish: str | None = "stop", **body: Any) -> Reply:
    """A completion with one choice."""
    choices = [{"message": {"content": content}, "finish_reason": finish}]
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    return as_json({"model": model, "choices": choices, "usage": usage, **body})


def completion(body: dict[str, Any], say: Callable[[str], Any] = str.upper, **changes: Any) -> Reply:
    """A completion with one choice for each prompt of `body`: what `say` makes of it."""
    choices = [
        {"index": number, "text": say(prompt), "finish_reason": "stop"} for number, prompt in enumerate(body["prompt"])
    ]
    usage = {"prompt_tokens": 7 * len(choices), "completion_tokens": 3 * len(choices)}
    return as_json({"model": MODEL, "choices": choices, "usage": usage, **changes})


def shout(body: dict[str, Any]) -> Reply:
    """Answer a request of either form with its prompts in capitals."""
    return completion(body) if "prompt" in body else chat(body["messages"][0]["content"].upper())


def as_json(body: Any, status: int = 200, **headers: str) -> Reply:
    """A reply whose body is `body` as JSON."""
    return status, {"content-type": "application/json", **headers}, json.dumps(body).encode()


class ModelServer:
    """`reply(number, body, headers)` makes the answer to the request of that number, from 0 on.

    `asked` holds the bodies in the order they came, `headers` theirs, `most_in_flight` how many were open at once.
    """

    def __init__(self) -> None:
        self.reply: Callable[[int, dict[str, Any]], Reply] = lambda number, body: chat()
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.most_in_flight = 0
        self.in_flight = 0
        self.let_go = threading.Event()
        self.url = ""
        self.connections: set[socket.socket] = set()
        self.stop: Callable[[], None] = lambda: None
        self._guard = threading.Lock()

    def answer(self, body: dict[str, Any], headers: dict[str, str]) -> Reply:
        """Count one request and make its reply."""
        with self._guard:
            number = len(self.asked)
            self.asked.append(body)
            self.headers.append(headers)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return self.reply(number, body)
        finally:
            with self._guard:
                self.in_flight -= 1

    def texts(self) -> list[str]:
        """The prompts that were asked, in order."""
        return [text for body in self.asked for text in body.get("prompt") or [body["messages"][0]["content"]]]

    def sizes(self) -> list[int]:
        """How many prompts each request held."""
        return [len(body.get("prompt", ["one"])) for body in self.asked]

    def kill(self) -> None:
        """Listen no more, and break off all connections, answers included."""
        self.stop()
        for connection in list(self.connections):
            connection.shutdown(socket.SHUT_RDWR)

    def wait_for(self, done: Callable[[], bool]) -> None:
        """Wait until `done`; fail after ten seconds."""
        for _ in range(1000):
            if done():
                return
            time.sleep(0.01)
        raise AssertionError("the server never came to that point")


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run a server on a free port; whatever hangs on `let_go` is let go at the end."""
    state = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            state.connections.add(self.request)
            super().setup()

        def finish(self) -> None:
            state.connections.discard(self.request)
            super().finish()

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, headers, data = state.answer(body, {key.lower(): value for key, value in self.headers.items()})
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                self.close_connection = True  # the client did not wait

        def log_message(self, *arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True

    def stop() -> None:
        server.shutdown()
        server.server_close()

    state.stop = stop
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.let_go.set()
        stop()
        thread.join()
