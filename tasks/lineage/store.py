"""The lineage schema in PostgreSQL. Rows go in by COPY, and by one named statement per table from there."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast
from uuid import UUID

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Connection, CursorResult, text

from tasks.core.errors import DataError
from tasks.core.ids import canonical_json
from tasks.core.runtime import Row
from tasks.lineage.copy_text import encode_rows
from tasks.lineage.database import Collision, database_errors, make_engine
from tasks.lineage.locks import AdvisoryLocks
from tasks.lineage.statements import statement


class PostgresLineage:
    """Implements `tasks.core.runtime.LineageStore`. Ids come back as text, times as aware datetimes, jsonb as values.

    Every method raises RetriableError when the database is away, ConfigError when it refuses us or lacks the
    schema, FatalError for a conflict, DataError for a value that PostgreSQL cannot hold.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._locks = AdvisoryLocks(self._engine)

    def close(self) -> None:
        """Close the idle connections. The store may be used again."""
        self._engine.dispose()

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """COPY `rows` into `lineage.<table>`; return how many were new. Columns that no row has take their default."""
        return self.insert_all([(table, rows)])

    def insert_all(self, batches: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> int:
        """`insert` for several tables in one transaction, in the order given; return how many rows were new.

        Two sessions that insert the same new row at once can collide: where a table has a second unique key, ON
        CONFLICT on the first one does not see a row that is just being written. The next try finds it there; a
        conflict that stays is a real one.
        """
        try:
            return self._insert_all(batches)
        except Collision:
            return self._insert_all(batches)

    def _insert_all(self, batches: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> int:
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

    def lock(self, *parts: str) -> AbstractContextManager[None]:
        """Hold the advisory lock named by `parts`; wait, and say so, while another session or thread holds it."""
        return self._locks.hold(*parts)

    @contextmanager
    def _transaction(self, doing: str) -> Iterator[Connection]:
        with database_errors(self._engine.url, doing), self._engine.begin() as connection:
            yield connection


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
