"""An HTTP server of files in memory, which can be told to misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """`files` by path without the leading slash. `asked` lists (method, path, Range or None) of every request."""

    files: dict[str, bytes]
    takes_ranges: bool = True
    answers_head: bool = True
    has_etag: bool = True
    cut_after: int | None = None  # bytes of a body after which the connection is closed
    refusals: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # answers to the next requests
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    url: str = ""


@contextmanager
def file_server(files: dict[str, bytes]) -> Iterator[FileServer]:
    """Serve `files` on a port of 127.0.0.1."""
    state = FileServer(dict(files))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            name, wanted = self.path.lstrip("/"), self.headers.get("Range")
            state.asked.append((self.command, name, wanted))
            state.agents.add(self.headers.get("User-Agent", ""))
            if state.refusals:
                status, headers = state.refusals.pop(0)
                self._send(status, b"", headers)
            elif not with_body and not state.answers_head:
                self._send(405, b"", {})
            elif name not in state.files:
                self._send(404, b"no such file", {})
            else:
                self._send_file(state.files[name], wanted if state.takes_ranges else None, with_body=with_body)

        def _send_file(self, data: bytes, wanted: str | None, *, with_body: bool) -> None:
            headers = {"ETag": f'"{hash(data)}"'} if state.has_etag else {}
            if wanted is None:
                self._send(200, data, headers, with_body=with_body)
                return
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, stop = int(first), min(int(last) + 1 if last else len(data), len(data))
            if start >= len(data):
                self._send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
                return
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
            self._send(206, data[start:stop], headers, with_body=with_body)

        def _send(self, status: int, body: bytes, headers: dict[str, str], *, with_body: bool = True) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if not with_body:
                return
            if state.cut_after is not None and len(body) > state.cut_after:
                self.wfile.write(body[: state.cut_after])
                self.close_connection = True
                return
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
