"""The stand-in model server as a service of the embedded stack."""

import signal
import sys

import httpx

from tasks.local.service import Service, child_env
from tasks.local.settings import REPOSITORY, Settings


def standin(settings: Settings) -> Service:
    """Return the stand-in model server of `settings`."""
    port = settings.ports["standin"]
    return Service(
        name="standin",
        command=(sys.executable, "-m", "tasks.llm.standin", "--port", str(port)),
        env=child_env(settings, "standin"),
        folder=REPOSITORY,
        port=port,
        url=settings.standin_url,
        check=lambda: _check(f"{settings.standin_url}/health"),
        advice="read the log above, or run it by hand: python -m tasks.llm.standin --port 8000",
        stop_signal=signal.SIGTERM,
        stop_seconds=10,
        start_seconds=30,
    )


def _check(url: str) -> str:
    try:
        status = httpx.get(url, timeout=3, trust_env=False).status_code
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    return "" if status == httpx.codes.OK else f"/health answered {status}"
