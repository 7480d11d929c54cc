"""The HTTP server: routes, the demonstration header, latency and faults around the pure rules."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tasks.llm.standin.answer import read_prompt
from tasks.llm.standin.broken import damaged, instead_of_an_answer, without_content
from tasks.llm.standin.chatform import without_template
from tasks.llm.standin.faults import Faults, read_faults
from tasks.llm.standin.generation import Generation, chat_body, completion_body, generate
from tasks.llm.standin.ledger import Ledger
from tasks.llm.standin.protocol import (
    DEFAULT_COMPLETION_TOKENS,
    MAX_MODEL_LEN,
    MODEL,
    RequestError,
    Sampling,
    chat_prompt,
    check_length,
    check_model,
    check_supported,
    check_text,
    completion_prompts,
    read_body,
    read_sampling,
)
from tasks.llm.standin.tokens import token_ids

DEMO_HEADER = "x-backforth-demo"
_REFUSAL = (
    "This is backforth's stand-in: it has no model and answers by rules, so it serves only datasets that are marked "
    "as a demonstration. Set `demo: true` in the specification (the client then sends "
    f"`{DEMO_HEADER}: true`), or point the model's connection at a real server."
)

Handler = Callable[[Request], Awaitable[Response]]


def make_app(*, latency_seconds: float = 0.0, faults: Faults | None = None) -> Starlette:
    """Return the application. Every answer waits `latency_seconds`; `faults` are the switches set at the start."""
    server = _Server(latency_seconds, faults or Faults())
    routes = [
        Route("/v1/chat/completions", _guarded(server.chat), methods=["POST"]),
        Route("/v1/completions", _guarded(server.complete), methods=["POST"]),
        Route("/v1/models", server.models),
        Route("/tokenize", _guarded(server.tokenize), methods=["POST"]),
        Route("/faults", _guarded(server.set_faults), methods=["GET", "POST"]),
        Route("/ledger", server.show_ledger),
        Route("/metrics", server.metrics),
        Route("/health", server.health),
    ]
    return Starlette(routes=routes)


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except RequestError as error:
            return JSONResponse(error.body(), error.status)
        except ClientDisconnect:
            return Response(status_code=499)

    return guarded


class _Server:
    def __init__(self, latency_seconds: float, faults: Faults) -> None:
        self._latency_seconds = latency_seconds
        self._faults = faults
        self._ledger = Ledger()

    async def health(self, request: Request) -> Response:
        return Response()

    async def metrics(self, request: Request) -> Response:
        return PlainTextResponse(self._ledger.metrics(), media_type="text/plain; version=0.0.4")

    async def show_ledger(self, request: Request) -> Response:
        return JSONResponse(self._ledger.shown())

    async def models(self, request: Request) -> Response:
        served = {
            "id": MODEL,
            "object": "model",
            "created": 0,
            "owned_by": MODEL,
            "root": MODEL,
            "max_model_len": MAX_MODEL_LEN,
        }
        return JSONResponse({"object": "list", "data": [served]})

    async def tokenize(self, request: Request) -> Response:
        body = read_body(await request.body())
        if "model" in body:
            check_model(body)
        text = chat_prompt(body) if "messages" in body else completion_prompts(body)[0]
        tokens = token_ids(text)
        return JSONResponse(
            {"count": len(tokens), "max_model_len": MAX_MODEL_LEN, "tokens": tokens, "token_strs": None}
        )

    async def set_faults(self, request: Request) -> Response:
        if request.method == "POST":
            raw = await request.body()
            try:
                body = json.loads(raw) if raw.strip() else None
            except ValueError as error:
                raise RequestError(400, f"the body is not valid JSON: {error}") from error
            self._faults.switches = read_faults(body)
        return JSONResponse({"faults": self._faults.shown()})

    async def chat(self, request: Request) -> Response:
        body = await self._admit(request)
        return await self._respond(
            request, body, [chat_prompt(body)], read_sampling(body), lambda made: chat_body(body, made[0])
        )

    async def complete(self, request: Request) -> Response:
        body = await self._admit(request)
        body.setdefault("max_tokens", DEFAULT_COMPLETION_TOKENS)
        return await self._respond(
            request, body, completion_prompts(body), read_sampling(body), lambda made: completion_body(body, made)
        )

    async def _admit(self, request: Request) -> dict[str, Any]:
        self._ledger.received += 1
        try:
            if request.headers.get(DEMO_HEADER, "").lower() != "true":
                raise RequestError(403, _REFUSAL, "PermissionDeniedError")
            body = read_body(await request.body())
            check_model(body)
            check_supported(body)
        except RequestError:
            self._ledger.refused += 1
            raise
        return body

    async def _respond(
        self,
        request: Request,
        body: dict[str, Any],
        prompts: list[str],
        sampling: Sampling,
        shape: Callable[[list[Generation]], dict[str, Any]],
    ) -> Response:
        try:
            for prompt in prompts:
                check_text(prompt)
                check_length(prompt, sampling)
        except RequestError:
            self._ledger.refused += 1
            raise
        stages = [read_prompt(without_template(prompt)).stage for prompt in prompts] if self._faults.switches else []
        fault = self._faults.of_request(prompts[0], stages[0]) if stages else None
        if self._latency_seconds:
            await asyncio.sleep(self._latency_seconds)
        if fault:
            self._ledger.faults[fault.mode] += 1
            if (broken := await instead_of_an_answer(fault, request)) is not None:
                return broken
        modes = (
            [self._answer_mode(*one) for one in zip(prompts, stages, strict=True)] if stages else [None] * len(prompts)
        )
        made = [generate(prompt, sampling, mode=mode) for prompt, mode in zip(prompts, modes, strict=True)]
        response = shape(made)
        if fault and (broken := damaged(fault.mode, response)) is not None:
            return broken
        for number, (prompt, mode, one) in enumerate(zip(prompts, modes, made, strict=True)):
            if mode == "null_content":
                response["choices"][number] = without_content(response["choices"][number])
            else:
                self._ledger.answer(one.stage, prompt, sampling, (one.prompt_tokens, one.completion_tokens))
        return JSONResponse(response)

    def _answer_mode(self, prompt: str, stage: str) -> str | None:
        fault = self._faults.of_answer(prompt, stage)
        if fault:
            self._ledger.faults[fault.mode] += 1
        return fault.mode if fault else None
