"""Where a command without Airflow finds a model server."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.commands import endpoints
from tasks.commands.endpoints import open_model
from tasks.core.errors import ConfigError
from tasks.local.settings import Settings, load_settings
from tests.llm.test_budget import make_spec


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path)


def urls(settings: Settings, connection: Any = "here", endpoint: str | None = None, **model: Any) -> list[str]:
    spec = make_spec(connection=connection, **model)
    return open_model(spec, spec.models["judge"], settings, endpoint).urls


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://gpu.example:8000", "http://gpu.example:8000"),
        ("http://:key%2F@gpu.example:8000/https", "https://gpu.example:8000"),
        (json.dumps({"conn_type": "http", "host": "gpu.example", "schema": "https"}), "https://gpu.example"),
        (json.dumps({"host": "gpu.example", "port": 1}), "http://gpu.example:1"),
    ],
)
def test_the_environment_comes_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, given: str, expected: str
) -> None:
    """In both forms that Airflow takes."""
    monkeypatch.setenv("AIRFLOW_CONN_HERE", given)
    assert urls(settings) == [expected]


def test_several_connections_are_several_servers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack's own connection is known without the environment."""
    monkeypatch.setenv("AIRFLOW_CONN_HERE", "http://gpu.example:8000")
    assert urls(settings, ("here", "backforth_standin")) == ["http://gpu.example:8000", settings.standin_url]


def test_a_key_is_shown_to_its_own_server_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """One client has one key."""
    monkeypatch.setenv("AIRFLOW_CONN_HERE", "http://:secret@gpu.example:8000")
    with pytest.raises(ConfigError, match="different passwords") as caught:
        urls(settings, ("here", "backforth_standin"))
    assert "secret" not in str(caught.value)


def test_an_endpoint_that_is_named_is_taken(settings: Settings) -> None:
    """With or without the path that people copy with it."""
    assert urls(settings, endpoint="http://a.example:1/v1/") == ["http://a.example:1"]


def airflow_that_says(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put a program in the place of Airflow's command line."""
    program = folder / "program"
    program.write_text(f"#!{sys.executable}\nimport sys\nassert 'lost' in sys.argv\nprint({text!r})\n", "utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(endpoints.sys, "executable", str(program))


def test_airflows_database_comes_last(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked by its command line, which may warn before it answers."""
    told = [{"conn_id": "lost", "host": "db.example", "port": 7, "schema": "", "password": None}]
    airflow_that_says(tmp_path, monkeypatch, "a warning\n" + json.dumps(told))
    assert urls(settings, "lost") == ["http://db.example:7"]


def test_a_connection_that_nobody_knows_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the three ways to mend it."""
    airflow_that_says(tmp_path, monkeypatch, "Connection not found.")
    with pytest.raises(ConfigError, match=r"'lost' is not known here; add it .* AIRFLOW_CONN_LOST, .* --endpoint"):
        urls(settings, "lost")


def test_a_model_that_the_dag_serves_needs_an_endpoint(settings: Settings) -> None:
    """There is none while no Dag runs."""
    with pytest.raises(ConfigError, match="--endpoint"):
        urls(settings, "", serve={"model_path": "m"})
    assert urls(settings, "", "http://a.example:1", serve={"model_path": "m"}) == ["http://a.example:1"]
