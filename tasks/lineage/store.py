"""The lineage schema in PostgreSQL. Rows go in by COPY, and by one named statement per table from there."""

import hashlib
import io
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Connection, CursorResult, text
from sqlalchemy.exc import DBAPIError

from tasks.core.errors import DataError
from tasks.core.ids import canonical_json
from tasks.core.runtime import Row
from tasks.lineage.copy_text import encode_rows
from tasks.lineage.database import database_errors, make_engine
from tasks.lineage.statements import statement

log = logging.getLogger(__name__)

# Seconds between two tries to get a lock. Asking again, and not waiting in the server, lets a signal end the task.
LOCK_POLL_SECONDS = 0.25


class PostgresLineage:
    """Implements `tasks.core.runtime.LineageStore`. Ids come back as text, times as aware datetimes, jsonb as values.

    Every method raises RetriableError when the database is away, ConfigError when it refuses us or lacks the
    schema, FatalError for a conflict, DataError for a value that PostgreSQL cannot hold.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)

    def close(self) -> None:
        """Close the idle connections. The store may be used again."""
        self._engine.dispose()

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """COPY `rows` into `lineage.<table>`; return how many were new. Columns that no row has take their default."""
        return self.insert_all([(table, rows)])

    def insert_all(self, batches: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> int:
        """`insert` for several tables in one transaction, in the order given; return how many rows were new."""
        statements = [statement(f"insert_{table}") for table, _ in batches]
        counts = ", ".join(f"{len(rows)} rows of {table}" for table, rows in batches)
        with self._transaction(f"inserting {counts}") as connection:
            return sum(
                _copy_in(connection, table, rows, insert)
                for (table, rows), insert in zip(batches, statements, strict=True)
                if rows
            )

    def fetch(self, query: str, **params: Any) -> list[Row]:
        """Run sql/queries/<query>.sql with named parameters and return its rows."""
        with self._transaction(f"query {query}") as connection:
            return _rows(_run(connection, query, params))

    def execute(self, query: str, **params: Any) -> int:
        """Run sql/queries/<query>.sql in a transaction of its own and return the number of rows it touched."""
        with self._transaction(f"statement {query}") as connection:
            return _run(connection, query, params).rowcount

    def fetch_by_ids(self, query: str, ids: Sequence[str]) -> list[Row]:
        """Run sql/queries/<query>.sql, which joins the temporary table `wanted(id uuid)`, for any number of ids."""
        if not ids:
            return []
        with self._transaction(f"query {query} for {len(ids)} ids") as connection:
            with _cursor(connection) as cursor:
                cursor.execute("CREATE TEMPORARY TABLE wanted (id uuid) ON COMMIT DROP")
                data = encode_rows(({"id": item} for item in dict.fromkeys(ids)), ["id"])
                cursor.copy_expert("COPY wanted (id) FROM STDIN", io.BytesIO(data))
                cursor.execute("ANALYZE wanted")
            return _rows(_run(connection, query, {}))

    @contextmanager
    def lock(self, *parts: str) -> Iterator[None]:
        """Hold the advisory lock named by `parts`; wait, and say so, while another session holds it.

        The lock belongs to a connection of its own, so that it ends with the process, however that ends.
        """
        name, key = "/".join(parts), lock_key(*parts)
        url = self._engine.url
        with database_errors(url, f"lock {name}"):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
        try:
            with database_errors(url, f"lock {name}"):
                _wait_for_lock(connection, name, key)
            yield
        finally:
            _release(connection, name, key)

    @contextmanager
    def _transaction(self, doing: str) -> Iterator[Connection]:
        with database_errors(self._engine.url, doing), self._engine.begin() as connection:
            yield connection


def lock_key(*parts: str) -> int:
    """Return the 64-bit key of an advisory lock, signed as PostgreSQL takes it."""
    digest = hashlib.sha256(canonical_json(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _cursor(connection: Connection) -> Cursor:
    """Return the driver's own cursor, which alone has COPY, in the same transaction."""
    return cast(Cursor, connection.connection.cursor())


def _copy_in(connection: Connection, table: str, rows: Sequence[Mapping[str, Any]], insert: str) -> int:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    data = encode_rows(rows, columns)
    with _cursor(connection) as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE incoming (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP").format(
                sql.Identifier("lineage", table)
            )
        )
        copy = sql.SQL("COPY incoming ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
        cursor.copy_expert(copy, io.BytesIO(data))
        cursor.execute(insert)
        new_count: int = cursor.rowcount
        cursor.execute("DROP TABLE incoming")
    return new_count


def _run(connection: Connection, query: str, params: Mapping[str, Any]) -> CursorResult[Any]:
    return connection.execute(
        text(statement(query)), {name: _param(query, name, value) for name, value in params.items()}
    )


def _param(query: str, name: str, value: Any) -> Any:
    if isinstance(value, str) and ("\x00" in value or not _is_unicode(value)):
        raise DataError(
            "value_refused_by_database", f"{query}: {name} is no text that PostgreSQL holds: {value[:80]!r}"
        )
    return canonical_json(value) if isinstance(value, dict) else value


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _rows(result: CursorResult[Any]) -> list[Row]:
    return [
        {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
        for row in result.mappings()
    ]


def _wait_for_lock(connection: Connection, name: str, key: int) -> None:
    ask = text("SELECT pg_try_advisory_lock(:key)")
    has_waited = False
    while not connection.execute(ask, {"key": key}).scalar_one():
        if not has_waited:
            log.info("lock %s is held by another task: waiting until it is free", name)
            has_waited = True
        time.sleep(LOCK_POLL_SECONDS)


def _release(connection: Connection, name: str, key: int) -> None:
    """Free the lock and end its session, which would free it too, but some milliseconds later."""
    try:
        with connection:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
    except DBAPIError as error:
        # The work under it is done and every insert is safe without it; what matters will fail by itself.
        log.warning("lock %s was lost before its work ended: %s", name, error.orig)
