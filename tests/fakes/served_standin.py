"""The stand-in behind vLLM's command line: what `models.*.serve.command` starts where there is no GPU and no vLLM.

`python -m tests.fakes.served_standin --model PATH --served-model-name NAME --host H --port N --shutdown-timeout S …`
refuses flags it does not know, drains what is in flight after SIGTERM as vLLM does, counts its tokens at /metrics under
vLLM's name, and takes `--latency-ms`.
"""

import argparse

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tasks.llm.standin.protocol import MODEL
from tasks.llm.standin.server import make_app


def count_as_vllm(app: Starlette) -> None:
    """Tell the tokens at /metrics as vLLM does."""
    (tell,) = (route.endpoint for route in app.routes if isinstance(route, Route) and route.path == "/metrics")

    async def metrics(request: Request) -> Response:
        text = bytes((await tell(request)).body).decode()
        own, vllm = 'backforth_standin_tokens_total{kind="completion"}', 'vllm:generation_tokens_total{engine="0"}'
        return PlainTextResponse(text.replace(own, vllm))

    app.router.routes.insert(0, Route("/metrics", metrics))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--served-model-name", choices=[MODEL], required=True)
    parser.add_argument("--revision", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--shutdown-timeout", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    options = parser.parse_args()
    print(f"served stand-in: {vars(options)}", flush=True)
    app = make_app(latency_seconds=options.latency_ms / 1000)
    count_as_vllm(app)
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=options.shutdown_timeout,
    )


if __name__ == "__main__":
    main()
