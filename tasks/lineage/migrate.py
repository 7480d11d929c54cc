"""Applies sql/migrations to a database: numbered files once, repeatable ones when anything changed."""

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from tasks.core.errors import ConfigError
from tasks.core.ids import sha256_bytes
from tasks.lineage.database import database_errors, make_engine, place
from tasks.lineage.locks import lock_key
from tasks.lineage.statements import SQL

MIGRATIONS = SQL / "migrations"
# UNIQUE NULLS NOT DISTINCT came with 15.
MIN_SERVER_VERSION = 15
_RECORD = """
INSERT INTO lineage.migration (name, sha256) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = now()
"""
_NAME = re.compile(r"(?:(?P<number>\d{4})|R)_[a-z0-9_]+\.sql")


@dataclass(frozen=True)
class Migration:
    """One file. `number` is None where it is repeatable."""

    name: str
    number: int | None
    sql: str
    sha256: str


def migrate(url: str, folder: Path = MIGRATIONS) -> list[str]:
    """Bring the database at `url` up to date; return the names of the files that were applied, none when it was.

    Each file is one transaction, recorded with its digest in `lineage.migration`; an advisory lock keeps two callers
    apart. Raises ConfigError when an applied file was edited or removed, or a new one has a number below the last.
    """
    migrations = read_migrations(folder)
    engine = make_engine(url)
    try:
        with database_errors(engine.url, "migrating"), closing(engine.raw_connection()) as connection:
            if not pending(migrations, _applied(connection)):
                return []
            return _apply_all(connection, engine.url, migrations)
    finally:
        engine.dispose()


def read_migrations(folder: Path) -> list[Migration]:
    """Return the files of `folder` in the order to apply: by number, then the repeatable ones by name."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if not match:
            raise ConfigError(f"{path}: a migration is named NNNN_words.sql or R_words.sql")
        data = path.read_bytes()
        number = int(match["number"]) if match["number"] else None
        found.append(Migration(path.name, number, data.decode(), sha256_bytes(data)))
    if not found:
        raise ConfigError(f"no migrations in {folder}")
    numbers = [item.number for item in found if item.number is not None]
    if twice := {number for number in numbers if numbers.count(number) > 1}:
        raise ConfigError(f"{folder}: two migrations have the number {min(twice):04d}")
    return found


def pending(migrations: list[Migration], applied: dict[str, str]) -> list[Migration]:
    """Return what is to be applied, given the digests by name of what was.

    Repeatable files all run again after any numbered one, as that may have dropped what they make.
    """
    numbered = [item for item in migrations if item.number is not None]
    unknown = {name for name in applied if not name.startswith("R_")} - {item.name for item in numbered}
    if unknown:
        raise ConfigError(
            f"the lineage database has migrations that this checkout lacks: {', '.join(sorted(unknown))}; "
            "use the code that applied them, or newer"
        )
    if edited := [item.name for item in numbered if applied.get(item.name, item.sha256) != item.sha256]:
        raise ConfigError(
            f"{', '.join(edited)}: edited after it was applied to this database; restore the file and put the "
            "change into a new one with the next number"
        )
    new = [item for item in numbered if item.name not in applied]
    last = max((name for name in applied if not name.startswith("R_")), default="")
    if late := [item.name for item in new if item.name < last]:
        raise ConfigError(f"{', '.join(late)}: {last} was applied already; give the new file the next number")
    return new + [item for item in migrations if item.number is None and (new or applied.get(item.name) != item.sha256)]


def _applied(connection: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('lineage.migration') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute("SELECT name, sha256 FROM lineage.migration")
        return dict(cursor.fetchall())


def _apply_all(connection: Any, url: URL, migrations: list[Migration]) -> list[str]:
    """Apply what is pending, holding the lock; the session that ends afterwards gives it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        version = cursor.fetchone()[0]
        if version < MIN_SERVER_VERSION:
            raise ConfigError(f"lineage needs PostgreSQL {MIN_SERVER_VERSION} or later, {place(url)} is {version}")
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock_key("migrate")])
        connection.commit()
        # Another caller may have done it all while we waited.
        todo = pending(migrations, _applied(connection))
        for item in todo:
            with database_errors(url, f"migration {item.name}"):
                cursor.execute(item.sql)
                cursor.execute(_RECORD, [item.name, item.sha256])
                connection.commit()
    return [item.name for item in todo]
