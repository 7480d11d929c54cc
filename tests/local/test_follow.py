"""Following a refresh through three Dags, against an Airflow that stands still between two looks."""

from typing import Any

import pytest

from tasks.local.follow import Chain, Progress
from tests.fakes.lineage import RecordingLineage

KEY = "2026-10"


class FakeAirflow:
    """Dag runs by Dag, and their task instances by run."""

    def __init__(self) -> None:
        self.runs: dict[str, list[dict[str, Any]]] = {}
        self.instances: dict[str, list[dict[str, Any]]] = {}
        self.triggered: list[tuple[str, str | None]] = []

    def add(self, family: str, run_id: str, state: str = "running", **tasks: Any) -> None:
        """Add or replace a run of a family; `tasks` are states by task id, a list for mapped ones."""
        runs = self.runs.setdefault(f"{family}__made", [])
        runs[:] = [{"dag_run_id": run_id, "state": state}] + [run for run in runs if run["dag_run_id"] != run_id]
        self.instances[run_id] = [
            {"task_id": name.replace("__", "."), "state": one, "map_index": number if isinstance(states, list) else -1}
            for name, states in tasks.items()
            for number, one in enumerate(states if isinstance(states, list) else [states])
        ]

    def trigger(self, dag_id: str, partition_key: str | None = None) -> dict[str, Any]:
        self.triggered.append((dag_id, partition_key))
        self.add(dag_id.removesuffix("__made"), "new", "queued")
        return {"dag_run_id": "new"}

    def dag_runs(self, dag_id: str, partition_key: str | None = None) -> list[dict[str, Any]]:
        assert partition_key == KEY, "a run of another partition is none of ours"
        return self.runs.get(dag_id, [])

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        return self.instances[run_id]


@pytest.fixture
def airflow() -> FakeAirflow:
    return FakeAirflow()


def chain(airflow: FakeAirflow, counts: list[dict[str, Any]] | None = None) -> Chain:
    lineage = RecordingLineage(
        {"progress_by_dag_run": lambda dag_run_ids: [row for row in counts or [] if row["dag_run_id"] in dag_run_ids]}
    )
    return Chain(airflow, lineage, "made", KEY)


def step(progress: Progress, name: str) -> Any:
    return next(step for step in progress.steps if step.name == name)


def test_nothing_under_way_is_triggered(airflow: FakeAirflow) -> None:
    """Finished runs of the partition are no reason not to."""
    airflow.add("web_corpus", "old", "success")
    airflow.add("dataset_release", "older", "success", publish="success")
    followed = chain(airflow)
    assert followed.start() is False
    assert airflow.triggered == [("web_corpus__made", KEY)]
    assert not followed.poll().finished, "the release of an earlier run is not ours"


def test_a_refresh_under_way_is_joined(airflow: FakeAirflow) -> None:
    """Nothing is triggered, and what comes after the Dag that runs is followed."""
    airflow.add("web_corpus", "w", "success")
    airflow.add("instruction_pairs", "p", "running", plan="success")
    followed = chain(airflow)
    assert followed.start() is True
    assert airflow.triggered == []
    assert step(followed.poll(), "plan").state == "success"
    airflow.add("dataset_release", "r", "success", publish="success")
    assert followed.poll().finished


def test_consumers_are_found_when_they_come(airflow: FakeAirflow) -> None:
    """The new run of our key, not the one that was there before."""
    airflow.add("instruction_pairs", "old", "success", plan="success")
    followed = chain(airflow)
    followed.start()
    assert step(followed.poll(), "plan").total == 0
    airflow.add("instruction_pairs", "next", "running", plan="running")
    assert step(followed.poll(), "plan").state == "running"
    airflow.add("dataset_release", "r", "running", assemble="running")
    assert not followed.poll().finished
    airflow.add("dataset_release", "r", "success", assemble="success", publish="success")
    progress = followed.poll()
    assert progress.finished and not progress.failed and not progress.skipped


def test_mapped_tasks_are_one_line(airflow: FakeAirflow) -> None:
    """How many are done, of how many, and the most telling state."""
    followed = chain(airflow)
    followed.start()
    airflow.add("web_corpus", "new", "running", list_shards="success", shard__extract=["success", "running", None])
    extract = step(followed.poll(), "extract")
    assert (extract.done, extract.total, extract.state) == (1, 3, "running")
    airflow.add("web_corpus", "new", "running", shard__extract=["success", "up_for_retry", "running"])
    assert step(followed.poll(), "extract").state == "up_for_retry"
    airflow.add("web_corpus", "new", "running", shard__extract=["success", "failed", "running"])
    assert step(followed.poll(), "extract").state == "failed"


def test_failed_tasks_are_named(airflow: FakeAirflow) -> None:
    """Each with its map index, once the run has failed: before, Airflow may still retry."""
    followed = chain(airflow)
    followed.start()
    tasks: dict[str, Any] = {
        "list_shards": "success",
        "shard__extract": ["success", "failed"],
        "dedup": "upstream_failed",
    }
    airflow.add("web_corpus", "new", "running", **tasks)
    assert followed.poll().failed == []
    airflow.add("web_corpus", "new", "failed", **tasks)
    assert followed.poll().failed == ["web_corpus__made.shard.extract[1]"]
    airflow.add("web_corpus", "new", "failed", list_shards="failed")
    assert followed.poll().failed == ["web_corpus__made.list_shards"]


def test_a_run_that_failed_without_a_task_is_named(airflow: FakeAirflow) -> None:
    """A timeout of the Dag, say."""
    followed = chain(airflow)
    followed.start()
    airflow.add("web_corpus", "new", "failed")
    assert followed.poll().failed == ["web_corpus__made"]


def test_a_partition_without_data_is_skipped(airflow: FakeAirflow) -> None:
    """The Dag that skipped is named, and nothing follows."""
    followed = chain(airflow)
    followed.start()
    airflow.add("web_corpus", "new", "success", list_shards="skipped", dedup="skipped")
    progress = followed.poll()
    assert progress.skipped == "web_corpus__made"
    assert not progress.finished and not progress.failed


def test_approval_is_a_line_only_where_there_is_one(airflow: FakeAirflow) -> None:
    """Most datasets have none."""
    followed = chain(airflow)
    followed.start()
    assert not [one for one in followed.poll().steps if one.name == "approve"]
    airflow.add("instruction_pairs", "p", "success")
    airflow.add("dataset_release", "r", "running", approve="awaiting_input")
    assert step(followed.poll(), "approve").state == "awaiting_input"


def test_counts_come_from_lineage(airflow: FakeAirflow) -> None:
    """By job, of our runs alone."""
    job = "web_corpus__made.shard.extract"
    values = {"read": 10, "kept": 7, "rejected": 3, "reused": 2, "requests_reused": 1, "requests_sent": 4, "other": 99}
    counts = [{"dag_run_id": "new", "job": job, "name": name, "value": value} for name, value in values.items()]
    counts += [
        {"dag_run_id": "new", "job": "web_corpus__made.unknown", "name": "read", "value": 1},
        {"dag_run_id": "other", "job": job, "name": "read", "value": 1000},
    ]
    followed = chain(airflow, counts)
    followed.start()
    extract = step(followed.poll(), "extract")
    assert (extract.read, extract.kept, extract.rejected, extract.sent, extract.reused) == (10, 7, 3, 4, 3)
    assert step(followed.poll(), "extract").read == 10, "a second look does not count twice"
