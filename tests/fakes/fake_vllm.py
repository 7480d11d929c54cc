"""Behaves like `vllm serve` towards those who start, ask and stop it: a real process and real HTTP, no model.

`python fake_vllm.py serve MODEL --port N …` takes vLLM's flags, answers /health after a while, lists its names and
adapters at /v1/models, echoes prompts at /v1/completions, counts at /metrics, and answers what is in flight after
SIGTERM, for as long as --shutdown-timeout says. Environment: FAKE_START_SECONDS (until healthy; -1: never), FAKE_EXIT
(status to end with before it is healthy), FAKE_ENGINE (start a child in a session of its own, as an engine may be),
FAKE_DEAF (ignore SIGTERM), FAKE_NO_METRICS.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STARTED = time.monotonic()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("serve", choices=["serve"])
    parser.add_argument("model")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--revision")
    parser.add_argument("--served-model-name", nargs="+", default=[])
    parser.add_argument("--shutdown-timeout", type=int, default=0)
    parser.add_argument("--enable-lora", action="store_true")
    parser.add_argument("--lora-modules", nargs="+", default=[])
    parser.add_argument("--max-loras", type=int)
    parser.add_argument("--tensor-parallel-size", type=int, default=1)
    parser.add_argument("--data-parallel-size", type=int, default=1)
    return parser.parse_args()


class Handler(BaseHTTPRequestHandler):
    """One request. `server` carries the options and the counts."""

    server: "Server"

    def do_GET(self) -> None:
        if self.path == "/health":
            wait = float(os.environ.get("FAKE_START_SECONDS", "0"))
            self._send({}, 200 if 0 <= wait <= time.monotonic() - STARTED else 503)
        elif self.path == "/v1/models":
            self._send({"data": [{"id": name} for name in self.server.names]})
        elif self.path == "/environ":
            self._send(dict(os.environ))
        elif self.path == "/metrics" and "FAKE_NO_METRICS" not in os.environ:
            self._send_bytes(self.server.metrics().encode(), 200)
        else:
            self._send({"error": "not found"}, 404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.counted():
            time.sleep(body.get("seconds", 0))
            if body["model"] not in self.server.names:
                self._send({"error": f"The model `{body['model']}` does not exist."}, 404)
                return
            self._send({"model": body["model"], "choices": [{"text": body["prompt"], "finish_reason": "stop"}]})

    def _send(self, body: Any, status: int = 200) -> None:
        self._send_bytes(json.dumps(body).encode(), status)

    def _send_bytes(self, data: bytes, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """The server: its names, what it did, and what it does now."""

    daemon_threads = True

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__((options.host, options.port), Handler)
        adapters = [item.split("=", 1)[0] for item in options.lora_modules]
        self.names = [*(options.served_model_name or [options.model]), *adapters]
        self.running = self.answered = 0
        self.lock = threading.Lock()

    def counted(self) -> "Server":
        return self

    def __enter__(self) -> "Server":
        with self.lock:
            self.running += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.running -= 1
            self.answered += 1

    def metrics(self) -> str:
        return (
            "# HELP vllm:num_requests_running Number of requests in model execution batches.\n"
            "# TYPE vllm:num_requests_running gauge\n"
            f'vllm:num_requests_running{{engine="0",model_name="m"}} {float(self.running)}\n'
            f'vllm:generation_tokens_total{{engine="0",model_name="m"}} {10.0 * self.answered}\n'
        )


def main() -> int:
    options = arguments()
    print(f"fake vllm: {json.dumps(vars(options))}", flush=True)
    if "FAKE_EXIT" in os.environ:
        print("RuntimeError: the engine core did not start\0", flush=True)
        return int(os.environ["FAKE_EXIT"])
    if "FAKE_ENGINE" in os.environ:
        engine = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        print(f"engine {engine.pid}", flush=True)
    server = Server(options)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN if "FAKE_DEAF" in os.environ else lambda *_: told.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("fake vllm: listening", flush=True)
    told.wait()
    print("fake vllm: draining", flush=True)
    deadline = time.monotonic() + options.shutdown_timeout
    while server.running and time.monotonic() < deadline:
        time.sleep(0.02)
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
