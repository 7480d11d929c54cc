"""Airflow for tests that only parse Dags: its own home, no examples, no server."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def dag_bag():
    """Every Dag in dags/, parsed once."""
    os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="backforth-airflow-"))
    os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(ROOT / "dags")
    os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(ROOT / "plugins")
    sys.path.insert(0, str(ROOT / "plugins"))
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(ROOT / "dags"))
