"""A client of one model server that speaks the OpenAI protocol over HTTP.

Requests run side by side up to `concurrency`; answers are yielded as they come, in any order. A request that
is the request's own fault comes back as Refused; a server that is away, overloaded or talking nonsense is
retried with backoff and then raises RetriableError, after every answer that did arrive was yielded.
"""

import asyncio
import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence

import httpx

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError, PipelineError, RetriableError
from tasks.llm.request import Answer, Refused, Request

# Statuses that say "later", with all of the 5xx family; others of the 4xx family say "never".
_LATER = {408, 409, 425, 429}
_NEVER_RECORD = {400, 413, 422}
MAX_TRIES = 5
MAX_BACKOFF_SECONDS = 20.0


class _TryAgain(Exception):
    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class OpenAIClient:
    """One endpoint and one model. `demo` tells a stand-in server that its answers are wanted as a demonstration."""

    def __init__(self, *, base_url: str, model: ModelSpec, api_key: str = "", demo: bool = False) -> None:
        self._base_url = base_url.rstrip("/")
        self._model = model
        self._headers = {"x-backforth-demo": "true"} if demo else {}
        if api_key:
            self._headers["authorization"] = f"Bearer {api_key}"

    def complete(self, requests: Sequence[Request]) -> Iterator[Answer | Refused]:
        """Yield one Answer or Refused per request, as they arrive.

        Closing the iterator cancels what is in flight. At most twice `concurrency` requests are sent and not yet
        taken by the caller, so that a caller that is killed loses no more than that. Raises ConfigError (unknown
        model, refused credentials) or RetriableError (server away) after the answers that did arrive.
        """
        arrived: queue.Queue[Answer | Refused | BaseException | None] = queue.Queue()
        stop = threading.Event()
        room = threading.Semaphore(2 * self._model.concurrency)
        thread = threading.Thread(
            target=self._thread, args=(requests, arrived, stop, room), name="model-client", daemon=True
        )
        thread.start()
        try:
            while (item := arrived.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                room.release()
                yield item
        finally:
            stop.set()
            thread.join(timeout=10)

    def _thread(
        self,
        requests: Sequence[Request],
        arrived: "queue.Queue[Answer | Refused | BaseException | None]",
        stop: threading.Event,
        room: threading.Semaphore,
    ) -> None:
        try:
            asyncio.run(self._all(requests, arrived, stop, room))
        except BaseException as error:  # noqa: BLE001 handed to the consuming thread, which raises it
            arrived.put(error)
        arrived.put(None)

    async def _all(
        self,
        requests: Sequence[Request],
        arrived: "queue.Queue[Answer | Refused | BaseException | None]",
        stop: threading.Event,
        room: threading.Semaphore,
    ) -> None:
        todo = iter(requests)
        limits = httpx.Limits(
            max_connections=self._model.concurrency, max_keepalive_connections=self._model.concurrency
        )
        timeout = httpx.Timeout(self._model.timeout_seconds, connect=5.0)
        failures: list[PipelineError] = []

        async with httpx.AsyncClient(
            base_url=self._base_url, headers=self._headers, limits=limits, timeout=timeout, trust_env=False
        ) as http:

            async def work() -> None:
                for request in todo:
                    while not room.acquire(blocking=False):
                        await asyncio.sleep(0.002)
                    if stop.is_set() or failures:
                        return
                    try:
                        arrived.put(await self._ask(http, request, stop))
                    except PipelineError as error:
                        failures.append(error)

            workers = [asyncio.create_task(work()) for _ in range(min(self._model.concurrency, len(requests)))]
            watcher = asyncio.create_task(_cancel_on(stop, workers))
            await asyncio.gather(*workers, return_exceptions=True)
            watcher.cancel()
            for worker in workers:
                if not worker.cancelled() and worker.exception() is not None:
                    raise worker.exception()  # type: ignore[misc]
        if failures:
            raise failures[0]

    async def _ask(self, http: httpx.AsyncClient, request: Request, stop: threading.Event) -> Answer | Refused:
        last = "never asked"
        for number in range(MAX_TRIES):
            try:
                return await self._ask_once(http, request)
            except _TryAgain as error:
                last = str(error)
                pause = error.after if error.after is not None else 0.25 * 2**number * (1 + random.random())
                if number + 1 < MAX_TRIES and not stop.is_set():
                    await asyncio.sleep(min(pause, MAX_BACKOFF_SECONDS))
        raise RetriableError(
            f"model {self._model.name} at {self._base_url}: no usable answer after {MAX_TRIES} tries; last: {last}. "
            "Answers that arrived are kept; check the server, then clear the task or wait for its retry"
        )

    async def _ask_once(self, http: httpx.AsyncClient, request: Request) -> Answer | Refused:
        body = {
            "model": request.model_name,
            "messages": [{"role": "user", "content": request.text}],
            "seed": request.seed,
            **request.sampling,
        }
        started = time.monotonic()
        try:
            response = await http.post("/v1/chat/completions", json=body)
        except httpx.HTTPError as error:
            raise _TryAgain(f"{type(error).__name__}: {error}") from error
        if response.status_code in _LATER or response.status_code >= 500:
            raise _TryAgain(f"HTTP {response.status_code}: {response.text[:200]}", _retry_after(response))
        if response.status_code in _NEVER_RECORD:
            return Refused(request.generation_id, f"HTTP {response.status_code}: {response.text[:500]}")
        if response.status_code != 200:
            raise ConfigError(
                f"model {self._model.name} at {self._base_url}: HTTP {response.status_code}: {response.text[:300]}; "
                "check the model's name and the connection's credentials"
            )
        return _answer(request, response, time.monotonic() - started)


async def _cancel_on(stop: threading.Event, workers: list["asyncio.Task[None]"]) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.1)
    for worker in workers:
        worker.cancel()


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None


def _answer(request: Request, response: httpx.Response, seconds: float) -> Answer:
    """Read a 200. What is not an answer to this request is treated as a sick server: ask again."""
    try:
        body = response.json()
        choices = body["choices"]
        content = choices[0]["message"]["content"]
        finish = choices[0].get("finish_reason") or "stop"
        usage = body.get("usage") or {}
        prompt_tokens, output_tokens = (int(usage.get(name) or 0) for name in ("prompt_tokens", "completion_tokens"))
    # No JSON is a ValueError, JSON nested too deeply a RecursionError, a count of `Infinity` an OverflowError.
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise _TryAgain(f"HTTP 200 without an answer ({type(error).__name__}): {response.text[:200]!r}") from error
    if len(choices) != 1 or not isinstance(content, str):
        raise _TryAgain(f"HTTP 200 with {len(choices)} choices and content of type {type(content).__name__}")
    if body.get("model") not in (None, request.model_name):
        raise ConfigError(f"asked for model {request.model_name!r}, the server answered as {body.get('model')!r}")
    return Answer(
        generation_id=request.generation_id,
        output_text=_storable(content),
        finish_reason=_storable(str(finish)),
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        facts={"seconds": round(seconds, 3)},
    )


def _storable(text: str) -> str:
    """PostgreSQL refuses NUL, UTF-8 refuses lone surrogates; the stored answer is the one that goes downstream."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")
