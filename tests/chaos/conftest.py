"""A stand-in model server per test, slow enough that a task can be killed in the middle."""

import uuid
from collections.abc import Iterator

import pytest

from tasks.local.settings import Settings
from tasks.storage.objects import S3Objects
from tests.conftest import _on_server
from tests.llm.standin_process import standin


@pytest.fixture
def standin_url() -> Iterator[str]:
    """A stand-in of this test's own, 40 ms an answer."""
    with standin("--latency-ms", "40") as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def s3_arguments(s3_settings: Settings, s3_objects: S3Objects) -> dict[str, str]:
    """What opens this test's bucket from another process."""
    return {
        "endpoint": s3_settings.s3_endpoint,
        "access_key": s3_settings.secrets["s3_access_key"],
        "secret_key": s3_settings.secrets["s3_secret_key"],
        "bucket": s3_objects.bucket,
    }


@pytest.fixture
def other_lineage_url(stack_settings: Settings, lineage_template: str) -> Iterator[str]:
    """A second empty lineage database: the same objects, nothing known of them."""
    name = f"lineage_{uuid.uuid4().hex}"
    _on_server(stack_settings, "CREATE DATABASE {} OWNER lineage TEMPLATE {}", name, lineage_template)
    yield stack_settings.database_url("lineage", name)
    _on_server(stack_settings, "DROP DATABASE {} WITH (FORCE)", name)
