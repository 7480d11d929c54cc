"""A task context and Airflow connections for tests of the adapter: no Airflow runs here."""

import os
import tempfile
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

# Before anything imports airflow, which makes its home when it is imported.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="backforth-airflow-"))

from tasks.core.config import DatasetSpec
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

MODEL = {"connection": "model", "name": "tiny", "revision": "r1"}


@pytest.fixture
def spec() -> DatasetSpec:
    return DatasetSpec.model_validate(
        {
            "name": "made",
            "source": {"uri": "file:///corpus"},
            "models": {"backward": MODEL, "judge": MODEL, "rewriter": MODEL},
        }
    )


class ClosingLineage(RecordingLineage):
    """Knows whether it was closed; `broken` names statements that fail."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closed = False
        self.broken: dict[str, Exception] = {}

    def execute(self, query: str, **params: Any) -> int:
        if query in self.broken:
            raise self.broken[query]
        return super().execute(query, **params)

    def close(self) -> None:
        self.is_closed = True

    def called(self, name: str) -> list[dict[str, Any]]:
        """The parameters of each call of a statement."""
        return [params for _, query, params in self.calls if query == name]


@dataclass
class Task:
    """One task instance that runs now; `events` are those it was triggered by, by asset."""

    partition_key: str | None = "2026-10"
    map_index: int | None = -1
    params: dict[str, Any] = field(default_factory=lambda: {"manifest_uri": None})
    events: dict[Any, list[Any]] = field(default_factory=dict)
    outlets: dict[Any, Any] = field(default_factory=dict)
    lineage: ClosingLineage = field(default_factory=ClosingLineage)
    objects: MemoryObjects = field(default_factory=MemoryObjects)

    def context(self) -> dict[str, Any]:
        """What `get_current_context` gives."""
        instance = SimpleNamespace(
            id="0199f3a0-0000-7000-8000-000000000001",
            dag_id="web_corpus__made",
            task_id="dedup",
            run_id="manual__1",
            map_index=self.map_index,
            try_number=2,
        )
        return {
            "ti": instance,
            "dag_run": SimpleNamespace(partition_key=self.partition_key),
            "params": self.params,
            "triggering_asset_events": self.events,
            "outlet_events": self.outlets,
        }


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Task:
    """A task on fakes, as the adapter sees it."""
    from backforth import adapter, partition

    task = Task()
    for module in (adapter, partition):
        monkeypatch.setattr(module, "get_current_context", task.context)
    monkeypatch.setattr(adapter, "lineage_store", lambda: task.lineage)
    monkeypatch.setattr(adapter, "object_store", lambda: task.objects)
    return task
