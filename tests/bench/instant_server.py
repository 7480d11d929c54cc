"""An OpenAI-like server that gives the same short answer at once: `python -m tests.bench.instant_server PORT`."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ANSWER = {
    "model": "instant",
    "choices": [{"message": {"content": "How do I label a jar so that it lasts?"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1},
}


async def complete(request: Request) -> JSONResponse:
    """Read the request and answer."""
    await request.body()
    return JSONResponse(ANSWER)


app = Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
