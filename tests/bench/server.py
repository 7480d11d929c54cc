"""A model server without a model: the same short answer for every prompt, after a fixed time, in so many slots.

`python -m tests.bench.server PORT [--latency-ms 200] [--slots 256]`. Speaks just enough HTTP/1.1 for a client that
keeps its connections, so that the server takes as little of the cores as can be.
"""

import argparse
import asyncio
import json
from collections import deque
from collections.abc import Callable

TEXT = "How do I label a jar so that it lasts?"


def reply(body: bytes) -> tuple[bytes, int]:
    """Return the response to a request's body, and how many prompts it held."""
    prompts = len(json.loads(body)["prompt"]) if b'"prompt"' in body else 0
    if prompts:
        choices = [{"index": number, "text": TEXT, "finish_reason": "stop"} for number in range(prompts)]
    else:
        choices = [{"index": 0, "message": {"content": TEXT}, "finish_reason": "stop"}]
    usage = {"prompt_tokens": 300 * len(choices), "completion_tokens": 10 * len(choices)}
    data = json.dumps({"model": "bench", "choices": choices, "usage": usage}).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data, len(choices)


class Slots:
    """So many prompts at once, each for the same time; the next one starts when one ends."""

    def __init__(self, count: int, seconds: float) -> None:
        self._free, self._seconds = count, seconds
        self._waiting: deque[Callable[[], None]] = deque()

    def run(self, done: Callable[[], None]) -> None:
        """Call `done` when a slot was held for the time."""
        if self._free:
            self._free -= 1
            asyncio.get_running_loop().call_later(self._seconds, self._end, done)
        else:
            self._waiting.append(done)

    def _end(self, done: Callable[[], None]) -> None:
        self._free += 1
        if self._waiting:
            self.run(self._waiting.popleft())
        done()


class Server(asyncio.Protocol):
    """One connection."""

    def __init__(self, slots: Slots | None) -> None:
        self._slots, self._buffer = slots, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            start = head.find(b"content-length:")
            length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            self._answer(*reply(body))

    def _answer(self, answer: bytes, prompts: int) -> None:
        """Answer when the last prompt of the request has held its slot; they run side by side, as in an engine."""
        if self._slots is None:
            self._transport.write(answer)
            return
        left = prompts

        def done() -> None:
            nonlocal left
            left -= 1
            if not left:
                self._transport.write(answer)

        for _ in range(prompts):
            self._slots.run(done)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--slots", type=int, default=256)
    options = parser.parse_args()
    slots = Slots(options.slots, options.latency_ms / 1000) if options.latency_ms else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(slots), "127.0.0.1", options.port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
