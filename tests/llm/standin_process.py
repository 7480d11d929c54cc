"""The stand-in model server as a process of its own, on a free port, for tests."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

REPOSITORY = Path(__file__).parent.parent.parent
DEMO = {"x-backforth-demo": "true"}
MODEL = "backforth-standin"


@contextmanager
def standin(*arguments: str, env: dict[str, str] | None = None) -> Iterator[httpx.Client]:
    """Start the server and yield a client of it; end the server afterwards."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tasks.llm.standin", "--port", str(port), "--host", "127.0.0.1", *arguments],
        cwd=REPOSITORY,
        env=env,
        stdout=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=DEMO, timeout=20, trust_env=False) as client:
            _wait(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(client: httpx.Client, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, "the stand-in ended before it answered"
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the stand-in did not come up")


def ask(client: httpx.Client, prompt: str, **sampling: object) -> httpx.Response:
    """Send one chat request."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": prompt}], **sampling}
    return client.post("/v1/chat/completions", json=body)


def content(response: httpx.Response) -> str:
    """Return the text of an answer."""
    return response.json()["choices"][0]["message"]["content"]
