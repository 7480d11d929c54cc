"""What a faulty server does before, or instead of, a proper response."""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tasks.llm.standin.faults import Fault
from tasks.llm.standin.protocol import RequestError

_SLOW_SECONDS = 5.0
_LATE_SECONDS = 60.0
_HANG_SECONDS = 3600.0
_LOOKS_SECONDS = 0.1  # how soon a waiting answer notices that its client has gone


class _HalfResponse(Response):
    """Promises its whole body, sends half of it, and ends: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


async def instead_of_an_answer(fault: Fault, request: Request) -> Response | None:
    """Do what `fault` says before or instead of answering; None when the request is to be answered after all."""
    if fault.mode == "429":
        error = RequestError(429, "too many requests (a fault switch is set)", "RateLimitError")
        seconds = 1 if fault.seconds is None else fault.seconds
        return JSONResponse(error.body(), 429, {"retry-after": f"{seconds:g}"})
    if fault.mode == "500":
        return JSONResponse(
            RequestError(500, "internal error (a fault switch is set)", "InternalServerError").body(), 500
        )
    if fault.mode == "html":
        return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>")
    if fault.mode == "slow":
        await asyncio.sleep(_SLOW_SECONDS if fault.seconds is None else fault.seconds)
    # A client that has gone gets nothing, and nothing counts as answered.
    if fault.mode == "late" and not await _is_awaited(
        request, _LATE_SECONDS if fault.seconds is None else fault.seconds
    ):
        return Response(status_code=499)
    if fault.mode == "hang":
        await _is_awaited(request, _HANG_SECONDS if fault.seconds is None else fault.seconds)
        return Response(status_code=504)
    return None


async def _is_awaited(request: Request, seconds: float) -> bool:
    """Wait, and say whether the client is still there afterwards; return early when it goes."""
    while seconds > 0 and not await request.is_disconnected():
        await asyncio.sleep(min(seconds, _LOOKS_SECONDS))
        seconds -= _LOOKS_SECONDS
    return not await request.is_disconnected()


def damaged(mode: str, response: dict[str, Any]) -> Response | None:
    """Return a 200 that is no answer to what was asked, None for a fault that leaves the response as it is."""
    if mode == "malformed":
        text = json.dumps(response)
        return Response(text[: len(text) // 2], media_type="application/json")
    if mode == "half_json":
        return _HalfResponse(json.dumps(response), media_type="application/json")
    if mode == "empty_choices":
        return JSONResponse({**response, "choices": []})
    if mode == "wrong_model":
        return JSONResponse({**response, "model": "another-model"})
    if mode == "twice":
        # Of several the last takes the place of the first, so that their number is right; one alone comes twice.
        *_, last = response["choices"]
        return JSONResponse({**response, "choices": [last, *(response["choices"][1:] or [last])]})
    return None


def without_content(choice: dict[str, Any]) -> dict[str, Any]:
    """Return a choice of either form whose text is null."""
    if "message" in choice:
        return {**choice, "message": {**choice["message"], "content": None}}
    return {**choice, "text": None}
