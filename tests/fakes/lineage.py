"""A lineage store that remembers what it was told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


class RecordingLineage:
    """Implements `tasks.core.runtime.LineageStore` in memory.

    `tables` holds the inserted rows by table: the first row of an id wins, where the table has the column
    `<table>_id`. `answers` holds canned results of queries by name: a value, or a callable that takes the
    query's parameters. `calls` lists every question asked as (method, name, parameters).
    """

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers: dict[str, Any] = dict(answers or {})
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.locks: list[tuple[str, ...]] = []

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Keep the rows whose id is new; return how many there were."""
        kept = self.tables.setdefault(table, [])
        key = f"{table}_id"
        known = {row[key] for row in kept if key in row}
        new_count = 0
        for row in rows:
            if key in row:
                if row[key] in known:
                    continue
                known.add(row[key])
            kept.append(dict(row))
            new_count += 1
        return new_count

    def insert_all(self, batches: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> int:
        """`insert` for each table in the order given."""
        return sum(self.insert(table, rows) for table, rows in batches)

    def fetch(self, query: str, **params: Any) -> list[dict[str, Any]]:
        """Return the canned rows of `query`, none by default."""
        return list(self._answer("fetch", query, params, []))

    def execute(self, query: str, **params: Any) -> int:
        """Return the canned row count of `query`, 0 by default."""
        return int(self._answer("execute", query, params, 0))

    def fetch_by_ids(self, query: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the canned rows of `query`, none by default; a callable gets `ids`."""
        return list(self._answer("fetch_by_ids", query, {"ids": list(ids)}, []))

    @contextmanager
    def lock(self, *parts: str) -> Iterator[None]:
        """Remember that the lock was taken; nobody ever waits."""
        self.locks.append(parts)
        yield

    def _answer(self, method: str, query: str, params: dict[str, Any], default: Any) -> Any:
        self.calls.append((method, query, params))
        answer = self.answers.get(query, default)
        return answer(**params) if callable(answer) else answer
