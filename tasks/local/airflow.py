"""Airflow as four services: api-server, scheduler (with LocalExecutor), dag-processor and triggerer.

`airflow standalone` runs the same four below one parent, but does not notice when one of them dies, and leaves
them behind when it is ended itself; here each has its own log, and is watched and restarted on its own.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import version

import httpx
import psycopg2

from tasks.local.rest import AirflowRest
from tasks.local.service import Service, ServiceError, child_env, last_lines, main_process
from tasks.local.settings import REPOSITORY, UI_USER, Settings, write_private

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
# Name of the component in the answer of /api/v2/monitor/health.
HEALTH_NAMES = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}
PARALLELISM_VARIABLE = "BACKFORTH_PARALLELISM"
DEFAULT_PARALLELISM = 4
# Slots of the pool `llm`: how many tasks may ask the model server at once. Changed in the UI, it stays changed.
LLM_SLOTS = 4


def connections(settings: Settings) -> dict[str, str]:
    """Return the connections as AIRFLOW_CONN_* variables, in Airflow's JSON form."""
    ports, secrets = settings.ports, settings.secrets
    known = {
        "backforth_lineage": {
            "conn_type": "postgres",
            "host": "127.0.0.1",
            "port": ports["postgres"],
            "login": "lineage",
            "password": secrets["lineage_db_password"],
            "schema": "lineage",
        },
        "backforth_objects": {
            "conn_type": "generic",
            "host": settings.s3_url,
            "login": secrets["s3_access_key"],
            "password": secrets["s3_secret_key"],
            "extra": {"bucket": settings.bucket},
        },
        "backforth_standin": {"conn_type": "http", "host": "127.0.0.1", "port": ports["standin"], "schema": "http"},
    }
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(body) for name, body in known.items()}


def airflow_env(settings: Settings, service: str = "airflow") -> dict[str, str]:
    """Return the whole environment of an Airflow process of this home: also for `airflow` commands and tests."""
    secrets, url = settings.secrets, settings.airflow_url
    options = {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": os.environ.get(PARALLELISM_VARIABLE, str(DEFAULT_PARALLELISM)),
        "CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        # A paused consumer loses the asset events of its time for good.
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        # One task instance per file of the corpus; a month of a large crawl has tens of thousands.
        "CORE__MAX_MAP_LENGTH": "100000",
        "CORE__FERNET_KEY": secrets["fernet_key"],
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{UI_USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(settings.airflow_home / "passwords.json"),
        # A name lookup that the network does not answer would stop every task for seconds.
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "DATABASE__SQL_ALCHEMY_CONN": settings.airflow_db_url,
        "API__HOST": "127.0.0.1",
        "API__PORT": str(settings.ports["airflow"]),
        "API__BASE_URL": url,
        "API__WORKERS": "1",
        "API__SECRET_KEY": secrets["api_secret_key"],
        "API__INSTANCE_NAME": "backforth",
        "API_AUTH__JWT_SECRET": secrets["jwt_secret"],
        "DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "15",
        "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        # A killed scheduler or task is noticed within half a minute; Airflow's own five minutes suit a fleet.
        "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "15",
        "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
        # How often a task's supervisor looks at it: 5 s by default, which is what a short task then takes.
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "LOGGING__COLORED_CONSOLE_LOG": "False",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    return child_env(
        settings,
        service,
        {
            "AIRFLOW_HOME": str(settings.airflow_home),
            **{f"AIRFLOW__{name}": value for name, value in options.items()},
            **connections(settings),
            # Process titles are not written over the environment, by which our processes are recognised.
            "SPT_NOENV": "1",
        },
    )


def components(settings: Settings) -> list[Service]:
    """Return Airflow's four services; the api-server first, as the others are asked about through it."""
    return [_component(settings, name) for name in COMPONENTS]


def _component(settings: Settings, name: str) -> Service:
    api = name == "api-server"
    # Logs are read from the disk they all share: a server for them, open on all addresses, is not needed.
    flags = ["--skip-serve-logs"] if name in {"scheduler", "triggerer"} else []
    return Service(
        name=name,
        command=(sys.executable, "-m", "airflow", name, *flags),
        env=airflow_env(settings, name),
        folder=settings.airflow_home,
        port=settings.ports["airflow"] if api else None,
        url=settings.airflow_url if api else "",
        check=_api_check(settings) if api else _heartbeat_check(settings, name),
        advice="read the log above; `backforth down` and `backforth up` start Airflow afresh and keep its data",
        stop_signal=signal.SIGTERM,
        # The scheduler lets running tasks end first; one that needs longer is killed, and resumed by the next `up`.
        stop_seconds=10,
        start_seconds=120,
        prepare=lambda: _write_passwords(settings),
        finish=(lambda: AirflowRest(settings).ensure_pool("llm", slots=LLM_SLOTS)) if api else lambda: None,
    )


def _write_passwords(settings: Settings) -> None:
    path = settings.airflow_home / "passwords.json"
    write_private(path, json.dumps({UI_USER: settings.secrets["ui_password"]}) + "\n")


def _health(settings: Settings) -> Mapping[str, Mapping[str, str | None]]:
    """Return what the api-server says of all components; raises httpx.HTTPError."""
    answer = httpx.get(f"{settings.airflow_url}/api/v2/monitor/health", timeout=5, trust_env=False)
    return dict(answer.raise_for_status().json())


def _api_check(settings: Settings) -> Callable[[], str]:
    def check() -> str:
        try:
            status = _health(settings)["metadatabase"]["status"]
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__
        return "" if status == "healthy" else f"metadatabase is {status}"

    return check


def _heartbeat_check(settings: Settings, name: str) -> Callable[[], str]:
    """A heartbeat counts when it is younger than the process, and than the database.

    The last one of a killed component looks healthy for a while, as does that of a scheduler which lost its
    database: it ends its loop and then hangs for good (seen with 3.3.2).
    """
    key = HEALTH_NAMES[name]

    def check() -> str:
        try:
            health = _health(settings)[key]
        except httpx.HTTPError as error:
            return f"the api-server cannot be asked ({str(error) or type(error).__name__})"
        beat = health[f"latest_{key}_heartbeat"]
        processes = (main_process(settings, service) for service in (name, "postgres"))
        started = [process.create_time() for process in processes if process]
        if beat is None or datetime.fromisoformat(beat).timestamp() < max(started, default=0.0):
            return "no heartbeat since it or its database was started"
        return "" if health["status"] == "healthy" else f"{health['status']}, last heartbeat {beat}"

    return check


def migrate(settings: Settings, report: Callable[[str, str], None]) -> None:
    """Bring Airflow's database to the installed version; does nothing when it was brought there already."""
    marker = settings.airflow_home / "migrated.json"
    wanted = version("apache-airflow")
    try:
        done = json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError):
        done = {}
    if done and done == {"airflow": wanted, "revision": _revision(settings)}:
        return
    report("airflow", "migrating its database")
    log = settings.log_file("airflow-migrate")
    with log.open("ab") as output:
        status = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=airflow_env(settings, "airflow-migrate"),
            cwd=settings.airflow_home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if status:
        lines = "".join(f"\n  | {line}" for line in last_lines(log))
        raise ServiceError(f"`airflow db migrate` failed with status {status}.\nThe end of {log}:{lines}")
    marker.write_text(json.dumps({"airflow": wanted, "revision": _revision(settings)}), "utf-8")


def _revision(settings: Settings) -> str:
    """Return the revision of Airflow's schema in the database, "" when there is none."""
    connection = psycopg2.connect(settings.database_url("airflow", "airflow"), connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT version_num FROM alembic_version")
            row = cursor.fetchone()
    except psycopg2.errors.UndefinedTable:
        return ""
    finally:
        connection.close()
    return str(row[0]) if row else ""
