"""A client of one model behind one or several servers that speak the OpenAI protocol over HTTP.

Answers are yielded as they come, in any order. A request that is the request's own fault comes back as Refused; a
server that is away, overloaded or talking nonsense is retried with backoff and then raises RetriableError, after
every answer that did arrive was yielded.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError, RetriableError
from tasks.llm.endpoint import Endpoint
from tasks.llm.exchange import NEVER_RECORD
from tasks.llm.request import Answer, Refused, Request
from tasks.llm.traffic import Call, Ticket, Traffic, closed, ticket

# For what is no generation, such as /tokenize.
QUESTION_SECONDS = 30.0


class QuestionRefused(RetriableError):
    """A server understood a question of `get` or `post` and will not answer it, because of what is in it."""


class OpenAIClient:
    """`base_url` is one address or several that serve the same model; the threads of a task share one client.

    `demo` tells a stand-in server that its answers are wanted as a demonstration. `shares` gives, for an address,
    the number of prompts that this task may have in flight there, where other tasks use it as well.
    """

    def __init__(
        self,
        *,
        base_url: str | Sequence[str],
        model: ModelSpec,
        api_key: str = "",
        demo: bool = False,
        shares: Callable[[str], Callable[[], int]] | None = None,
    ) -> None:
        urls = [base_url] if isinstance(base_url, str) else list(base_url)
        self._model = model
        self._endpoints = [Endpoint(url, model.concurrency, shares(url) if shares else None) for url in urls]
        self._headers = {"content-type": "application/json", **({"x-backforth-demo": "true"} if demo else {})}
        if api_key := api_key.strip():
            self._headers["authorization"] = f"Bearer {api_key}"
        # Reentrant: an abandoned iterator may be closed wherever its last reference goes.
        self._guard = threading.RLock()
        self._traffic: Traffic | None = None
        self._callers = 0
        self._is_closed = False
        self._questions: httpx.Client | None = None

    @property
    def urls(self) -> list[str]:
        """The addresses of the servers."""
        return [endpoint.url for endpoint in self._endpoints]

    def complete(self, requests: Iterable[Request | None]) -> Iterator[Answer | Refused]:
        """Yield one Answer or Refused per request, as they arrive; threads may call this side by side.

        `requests` is read as there is room, in the caller's thread; None in it means "nothing now, ask me again after
        the next answer". Closing the iterator cancels what is in flight. At most twice the servers' limit is sent and
        not yet taken by the caller, so that a caller that is killed loses no more than that. Raises ConfigError
        (unknown model, refused credentials) or RetriableError (server away) after the answers that did arrive.
        """
        call, todo, batch = Call(), iter(requests), list[Ticket]()
        window = 2 * self._model.concurrency * len(self._endpoints)
        # Where many travel in one request they are handed over together, as answers come together.
        together = min(self._model.prompts_per_request, self._model.concurrency // 2)
        outstanding, is_over = 0, False
        with self._traffic_for(call) as traffic:
            while True:
                while not is_over and outstanding < window:
                    request = next(todo, self)
                    if not isinstance(request, Request):
                        is_over = request is self
                        break
                    batch.append(ticket(request))
                    outstanding += 1
                    if len(batch) >= min(together, batch[0].company):
                        traffic.submit(call, batch)
                        batch = []
                if batch and call.arrived.empty():
                    traffic.submit(call, batch)
                    batch = []
                if not outstanding:
                    if not is_over:
                        raise AssertionError("a caller that awaits no answer must have a request to send")
                    return
                item = call.arrived.get()
                if isinstance(item, BaseException):
                    raise item
                outstanding -= 1
                yield item

    def get(self, path: str) -> Any:
        """Return the JSON of GET `path` at the first server that answers.

        Raises RetriableError when none does (QuestionRefused where that is the question's fault), ConfigError when
        we are refused or the path is not known there.
        """
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Like `get`, for small questions that are no generations, such as /tokenize."""
        return self._ask("POST", path, body)

    def close(self) -> None:
        """Cancel everything in flight; whoever still waits for an answer, in any thread, gets a RetriableError."""
        with self._guard:
            self._is_closed = True
            self._stop()
            if self._questions:
                self._questions.close()

    def _stop(self) -> None:
        traffic, self._traffic = self._traffic, None
        if traffic:
            traffic.stop()

    @contextmanager
    def _traffic_for(self, call: Call) -> Iterator[Traffic]:
        """The thread runs while somebody asks. There is never a second one, as both would count what is in flight."""
        with self._guard:
            if self._is_closed:
                raise closed()
            if self._traffic is None:
                self._traffic = Traffic(self._model, self._endpoints, self._headers)
                self._traffic.start()
            self._callers += 1
            traffic = self._traffic
        try:
            yield traffic
        finally:
            with self._guard:
                self._callers -= 1
                if self._callers:
                    traffic.drop(call)
                else:
                    self._stop()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        last, http = "", self._open_questions()
        for url in self.urls:
            try:
                response = http.request(method, url + path, json=body)
                if response.status_code < 400:
                    return response.json()
            except (httpx.HTTPError, ValueError) as error:
                last = f"{url}: {type(error).__name__}: {error}"
                continue
            except RuntimeError as error:  # httpx: another thread closed it
                raise closed() from error
            last = f"{url}: HTTP {response.status_code}: {response.text[:300]}"
            told = f"model {self._model.name}: {method} {path} at {last}"
            if response.status_code in {401, 403, 404}:
                raise ConfigError(told)
            if response.status_code in NEVER_RECORD:
                raise QuestionRefused(told)
        raise RetriableError(f"model {self._model.name}: {method} {path}: no server answers; last: {last}")

    def _open_questions(self) -> httpx.Client:
        """One for all questions, as making one takes longer than most answers."""
        with self._guard:
            if self._is_closed:
                raise closed()
            if self._questions is None:
                self._questions = httpx.Client(headers=self._headers, timeout=QUESTION_SECONDS, trust_env=False)
            return self._questions
