"""One vLLM server for all engine tests; a test that stops or kills it leaves that to the next one to notice."""

from collections.abc import Iterator

import pytest

from tests.chaos.conftest import s3_arguments
from tests.engine.place import fixture_folder
from tests.engine.server import ADAPTERS, EngineServer

__all__ = ["s3_arguments"]


@pytest.fixture(scope="session")
def engine_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineServer]:
    """The server, with both adapters; not yet running."""
    adapters = [f"{name}={fixture_folder() / name}" for name in ADAPTERS]
    server = EngineServer(
        tmp_path_factory.mktemp("engine") / "engine.log",
        *("--enable-lora", "--max-lora-rank=8", "--lora-modules", *adapters),
        "--shutdown-timeout=60",
        # JSON allows any white space between its parts, and a model that never saw JSON would write nothing else.
        '--structured-outputs-config={"backend": "xgrammar", "disable_any_whitespace": true}',
    )
    yield server
    server.kill()


@pytest.fixture
def engine(engine_server: EngineServer) -> EngineServer:
    """The server, running."""
    if not engine_server.is_running:
        engine_server.start()
    return engine_server
