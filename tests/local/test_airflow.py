"""Airflow's environment, and when its components count as healthy."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tasks.local import airflow
from tasks.local.airflow import COMPONENTS, airflow_env, components
from tasks.local.settings import REPOSITORY, Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home that nothing is started in."""
    return load_settings(tmp_path)


def test_the_environment_names_everything(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dags and plugins of this checkout, our database, one secret for all, nothing paused, nothing reported home."""
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/somewhere/else")
    env = airflow_env(settings)
    expected = {
        "AIRFLOW_HOME": str(settings.airflow_home),
        "PYTHONPATH": str(REPOSITORY),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": settings.airflow_db_url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API_AUTH__JWT_SECRET": settings.secrets["jwt_secret"],
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    assert {key: env.get(key) for key in expected} == expected
    monkeypatch.setenv("BACKFORTH_PARALLELISM", "9")
    assert airflow_env(settings)["AIRFLOW__CORE__PARALLELISM"] == "9"


def test_the_connections_lead_to_the_stack(settings: Settings) -> None:
    """The three connections are JSON with the addresses and secrets of this home."""
    env = airflow_env(settings)
    lineage, objects, standin = (
        json.loads(env[f"AIRFLOW_CONN_BACKFORTH_{name}"]) for name in ("LINEAGE", "OBJECTS", "STANDIN")
    )
    assert (lineage["conn_type"], lineage["login"], lineage["schema"]) == ("postgres", "lineage", "lineage")
    assert (lineage["port"], lineage["password"]) == (
        settings.ports["postgres"],
        settings.secrets["lineage_db_password"],
    )
    assert (objects["host"], objects["extra"]) == (settings.s3_url, {"bucket": "backforth"})
    assert (objects["login"], objects["password"]) == (
        settings.secrets["s3_access_key"],
        settings.secrets["s3_secret_key"],
    )
    assert f"http://{standin['host']}:{standin['port']}" == settings.standin_url


def test_nothing_listens_beyond_this_machine(settings: Settings) -> None:
    """The log servers of scheduler and triggerer, which take all addresses, are not started."""
    commands = {service.name: service.command for service in components(settings)}
    assert tuple(commands) == COMPONENTS
    assert "--skip-serve-logs" in commands["scheduler"]
    assert "--skip-serve-logs" in commands["triggerer"]


@pytest.mark.parametrize(
    ("beat", "status", "expected"),
    [
        (1_000.0, "healthy", "no heartbeat since"),  # left by the one before, which was killed
        (2_500.0, "healthy", "no heartbeat since"),  # older than the database: it may hang since that was away
        (3_500.0, "healthy", ""),
        (3_500.0, "unhealthy", "unhealthy, last heartbeat"),
        (None, "unhealthy", "no heartbeat since"),
    ],
)
def test_an_old_heartbeat_does_not_count(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, beat: float | None, status: str, expected: str
) -> None:
    """A component started at 2,000 on a database started at 3,000 is healthy by a heartbeat after both."""
    started = {"scheduler": 2_000.0, "postgres": 3_000.0}
    at = None if beat is None else datetime.fromtimestamp(beat, UTC).isoformat()
    health: dict[str, Any] = {"scheduler": {"status": status, "latest_scheduler_heartbeat": at}}
    monkeypatch.setattr(airflow, "_health", lambda settings: health)
    monkeypatch.setattr(
        airflow, "main_process", lambda settings, name: SimpleNamespace(create_time=lambda: started[name])
    )
    (scheduler,) = (service for service in components(settings) if service.name == "scheduler")
    wrong = scheduler.check()
    assert wrong.startswith(expected)
    assert bool(wrong) == bool(expected)
