"""A Runtime that leaves no trace: stages work as ever, their objects go to a folder, their facts nowhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.core.runtime import ObjectStore, Row, RunContext, Runtime
from tasks.storage.objects import FolderObjects


class NoLineage:
    """Implements `tasks.core.runtime.LineageStore`: takes every fact, knows none."""

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        return len(rows)

    def insert_all(self, batches: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> int:
        return sum(self.insert(table, rows) for table, rows in batches)

    def fetch(self, query: str, **params: Any) -> list[Row]:
        return []

    def execute(self, query: str, **params: Any) -> int:
        return 0

    def fetch_by_ids(self, query: str, ids: Sequence[str]) -> list[Row]:
        return []

    @contextmanager
    def lock(self, *parts: str) -> Iterator[None]:
        yield


def scratch_runtime(
    folder: Path,
    *,
    dataset: str,
    partition_key: str = "",
    lineage: NoLineage | None = None,
    model_client: Any = None,
    source_store: Callable[[str], ObjectStore] | None = None,
) -> Runtime:
    """Return a Runtime whose objects lie in `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return Runtime(
        objects=FolderObjects(folder),
        lineage=lineage or NoLineage(),
        run=RunContext(run_id="scratch", job="scratch", dataset=dataset, partition_key=partition_key),
        model_client=model_client,
        source_store=source_store,
    )
