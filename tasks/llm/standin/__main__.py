"""Run the stand-in model server: `python -m tasks.llm.standin --port 8000`.

Prints one line; /health answers when it listens. SIGTERM and SIGINT end it; answers in flight get a moment to finish.
"""

import argparse
import json

import uvicorn

from tasks.llm.standin.faults import MODES, Faults, read_faults
from tasks.llm.standin.protocol import MODEL, RequestError
from tasks.llm.standin.server import make_app

_GRACE_SECONDS = 3


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and serve until a signal comes."""
    parser = argparse.ArgumentParser(
        prog="python -m tasks.llm.standin", description="A model server without a model, for demonstrations and tests."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="how long every answer waits (0)")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="JSON",
        help='a fault switch, such as \'{"mode": "429", "rate": 0.1, "count": 5}\'; can be given again; modes: '
        + ", ".join(MODES),
    )
    options = parser.parse_args(arguments)
    try:
        faults = Faults([fault for text in options.fault for fault in read_faults(json.loads(text))])
    except (RequestError, ValueError) as error:
        parser.error(f"--fault: {error}")
    app = make_app(latency_seconds=options.latency_ms / 1000, faults=faults)
    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    print(f"{MODEL} starts on http://{options.host}:{options.port}", flush=True)
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
