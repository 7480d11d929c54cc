"""The connections of docker-compose.yml, read by the code that will read them in a worker."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

# Prints the arguments with which the adapter builds its clients; nothing is connected.
PROGRAM = """
import json
import types
from backforth import connections

connections.S3Objects = dict
connections.PostgresLineage = lambda url: url
connections.OpenAIClient = lambda *, base_url, model, api_key, demo, shares: [base_url[0], api_key]
spec = types.SimpleNamespace(demo=True)
models = {}
for conn_id in ("backforth_standin", "backforth_vllm"):
    model = types.SimpleNamespace(connections=(conn_id,))
    models[conn_id] = connections.model_client(spec, model, connections.model_urls(model))
print(json.dumps([connections.object_store(), connections.lineage_store(), models]))
"""


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> list:
    """Object store, lineage URL and model servers as the adapter understands the environment of a worker."""
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["worker-cpu"][
        "environment"
    ]
    given = {
        name: re.sub(r"\$\{(\w+):[^}]*\}", r"<\1>", value) for name, value in environment.items() if "_CONN_" in name
    }
    home = tmp_path_factory.mktemp("airflow")
    path = f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"
    base = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=base | given | {"PYTHONPATH": path, "AIRFLOW_HOME": str(home)},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_objects_go_to_the_s3_service(clients: list) -> None:
    """Inside the network S3 speaks plain HTTP on port 9000."""
    assert clients[0] == {
        "endpoint": "minio:9000",
        "access_key": "<S3_ACCESS_KEY>",
        "secret_key": "<S3_SECRET_KEY>",
        "bucket": "backforth",
        "secure": False,
    }


def test_lineage_goes_to_its_own_database(clients: list) -> None:
    """The role and the database are both called lineage; psycopg2 takes the address as it is."""
    assert (
        clients[1].replace("%3C", "<").replace("%3E", ">")
        == "postgresql://lineage:<LINEAGE_DB_PASSWORD>@postgres:5432/lineage"
    )


def test_models_are_reached_without_a_key(clients: list) -> None:
    """Both model servers listen on port 8000 of their own container, for the network alone."""
    assert clients[2] == {
        "backforth_standin": ["http://standin:8000", ""],
        "backforth_vllm": ["http://vllm:8000", ""],
    }
