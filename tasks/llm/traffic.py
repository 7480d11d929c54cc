"""The thread that talks to the servers of one model, for all callers of a task.

Whoever asks, prompts are in flight up to the limit of the servers, and where one caller has nothing left to send
another one has. Callers get their answers through a queue each; an error ends the call it belongs to, after what was
in flight for it.
"""

import asyncio
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError, RetriableError
from tasks.llm.endpoint import Endpoint, freest
from tasks.llm.request import Answer, Refused, Request
from tasks.llm.wire import PATHS, NoAnswer, api_of, batch_key, decode, encode

# Statuses that say "later", with all of the 5xx family; others of the 4xx family say "never".
LATER = {408, 409, 425, 429}
TOO_MUCH = {429, 503}
NEVER_RECORD = {400, 413, 422}
MAX_TRIES = 5
MAX_BACKOFF_SECONDS = 20.0
CONNECT_SECONDS = 5.0


class _TryAgain(Exception):
    def __init__(self, why: str, *, after: float | None = None, is_load: bool = False) -> None:
        super().__init__(why)
        self.after = after
        self.is_load = is_load


@dataclass
class Ticket:
    """One request on its way: how often it was tried, since when it waits, whether it must travel alone."""

    request: Request
    key: str
    tries: int = 0
    is_alone: bool = False
    queued_at: float = field(default_factory=time.monotonic)


class Call:
    """What one caller has asked and not got yet. Its queue ends with an error where the call failed."""

    def __init__(self) -> None:
        self.arrived: queue.SimpleQueue[Answer | Refused | BaseException] = queue.SimpleQueue()
        self.waiting: deque[Ticket] = deque()
        self.sending: set[asyncio.Task[None]] = set()
        self.failure: BaseException | None = None


class Traffic:
    """Lives from `start` to `stop`; the methods for callers may be called from any thread in between."""

    def __init__(self, model: ModelSpec, endpoints: Sequence[Endpoint], headers: Mapping[str, str]) -> None:
        self._model = model
        self._endpoints = list(endpoints)
        self._headers = dict(headers)
        self._calls: list[Call] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="model-client", daemon=True)
        self._http: aiohttp.ClientSession
        self._pumping: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Cancel what is in flight and end the thread. Calls that are left fail."""
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(timeout=10)

    def submit(self, call: Call, tickets: list[Ticket]) -> None:
        """Send `tickets` for `call` as there is room."""
        self._loop.call_soon_threadsafe(self._submit, call, tickets)

    def drop(self, call: Call) -> None:
        """Cancel what is in flight for `call`."""
        self._loop.call_soon_threadsafe(self._drop, call)

    # What follows runs in the thread.

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._open())
            self._loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(self._http.close())
            self._loop.close()

    async def _open(self) -> None:
        timeout = aiohttp.ClientTimeout(total=self._model.timeout_seconds, sock_connect=CONNECT_SECONDS)
        connector = aiohttp.TCPConnector(limit=0)  # the endpoints' limits bound it
        self._http = aiohttp.ClientSession(
            headers=self._headers, timeout=timeout, connector=connector, auto_decompress=True, trust_env=False
        )

    def _end(self) -> None:
        for call in list(self._calls):
            self._fail(call, RetriableError("the model client was closed: its task is ending"))
        self._loop.stop()

    def _submit(self, call: Call, tickets: list[Ticket]) -> None:
        if call.failure is not None:
            return
        if call not in self._calls:
            self._calls.append(call)
        call.waiting.extend(tickets)
        self._pump()

    def _drop(self, call: Call) -> None:
        call.failure = call.failure or asyncio.CancelledError()
        call.waiting.clear()
        for task in call.sending:
            task.cancel()
        if call in self._calls:
            self._calls.remove(call)

    def _fail(self, call: Call, error: BaseException) -> None:
        """Send no more for `call`, and tell it when what is in flight has come home."""
        if call.failure is None:
            call.failure = error
        call.waiting.clear()
        if not call.sending and call in self._calls:
            self._calls.remove(call)
            call.arrived.put(call.failure)

    def _pump(self) -> None:
        """Fill the room there is, one batch of each call in turn."""
        while waiting := [call for call in self._calls if call.waiting]:
            for call in waiting:
                endpoint = freest(self._endpoints)
                if endpoint is None:
                    self._pump_later()
                    return
                self._send(call, endpoint, self._batch(call, endpoint.room))

    def _pump_later(self) -> None:
        """Look again soon where nothing in flight would make us look: an address is left alone, or a share grows."""
        if self._pumping is None:
            self._pumping = self._loop.call_later(0.25, self._pump_now)

    def _pump_now(self) -> None:
        self._pumping = None
        self._pump()

    def _batch(self, call: Call, room: int) -> list[Ticket]:
        """Take the next tickets that may travel together."""
        first = call.waiting.popleft()
        batch = [first]
        most = 1 if first.is_alone or api_of(first.request) == "chat" else min(room, self._model.prompts_per_request)
        while len(batch) < most and call.waiting:
            other = call.waiting[0]
            if other.is_alone or other.key != first.key:
                break
            batch.append(call.waiting.popleft())
        return batch

    def _send(self, call: Call, endpoint: Endpoint, batch: list[Ticket]) -> None:
        endpoint.in_flight += len(batch)
        task = self._loop.create_task(self._deliver(call, endpoint, batch))
        call.sending.add(task)
        task.add_done_callback(lambda done: self._sent(call, endpoint, len(batch), done))

    def _sent(self, call: Call, endpoint: Endpoint, count: int, task: "asyncio.Task[None]") -> None:
        endpoint.in_flight -= count
        call.sending.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._fail(call, error)
        elif call.failure is not None:
            self._fail(call, call.failure)
        self._pump()

    async def _deliver(self, call: Call, endpoint: Endpoint, batch: list[Ticket]) -> None:
        """Ask once. What is to be asked again goes back into the queue after its pause."""
        try:
            outcomes = await self._ask(endpoint, batch)
        except _TryAgain as error:
            endpoint.overloaded() if error.is_load else endpoint.failed()
            for ticket in batch:
                ticket.tries += 1
            worst = max(ticket.tries for ticket in batch)
            if worst >= MAX_TRIES:
                raise RetriableError(
                    f"model {self._model.name} at {endpoint.url}: no usable answer after {MAX_TRIES} tries; last: "
                    f"{error}. Answers that arrived are kept; check the server, then clear the task or wait for its "
                    "retry"
                ) from error
            pause = error.after if error.after is not None else 0.25 * 2 ** (worst - 1) * (1 + random.random())
            await asyncio.sleep(min(pause, MAX_BACKOFF_SECONDS))
            if call.failure is None:
                call.waiting.extendleft(reversed(batch))
            return
        endpoint.succeeded(len(batch))
        for outcome in outcomes:
            call.arrived.put(outcome)

    async def _ask(self, endpoint: Endpoint, batch: list[Ticket]) -> list[Answer | Refused]:
        requests = [ticket.request for ticket in batch]
        started = time.monotonic()
        try:
            url = endpoint.url + PATHS[api_of(requests[0])]
            async with self._http.post(url, data=encode(requests), allow_redirects=False) as response:
                data, status = await response.read(), response.status
                after = _retry_after(response.headers.get("retry-after", ""))
        except TimeoutError as error:
            raise _TryAgain(f"no answer after {self._model.timeout_seconds:g} s", is_load=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise _TryAgain(f"{type(error).__name__}: {error}") from error
        told = data[:500].decode("utf-8", "replace")
        if status in LATER or status >= 500:
            raise _TryAgain(f"HTTP {status}: {told[:200]}", after=after, is_load=status in TOO_MUCH)
        if status in NEVER_RECORD:
            if len(batch) > 1:
                return await self._apart(endpoint, batch)
            return [Refused(requests[0].generation_id, f"HTTP {status}: {told}")]
        if status != 200:
            raise ConfigError(
                f"model {self._model.name} at {endpoint.url}: HTTP {status}: {told[:300]}; "
                "check the model's name and the connection's credentials"
            )
        seconds, queued = time.monotonic() - started, started - min(ticket.queued_at for ticket in batch)
        facts = {"seconds": round(seconds, 3), "queue_seconds": round(max(0.0, queued), 3)}
        try:
            return list(decode(requests, data, facts if len(batch) == 1 else {**facts, "batch": len(batch)}))
        except NoAnswer as error:
            raise _TryAgain(f"HTTP 200 without an answer ({error})") from error

    async def _apart(self, endpoint: Endpoint, batch: list[Ticket]) -> list[Answer | Refused]:
        """One prompt of a request is at fault: ask each half by itself, until the culprit stands alone."""
        middle = len(batch) // 2
        halves = [await self._ask(endpoint, half) for half in (batch[:middle], batch[middle:])]
        return halves[0] + halves[1]


def ticket(request: Request) -> Ticket:
    """Return a ticket for `request`."""
    return Ticket(request, batch_key(request) if api_of(request) != "chat" else "")


def _retry_after(value: str) -> float | None:
    try:
        return max(0.0, float(value))
    except ValueError:
        return None
