"""One request and its answer over HTTP, with what each way to fail means for the prompts that were sent."""

import time
from collections.abc import Mapping, Sequence

import aiohttp
from aiohttp.connector import Connection

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError
from tasks.llm.request import Answer, Refused, Request
from tasks.llm.wire import PATHS, NoAnswer, api_of, decode, encode

# Statuses that say "later", with all of the 5xx family; others of the 4xx family say "never".
LATER = {408, 409, 425, 429}
TOO_MANY = 429
TOO_MUCH = {TOO_MANY, 503}
NEVER_RECORD = {400, 413, 422}
CONNECT_SECONDS = 5.0
# Shorter than the five seconds after which uvicorn, and so vLLM, closes a connection that is not used.
KEEP_ALIVE_SECONDS = 4.0


class TryAgain(Exception):
    """No usable answer, which says nothing about the prompts, or not for sure.

    `after`: seconds that the server asks to wait. `is_load`: it had too much. `is_sick`: something is wrong with it;
    where `is_about_content`, perhaps with one of the prompts instead.
    """

    def __init__(
        self,
        why: str,
        *,
        after: float = 0.0,
        is_load: bool = False,
        is_sick: bool = True,
        is_about_content: bool = False,
    ) -> None:
        super().__init__(why)
        self.after = after
        self.is_load = is_load
        self.is_sick = is_sick
        self.is_about_content = is_about_content


class Divide(Exception):
    """One prompt of a request is at fault, and the server does not say which."""


class _Request(aiohttp.ClientRequest):
    """Takes no connection on which an answer lies that nobody waited for: it would be taken for ours."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        if conn.protocol is None or conn.protocol.should_close:
            raise aiohttp.ClientConnectionError("the server sent more than one answer to a request")
        return await super().send(conn)


def open_session(model: ModelSpec, headers: Mapping[str, str]) -> aiohttp.ClientSession:
    """Return a session for `ask`, to be opened in the loop that uses it."""
    return aiohttp.ClientSession(
        headers=headers,
        timeout=aiohttp.ClientTimeout(total=model.timeout_seconds, sock_connect=CONNECT_SECONDS),
        # The endpoints' limits bound the connections.
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
        request_class=_Request,
        trust_env=False,
    )


async def ask(
    http: aiohttp.ClientSession, url: str, model: ModelSpec, requests: Sequence[Request], queued_at: float
) -> list[Answer | Refused]:
    """Send `requests`, which may travel together, to the server at `url`; return what became of each.

    `queued_at` is the time.monotonic() since which the first of them waits. Raises TryAgain, Divide, or ConfigError
    (refused credentials, another model, no such model).
    """
    started, path = time.monotonic(), PATHS[api_of(requests[0])]
    try:
        async with http.post(url + path, data=encode(requests), allow_redirects=False) as response:
            data, status = await response.read(), response.status
            after = _retry_after(response.headers.get("retry-after", ""))
    except aiohttp.ConnectionTimeoutError as error:
        raise TryAgain(f"no connection within {CONNECT_SECONDS:g} s") from error
    except TimeoutError as error:
        raise TryAgain(f"no answer after {model.timeout_seconds:g} s", is_load=True) from error
    except (aiohttp.ClientError, OSError) as error:
        raise TryAgain(f"{type(error).__name__}: {error}") from error
    told = data[:500].decode("utf-8", "replace")
    if status in LATER or status >= 500:
        is_load = status in TOO_MUCH
        raise TryAgain(
            f"HTTP {status}: {told[:200]}",
            after=after,
            is_load=is_load,
            is_sick=status != TOO_MANY,
            is_about_content=not is_load,
        )
    if status in NEVER_RECORD:
        if len(requests) > 1:
            raise Divide
        return [Refused(requests[0].generation_id, f"HTTP {status}: {told}")]
    if status != 200:
        raise ConfigError(
            f"model {model.name} at {url}: HTTP {status}: {told[:300]}; "
            "check the model's name and the connection's credentials"
        )
    facts = {"seconds": time.monotonic() - started, "queue_seconds": max(0.0, started - queued_at)}
    facts = {name: round(value, 3) for name, value in facts.items()}
    try:
        return list(decode(requests, data, facts if len(requests) == 1 else {**facts, "batch": len(requests)}))
    except NoAnswer as error:
        raise TryAgain(f"HTTP 200 without an answer ({error})", is_about_content=True) from error


def _retry_after(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0
