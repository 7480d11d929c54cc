"""The script that the PostgreSQL container runs once, on a real and empty cluster."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tasks.local import stack
from tasks.local.postgres import binaries, postgres
from tasks.local.service import start
from tasks.local.settings import Settings, load_settings

SCRIPT = Path(__file__).resolve().parents[2] / ".docker" / "postgres" / "create-databases.sh"
PASSWORDS = {"airflow": "it's a 'quoted' one", "lineage": "back\\slash"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A running server with nothing in it but what initdb made, and the script run over it."""
    settings = load_settings(tmp_path_factory.mktemp("cluster"))
    service = postgres(settings)
    start(settings, service)
    deadline = time.monotonic() + 60
    while wrong := service.check():
        assert time.monotonic() < deadline, wrong
        time.sleep(0.1)
    environment = {
        "PATH": f"{binaries()}{os.pathsep}{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(settings.ports["postgres"]),
        "PGPASSWORD": settings.secrets["postgres_password"],
        "POSTGRES_USER": "postgres",
        "AIRFLOW_DB_PASSWORD": PASSWORDS["airflow"],
        "LINEAGE_DB_PASSWORD": PASSWORDS["lineage"],
    }
    done = subprocess.run([SCRIPT], env=environment, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    yield settings
    stack.down(settings)


def connect(settings: Settings, role: str, database: str) -> "psycopg2.extensions.connection":
    """Open a connection with the password that was given to the script."""
    port = settings.ports["postgres"]
    return psycopg2.connect(host="127.0.0.1", port=port, user=role, password=PASSWORDS[role], dbname=database)


@pytest.mark.stack
@pytest.mark.parametrize("name", ["airflow", "lineage"])
def test_each_role_may_make_schemas_in_its_own_database(cluster: Settings, name: str) -> None:
    """Both Airflow's migrations and ours start from nothing, and passwords are taken as they are."""
    connection = connect(cluster, name, name)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA mine; CREATE TABLE mine.t (id int); CREATE TABLE public.t (id int)")
    connection.close()


@pytest.mark.stack
@pytest.mark.parametrize(("role", "database"), [("airflow", "lineage"), ("lineage", "airflow")])
def test_no_role_may_enter_the_other_database(cluster: Settings, role: str, database: str) -> None:
    """Airflow's role, which every task could use, must not reach the lineage."""
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        connect(cluster, role, database)


@pytest.mark.stack
def test_the_roles_are_no_superusers(cluster: Settings) -> None:
    """What a role does not need it does not have."""
    connection = connect(cluster, "lineage", "lineage")
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('airflow', 'lineage') AND (rolsuper OR rolcreaterole)"
        )
        assert cursor.fetchall() == []
    connection.close()
