"""The thread that talks to the servers of one model, for all callers of a task.

Whoever asks, prompts are in flight up to the limit of the servers, and where one caller has nothing left to send
another one has. Callers get their answers through a queue each; an error ends the call it belongs to, after what was
in flight for it. A prompt that waits to be asked again keeps its place at the server: where there was trouble, nobody
else is sent into it.
"""

import asyncio
import queue
import random
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from tasks.core.config import ModelSpec
from tasks.core.errors import RetriableError
from tasks.llm.endpoint import Endpoint, freest
from tasks.llm.exchange import Divide, TryAgain, ask, open_session
from tasks.llm.request import Answer, Refused, Request
from tasks.llm.wire import api_of, batch_key

MAX_TRIES = 5
MAX_BACKOFF_SECONDS = 20.0
# How often to look again where nothing in flight would make us look: an address is left alone, or a share grows.
LOOK_SECONDS = 0.25


@dataclass
class Ticket:
    """One request on its way: how often it was tried and where it failed last, since when it waits, and how many
    may travel together with it."""

    request: Request
    key: str
    company: int
    tries: int = 0
    failed_at: Endpoint | None = None
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
        self._http: ClientSession
        self._looking: asyncio.TimerHandle | None = None
        self._guard = threading.RLock()
        self._is_over = False
        self._ended = asyncio.Event()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Cancel what is in flight and end the thread. Calls that are left fail, and so do those to come."""
        with self._guard:
            self._tell(self._end)
            self._is_over = True
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=10)

    def submit(self, call: Call, tickets: list[Ticket]) -> None:
        """Send `tickets` for `call` as there is room."""
        if not self._tell(self._submit, call, tickets):
            call.arrived.put(closed())

    def drop(self, call: Call) -> None:
        """Cancel what is in flight for `call`."""
        self._tell(self._drop, call)

    def _tell(self, what: Callable[..., None], *arguments: Any) -> bool:
        """Have the thread do something; return False when it has been told to end, after which it does nothing."""
        with self._guard:
            if not self._is_over:
                self._loop.call_soon_threadsafe(what, *arguments)
            return not self._is_over

    # What follows runs in the thread.

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            with self._guard:
                self._is_over = True
            self._loop.close()

    async def _serve(self) -> None:
        async with open_session(self._model, self._headers) as self._http:
            await self._ended.wait()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self) -> None:
        for call in list(self._calls):
            self._fail(call, closed())
        self._ended.set()

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
            is_any_sent = False
            for call in waiting:
                endpoint = freest(self._endpoints, call.waiting[0].failed_at)
                if endpoint is None or self._is_crumb(call, endpoint):
                    continue
                # Behind the others, who are first when there is room again.
                self._calls.remove(call)
                self._calls.append(call)
                self._send(call, endpoint, self._batch(call, endpoint.room))
                is_any_sent = True
            if not is_any_sent:
                self._looking = self._looking or self._loop.call_later(LOOK_SECONDS, self._look)
                return

    def _look(self) -> None:
        self._looking = None
        self._pump()

    def _is_crumb(self, call: Call, endpoint: Endpoint) -> bool:
        """Say whether a request of many prompts would be a small one only because little is free at this moment.

        Small requests come back one by one, and each makes room for a small one: they would never grow again.
        """
        most = min(self._model.prompts_per_request, call.waiting[0].company, endpoint.limit)
        return endpoint.in_flight > 0 and endpoint.room < min(most // 4, len(call.waiting))

    def _batch(self, call: Call, room: int) -> list[Ticket]:
        """Take the next tickets that may travel together."""
        first = call.waiting.popleft()
        batch = [first]
        most = min(room, self._model.prompts_per_request, first.company)
        while len(batch) < most and call.waiting:
            other = call.waiting[0]
            if other.key != first.key or other.company <= len(batch):
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
        sent_at = time.monotonic()
        try:
            requests = [ticket.request for ticket in batch]
            queued_at = min(ticket.queued_at for ticket in batch)
            outcomes = await ask(self._http, endpoint.url, self._model, requests, queued_at)
        except Divide:
            endpoint.succeeded(len(batch))
            for ticket in batch:
                ticket.company = len(batch) // 2
        except TryAgain as error:
            if error.is_load:
                endpoint.overloaded(sent_at)
            if error.is_sick:
                endpoint.failed(sent_at)
            await self._pause(call, endpoint, batch, error)
        else:
            endpoint.succeeded(len(batch))
            for outcome in outcomes:
                call.arrived.put(outcome)
            return
        if call.failure is None:
            call.waiting.extendleft(reversed(batch))

    async def _pause(self, call: Call, endpoint: Endpoint, batch: list[Ticket], error: TryAgain) -> None:
        """Wait before the next try. Raises RetriableError when there is none."""
        for ticket in batch:
            ticket.tries += 1
            if error.is_sick:
                ticket.failed_at = endpoint
            if error.is_about_content:
                ticket.company = max(1, len(batch) // 4)
        worst = max(ticket.tries for ticket in batch)
        if worst >= MAX_TRIES:
            raise RetriableError(
                f"model {self._model.name} at {endpoint.url}: no usable answer after {MAX_TRIES} tries; last: "
                f"{error}. Answers that arrived are kept; check the server, then clear the task or wait for its retry"
            ) from error
        if call.failure is None:
            pause = max(error.after, 0.25 * 2 ** (worst - 1) * (1 + random.random()))
            await asyncio.sleep(min(pause, MAX_BACKOFF_SECONDS))


def ticket(request: Request) -> Ticket:
    """Return a ticket for `request`, which is yet to be sent. A request of `chat` travels alone."""
    if api_of(request) == "chat":
        return Ticket(request, key="", company=1)
    return Ticket(request, key=batch_key(request), company=sys.maxsize)


def closed() -> RetriableError:
    """Return what a call ends with when its client is closed."""
    return RetriableError("the model client was closed: its task is ending")
