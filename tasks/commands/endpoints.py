"""Model servers for commands that work beside Airflow: a connection's address and key, wherever Airflow has it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from tasks.core.config import DatasetSpec, ModelSpec
from tasks.core.errors import ConfigError
from tasks.llm.client import OpenAIClient
from tasks.local.airflow import airflow_env, connections
from tasks.local.settings import Settings

# Seconds until Airflow's command line has said what it knows of a connection.
AIRFLOW_SECONDS = 120


def open_model(spec: DatasetSpec, model: ModelSpec, settings: Settings, endpoint: str | None = None) -> OpenAIClient:
    """Return a client of the servers of `model`, or of the one at `endpoint`.

    Raises ConfigError when nothing is known of a connection, or when the model has none (a task starts its server).
    """
    if endpoint:
        return OpenAIClient(base_url=endpoint.rstrip("/").removesuffix("/v1"), model=model, demo=spec.demo)
    if not any(model.connections):
        raise ConfigError(
            f"model {model.name}: its server is started by a task of the Dag and has no connection; "
            "start one by hand and give its address with --endpoint"
        )
    found = [_connection(name, settings) for name in model.connections]
    keys = {str(one.get("password") or "") for one in found}
    if len(keys) > 1:  # no server may see another one's key
        raise ConfigError(f"model {model.name}: its connections have different passwords; give them one API key")
    return OpenAIClient(base_url=[_address(one) for one in found], model=model, api_key=keys.pop(), demo=spec.demo)


def _connection(conn_id: str, settings: Settings) -> Mapping[str, Any]:
    """Return host, port, schema and password, as Airflow finds them: the environment first, its database last."""
    variable = f"AIRFLOW_CONN_{conn_id.upper()}"
    given = os.environ.get(variable) or connections(settings).get(variable)
    return _read(given, variable) if given else _from_airflow(conn_id, settings)


def _read(given: str, where: str) -> Mapping[str, Any]:
    if not given.lstrip().startswith("{"):
        parts = urlsplit(given)
        return {
            "host": parts.hostname,
            "port": parts.port,
            "schema": parts.path.strip("/"),
            "password": unquote(parts.password or ""),
        }
    try:
        found: dict[str, Any] = json.loads(given)
    except ValueError as error:
        raise ConfigError(f"{where}: is no JSON ({error})") from error
    return found


def _from_airflow(conn_id: str, settings: Settings) -> Mapping[str, Any]:
    command = [sys.executable, "-m", "airflow", "connections", "get", conn_id, "--output", "json"]
    advice = f"add it under Admin > Connections, set AIRFLOW_CONN_{conn_id.upper()}, or name a server with --endpoint"
    try:
        done = subprocess.run(
            command,
            env=airflow_env(settings, "airflow-cli"),
            capture_output=True,
            text=True,
            check=False,
            timeout=AIRFLOW_SECONDS,
        )
        # Warnings of Airflow may stand before the answer.
        found: list[dict[str, Any]] = json.loads(done.stdout[done.stdout.index("[{") :])
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise ConfigError(f"Airflow connection {conn_id!r} is not known here; {advice}") from error
    return found[0]


def _address(connection: Mapping[str, Any]) -> str:
    port = f":{connection['port']}" if connection.get("port") else ""
    return f"{connection.get('schema') or 'http'}://{connection.get('host')}{port}"
