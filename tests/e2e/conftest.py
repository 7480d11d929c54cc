"""The whole thing: `backforth demo` in a home of its own, once for all end-to-end tests."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.lineage.store import PostgresLineage
from tasks.local.connect import local_runtime_parts
from tasks.local.rest import AirflowRest
from tasks.local.settings import Settings, load_settings
from tasks.storage.objects import S3Objects

ROOT = Path(__file__).parents[2]
PARTITION = "2026-01"


@dataclass
class Demo:
    """A home in which the demo ran, what it printed, and clients of its services."""

    settings: Settings
    output: str
    objects: S3Objects
    lineage: PostgresLineage
    airflow: AirflowRest

    def backforth(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run the command line in this home."""
        return backforth(self.settings.home, *arguments, timeout=timeout)


def backforth(
    home: Path, *arguments: str, timeout: float = 300, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `backforth ARGUMENTS` as a user would, without a terminal."""
    own = {"BACKFORTH_HOME": str(home), "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run(
        [sys.executable, "-m", "tasks.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **own, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture(scope="session")
def demo(make_home: Callable[[], Path]) -> Iterator[Demo]:
    """The demo, run once from nothing; stopped at the end."""
    home = make_home()
    try:
        done = backforth(home, "demo", timeout=420)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        settings = load_settings(home)
        objects, lineage = local_runtime_parts(settings)
        yield Demo(settings, done.stdout, objects, lineage, AirflowRest(settings))
    finally:
        backforth(home, "down")
