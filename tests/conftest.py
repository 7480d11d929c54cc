"""What all tests share: a PostgreSQL and an S3 server of their own, started when the first test asks for them.

`lineage_store` and `s3_objects` are empty for each test. Everything lies in a temporary home, and nothing of it is
left running at the end.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest
from psycopg2 import sql

from tasks.local import stack
from tasks.local.s3 import open_bucket
from tasks.local.settings import Settings, load_settings
from tasks.storage.objects import S3Objects

if TYPE_CHECKING:
    from tasks.lineage.store import PostgresLineage

# A migrated database that every `lineage_store` is copied from: a copy takes 50 ms, a migration much longer.
TEMPLATE = "lineage_template"


@pytest.fixture(scope="session")
def make_home() -> Iterator[Callable[[], Path]]:
    """Make temporary homes for embedded stacks; removed at the end, when what ran there must be down.

    Not below pytest's own folder, which each start of pytest closes again to PostgreSQL's user where we are root.
    """
    homes: list[Path] = []

    def make() -> Path:
        homes.append(Path(tempfile.mkdtemp(prefix="backforth-test-")))
        return homes[-1]

    yield make
    for home in homes:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def stack_settings(make_home: Callable[[], Path]) -> Iterator[Settings]:
    """Settings of a temporary home; whatever a test started there is stopped at the end."""
    settings = load_settings(make_home())
    yield settings
    stack.down(settings)


@pytest.fixture(scope="session")
def postgres_url(stack_settings: Settings) -> str:
    """URL of the lineage database on a running PostgreSQL, migrated, shared by the session."""
    stack.up(stack_settings, only=["postgres"])
    return stack_settings.lineage_url


@pytest.fixture(scope="session")
def lineage_template(stack_settings: Settings, postgres_url: str) -> str:
    """Name of a migrated and empty database that nobody is connected to."""
    from tasks.lineage.migrate import migrate

    _on_server(stack_settings, "CREATE DATABASE {} OWNER lineage", TEMPLATE)
    migrate(stack_settings.database_url("lineage", TEMPLATE))
    return TEMPLATE


@pytest.fixture
def lineage_url(stack_settings: Settings, lineage_template: str) -> Iterator[str]:
    """URL of an empty, migrated lineage database, for this test alone."""
    name = f"lineage_{uuid.uuid4().hex}"
    _on_server(stack_settings, "CREATE DATABASE {} OWNER lineage TEMPLATE {}", name, lineage_template)
    yield stack_settings.database_url("lineage", name)
    _on_server(stack_settings, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def lineage_store(lineage_url: str) -> "PostgresLineage":
    """An empty, migrated lineage store, for this test alone."""
    from tasks.lineage.store import PostgresLineage

    return PostgresLineage(lineage_url)


@pytest.fixture(scope="session")
def s3_settings(stack_settings: Settings) -> Settings:
    """Settings whose S3 server is running."""
    stack.up(stack_settings, only=["s3"])
    return stack_settings


@pytest.fixture
def s3_objects(s3_settings: Settings) -> S3Objects:
    """An empty bucket on a real S3 server, for this test alone."""
    objects = open_bucket(s3_settings, f"test-{uuid.uuid4().hex}")
    objects.make_bucket()
    return objects


def _on_server(settings: Settings, statement: str, *names: str) -> None:
    connection = psycopg2.connect(settings.admin_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    finally:
        connection.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CI is set, a skipped test fails the session: what was not run was not seen to work."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
