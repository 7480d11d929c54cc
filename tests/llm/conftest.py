"""What the tests of the model client share: a server, and pauses that take no time."""

from collections.abc import Iterator

import pytest

from tasks.llm import traffic
from tests.llm.model_server import ModelServer, model_server


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which take no time here."""
    taken: list[float] = []
    real = traffic.asyncio.sleep

    async def sleep(seconds: float) -> None:
        taken.append(seconds)
        await real(0)

    monkeypatch.setattr(traffic.asyncio, "sleep", sleep)
    monkeypatch.setattr("tasks.llm.endpoint.EJECT_SECONDS", 0.01)
    return taken
