"""Where the embedded stack lives, on which ports, and with which secrets.

Everything is below one folder, the home: `.local/` of the checkout, or what BACKFORTH_HOME or `--home` names.
Ports and secrets are chosen once and remembered in `settings.json`, which only its owner can read.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tasks.core.errors import ConfigError
from tasks.local.ports import choose_ports

REPOSITORY = Path(__file__).resolve().parents[2]
HOME_VARIABLE = "BACKFORTH_HOME"
BUCKET = "backforth"
UI_USER = "admin"
FORMAT_VERSION = 1

PORTS = ("postgres", "s3", "s3_master", "s3_volume", "s3_filer", "s3_admin", "standin", "airflow")


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


# Hexadecimal, so that no secret needs quoting in a URL, a shell or a JSON file.
SECRETS: dict[str, Callable[[], str]] = {
    "postgres_password": lambda: secrets.token_hex(24),
    "airflow_db_password": lambda: secrets.token_hex(24),
    "lineage_db_password": lambda: secrets.token_hex(24),
    "s3_access_key": lambda: secrets.token_hex(10),
    "s3_secret_key": lambda: secrets.token_hex(24),
    "api_secret_key": lambda: secrets.token_hex(24),
    "jwt_secret": lambda: secrets.token_hex(32),
    "fernet_key": _fernet_key,
    "ui_password": lambda: secrets.token_hex(8),
}


@dataclass(frozen=True)
class Settings:
    """One home: its paths, ports and secrets, and the addresses that follow from them."""

    home: Path
    ports: dict[str, int]
    secrets: dict[str, str]

    @property
    def file(self) -> Path:
        """The file that remembers the ports and secrets."""
        return self.home / "settings.json"

    @property
    def postgres_folder(self) -> Path:
        """The folder of the PostgreSQL cluster; its own user's where we are root."""
        return self.home / "postgres"

    @property
    def s3_folder(self) -> Path:
        """The folder of the S3 server's data and configuration."""
        return self.home / "s3"

    @property
    def airflow_home(self) -> Path:
        """AIRFLOW_HOME."""
        return self.home / "airflow"

    @property
    def log_folder(self) -> Path:
        """One `<service>.log` per service."""
        return self.home / "logs"

    @property
    def run_folder(self) -> Path:
        """One `<service>.pid` per service, and the lock of `up` and `down`."""
        return self.home / "run"

    def log_file(self, service: str) -> Path:
        """Return where the output of `service` goes."""
        return self.log_folder / f"{service}.log"

    def database_url(self, role: str, database: str, *, driver: str = "") -> str:
        """Return the URL of `database` for `role`: postgres, airflow or lineage."""
        password = self.secrets["postgres_password" if role == "postgres" else f"{role}_db_password"]
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        return f"{scheme}://{role}:{quote(password)}@127.0.0.1:{self.ports['postgres']}/{database}"

    @property
    def admin_url(self) -> str:
        """The PostgreSQL superuser's URL: for making databases, never for work."""
        return self.database_url("postgres", "postgres")

    @property
    def airflow_db_url(self) -> str:
        """Airflow's own database, as SQLAlchemy wants it."""
        return self.database_url("airflow", "airflow", driver="psycopg2")

    @property
    def lineage_url(self) -> str:
        """The lineage database."""
        return self.database_url("lineage", "lineage")

    @property
    def bucket(self) -> str:
        """The bucket that holds shards, manifests and releases."""
        return BUCKET

    @property
    def s3_endpoint(self) -> str:
        """`host:port` of the S3 server, as its client takes it."""
        return f"127.0.0.1:{self.ports['s3']}"

    @property
    def s3_url(self) -> str:
        """The S3 server's address with its scheme."""
        return f"http://{self.s3_endpoint}"

    @property
    def standin_url(self) -> str:
        """The stand-in model server's address, without `/v1`."""
        return f"http://127.0.0.1:{self.ports['standin']}"

    @property
    def airflow_url(self) -> str:
        """The address of Airflow's UI and REST API."""
        return f"http://127.0.0.1:{self.ports['airflow']}"


def default_home() -> Path:
    """Return the home named by BACKFORTH_HOME, else `.local` in the checkout."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named).expanduser() if named else REPOSITORY / ".local"


def load_settings(home: Path | None = None) -> Settings:
    """Return the settings of `home`, making the folder, ports and secrets that do not exist yet.

    Raises ConfigError when the folder cannot be made or the file is not ours.
    """
    home = (home or default_home()).expanduser().resolve()
    file = home / "settings.json"
    try:
        _make_folders(home)
        known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    except json.JSONDecodeError as error:
        raise ConfigError(f"{file}: not JSON ({error}); restore it, or remove {home} to start afresh") from error
    except OSError as error:
        raise ConfigError(f"{home}: cannot be used as backforth's home ({error}); name another with --home") from error
    if not isinstance(known, dict) or known.get("format_version", FORMAT_VERSION) != FORMAT_VERSION:
        raise ConfigError(f"{file}: written by another version of backforth; use that one, or remove {home}")
    ports = {str(name): int(port) for name, port in known.get("ports", {}).items()}
    values = {str(name): str(value) for name, value in known.get("secrets", {}).items()}
    missing = [name for name in PORTS if name not in ports]
    ports |= dict(zip(missing, choose_ports(len(missing), avoid=set(ports.values())), strict=True))
    values |= {name: make() for name, make in SECRETS.items() if name not in values}
    settings = Settings(home=home, ports=ports, secrets=values)
    body = {"format_version": FORMAT_VERSION, "ports": ports, "secrets": values}
    if body != known:
        write_private(file, json.dumps(body, indent=2) + "\n")
    return settings


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` in one step, readable by its owner alone."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _make_folders(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    # PostgreSQL refuses to run as root and gets a user of its own there, who must pass through, but not look.
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for name in ("logs", "run", "s3", "airflow"):
        (home / name).mkdir(exist_ok=True)
        (home / name).chmod(0o700)
