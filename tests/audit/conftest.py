"""The stand-in model server of the tests that go through whole flows."""

from collections.abc import Iterator

import pytest

from tests.llm.standin_process import standin


@pytest.fixture(scope="package")
def standin_url() -> Iterator[str]:
    with standin() as client:
        yield str(client.base_url).rstrip("/")
