"""What a stage is given to work with: the outside world, as four small protocols.

The Airflow adapter builds a Runtime from connections, the command line from the local stack's settings, a
test from fakes. Stages never open a connection themselves.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

Row = dict[str, Any]


class ObjectStore(Protocol):
    """One bucket. Keys are relative to it; a missing key raises KeyError, an unreachable store RetriableError."""

    bucket: str

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None: ...
    def put_file(self, key: str, path: str, *, content_type: str = "application/octet-stream") -> None: ...
    def get(self, key: str) -> bytes: ...
    def get_range(self, key: str, offset: int, length: int) -> bytes: ...
    def open(self, key: str) -> AbstractContextManager[BinaryIO]: ...
    def exists(self, key: str) -> bool: ...
    def size(self, key: str) -> int: ...
    def list(self, prefix: str) -> Iterator[str]: ...
    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]: ...
    def delete(self, key: str) -> None: ...


class LineageStore(Protocol):
    """The lineage schema in PostgreSQL: facts by table, questions by the name of a file in sql/queries."""

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """COPY `rows` into `lineage.<table>`; return how many were new.

        A row whose id is already there is left alone; another unique constraint that breaks (a changed record at a
        known place, an edited prompt under a known version) raises FatalError.
        """
        ...

    def insert_all(self, batches: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> int:
        """`insert` for several tables in one transaction, in the order given."""
        ...

    def fetch(self, query: str, **params: Any) -> list[Row]:
        """Run sql/queries/<query>.sql with named parameters and return its rows."""
        ...

    def execute(self, query: str, **params: Any) -> int:
        """Run sql/queries/<query>.sql in a transaction of its own and return the number of rows it touched."""
        ...

    def fetch_by_ids(self, query: str, ids: Sequence[str]) -> list[Row]:
        """Run sql/queries/<query>.sql, which joins the temporary table `wanted(id uuid)`, for any number of ids."""
        ...

    def lock(self, *parts: str) -> AbstractContextManager[None]:
        """Hold an advisory lock named by `parts`; wait while another session holds it."""
        ...


class Budget(Protocol):
    """What a Dag run may spend. See tasks/llm/budget.py."""

    def spend(self, model: Any, prompt_tokens: int, output_tokens: int) -> None: ...


class ModelClient(Protocol):
    """One model behind an endpoint. See tasks/llm/client.py."""

    def complete(self, requests: Iterable[Any]) -> Iterator[Any]: ...


@dataclass(frozen=True)
class RunContext:
    """One try of one task instance. `run_id` is fresh for each try."""

    run_id: str
    job: str
    dataset: str
    partition_key: str
    dag_run_id: str = ""
    map_index: int = -1
    try_number: int = 1
    code_version: str = "unknown"
    demo: bool = False


@dataclass
class Runtime:
    """Everything a stage may touch outside itself. Threads that work on several shards of one task share one."""

    objects: ObjectStore
    lineage: LineageStore
    run: RunContext
    model_client: Any = None  # callable: LlmConfig -> ModelClient
    source_store: Any = None  # callable: root uri -> ObjectStore over that root
    budget: Budget | None = None
    shards_beside: int = 1  # how many shards this task works on side by side: they share what memory may hold
    metrics: dict[str, int] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.RLock, repr=False, compare=False)

    def set_metrics(self, values: Mapping[str, int]) -> None:
        """Set counts of this try; they are written with the run's end."""
        with self._lock:
            self.metrics.update(values)

    def add_metrics(self, values: Mapping[str, int]) -> None:
        """Add to counts of this try, for a task that does several pieces of work."""
        with self._lock:
            self.metrics.update({name: self.metrics.get(name, 0) + value for name, value in values.items()})

    def report_metrics(self, values: Mapping[str, int] | None = None) -> None:
        """Set counts and write them at once, all that are known by default, for those who watch a long task."""
        with self._lock:
            self.set_metrics(values or {})
            told = dict(self.metrics if values is None else values)
        for name, value in told.items():
            self.lineage.execute("set_run_metric", run_id=self.run.run_id, name=name, value=value)

    def add_used(self, refs: Iterable[str]) -> None:
        """Record that this try read the snapshots named by these manifest digests."""
        for sha256 in refs:
            self.lineage.execute("record_run_used", run_id=self.run.run_id, manifest_sha256=sha256)
