"""Following a refresh through three Dags, against an Airflow that stands still between two looks."""

from typing import Any

import pytest

from tasks.local.follow import FAMILIES, Chain, Progress
from tests.fakes.lineage import RecordingLineage

KEY = "2026-10"


class FakeAirflow:
    """Dag runs by Dag, oldest first, with their task instances and the upstream runs that triggered them."""

    def __init__(self) -> None:
        self.runs: dict[str, list[dict[str, Any]]] = {}
        self.instances: dict[str, list[dict[str, Any]]] = {}
        self.sources: dict[str, list[tuple[str, str]]] = {}
        self.asked: list[str] = []
        self.triggered: list[tuple[str, str | None]] = []

    def add(self, family: str, run_id: str, state: str = "running", after: tuple[str, ...] = (), **tasks: Any) -> None:
        """Add or replace a run of a family; `after` names the runs of the family before it whose events it consumed.

        `tasks` are states by task id, a list for mapped ones.
        """
        start = None if state == "queued" else "2026-11-01T00:00:00Z"
        runs = self.runs.setdefault(f"{family}__made", [])
        kept = [run for run in runs if run["dag_run_id"] != run_id]
        runs[:] = [*kept, {"dag_run_id": run_id, "state": state, "start_date": start}]
        upstream = FAMILIES[FAMILIES.index(family) - 1]
        self.sources.setdefault(run_id, []).extend((f"{upstream}__made", source) for source in after)
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
        return list(self.runs.get(dag_id, []))

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        return self.instances[run_id]

    def upstream_events(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        run = next(run for run in self.runs[dag_id] if run["dag_run_id"] == run_id)
        assert run["start_date"], "Airflow answers 500 for a run that has not started"
        self.asked.append(run_id)
        return [{"source_dag_id": dag, "source_run_id": source} for dag, source in self.sources[run_id]]


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
    airflow.add("instruction_pairs", "p", "running", after=("w",), plan="success")
    followed = chain(airflow)
    assert followed.start() is True
    assert airflow.triggered == []
    assert step(followed.poll(), "plan").state == "success"
    airflow.add("dataset_release", "r", "success", after=("p",), publish="success")
    assert followed.poll().finished


@pytest.mark.parametrize("family", FAMILIES)
def test_new_sources_are_never_left_to_a_run_under_way(airflow: FakeAirflow, family: str) -> None:
    """It may have listed its sources before: a run of our own is triggered, and only what comes of it is followed."""
    airflow.add(family, "w", "running")
    followed = chain(airflow)
    assert followed.start(fresh=True) is False
    assert airflow.triggered == [("web_corpus__made", KEY)]
    airflow.add("web_corpus", "new", "success", commit_documents="success")
    airflow.add("instruction_pairs", "of w", "success", after=("w",), plan="success", commit_pairs="success")
    airflow.add("dataset_release", "r of w", "success", after=("of w",), publish="success")
    progress = followed.poll()
    assert step(progress, "commit_documents").state == "success"
    assert step(progress, "plan").total == 0 and not progress.finished


def test_consumers_are_found_by_what_triggered_them(airflow: FakeAirflow) -> None:
    """Not by their time: another run of the same partition may come between. Each is asked once."""
    airflow.add("instruction_pairs", "old", "success", after=("earlier",), plan="success")
    followed = chain(airflow)
    followed.start()
    airflow.add("web_corpus", "new", "success", commit_documents="success")
    airflow.add("instruction_pairs", "foreign", "running", after=("other",), plan="running")
    assert step(followed.poll(), "plan").total == 0
    airflow.add("instruction_pairs", "next", "queued", after=("other", "new"))
    assert step(followed.poll(), "plan").total == 0, "a run that has not started cannot be asked"
    airflow.add("instruction_pairs", "next", "running", plan="running")
    assert step(followed.poll(), "plan").state == "running"
    airflow.add("dataset_release", "r", "running", after=("next",), assemble="running")
    assert not followed.poll().finished
    airflow.add("dataset_release", "r", "success", assemble="success", publish="success")
    progress = followed.poll()
    assert progress.finished and progress.ended and not progress.failed and not progress.skipped
    assert sorted(airflow.asked) == ["foreign", "next", "old", "r"]


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


def test_a_run_that_was_deleted_is_named(airflow: FakeAirflow) -> None:
    """A person may do that in the UI."""
    followed = chain(airflow)
    followed.start()
    airflow.runs["web_corpus__made"].clear()
    assert followed.poll().failed == ["web_corpus__made (its run new was deleted)"]


def test_a_partition_without_data_is_skipped(airflow: FakeAirflow) -> None:
    """The Dag that skipped is named, with where to look, and nothing follows."""
    followed = chain(airflow)
    followed.start()
    airflow.add("web_corpus", "new", "success", list_shards="skipped", dedup="skipped", commit_documents="skipped")
    progress = followed.poll()
    assert progress.skipped.startswith("web_corpus__made: the partition has no data")
    assert progress.ended and not progress.finished and not progress.failed


def test_a_task_that_was_skipped_alone_ends_nothing(airflow: FakeAirflow) -> None:
    """What its run commits is followed; only when the last task was skipped too, nothing follows."""
    followed = chain(airflow)
    followed.start()
    airflow.add("web_corpus", "new", "success", shard__extract=["success", "skipped"], commit_documents="success")
    assert not followed.poll().ended
    airflow.add("web_corpus", "new", "success", dedup="skipped", commit_documents="skipped")
    assert followed.poll().skipped == "web_corpus__made: its task dedup was skipped"


def release_run(airflow: FakeAirflow, state: str, **tasks: Any) -> Progress:
    """Follow a chain whose release run has these tasks."""
    followed = chain(airflow)
    followed.start()
    airflow.add("web_corpus", "new", "success", commit_documents="success")
    airflow.add("instruction_pairs", "p", "success", after=("new",), commit_pairs="success")
    airflow.add("dataset_release", "r", state, after=("p",), **tasks)
    return followed.poll()


def test_approval_is_a_line_only_where_there_is_one(airflow: FakeAirflow) -> None:
    """Most datasets have none."""
    assert not [one for one in release_run(airflow, "running", assemble="running").steps if one.name == "approve"]
    other = FakeAirflow()
    assert step(release_run(other, "running", approve="awaiting_input"), "approve").state == "awaiting_input"


def test_a_refusal_of_a_person_is_no_failure(airflow: FakeAirflow) -> None:
    """Airflow calls such a run a success, though it published nothing."""
    progress = release_run(airflow, "success", check="success", approve="success", stage="skipped", publish="skipped")
    assert "refused" in progress.refused
    assert progress.ended and not progress.finished and not progress.failed


def test_a_release_that_was_overtaken_was_not_refused(airflow: FakeAirflow) -> None:
    """Its task ran, and skipped itself; a refusal leaves it without a try."""
    release_run(airflow, "success", approve="success", stage="skipped", publish="skipped")
    airflow.instances["r"][1]["try_number"] = 1
    followed = chain(airflow)
    followed.start()
    progress = followed.poll()
    assert (progress.refused, progress.skipped) == ("", "dataset_release__made: its task stage was skipped")


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


def test_tasks_are_found_in_whatever_group_they_are(airflow: FakeAirflow) -> None:
    """Where Airflow starts the model servers, the groups have the names of their phases."""
    counts = [
        {"dag_run_id": "p", "job": "instruction_pairs__made.judges.score", "name": "read", "value": 8},
        {"dag_run_id": "p", "job": "instruction_pairs__made.rewriter.rewrite", "name": "read", "value": 5},
        {"dag_run_id": "p", "job": "web_corpus__made.judges.score", "name": "read", "value": 1000},
    ]
    followed = chain(airflow, counts)
    followed.start()
    airflow.add("web_corpus", "new", "success", commit_documents="success")
    tasks = {"judges__score": ["success", "success"], "serve_rewriter": "success", "rewriter__rewrite": ["running"]}
    airflow.add("instruction_pairs", "p", "running", after=("new",), **tasks)
    progress = followed.poll()
    score, rewrite = step(progress, "score"), step(progress, "rewrite")
    assert (score.done, score.total, score.read) == (2, 2, 8)
    assert (rewrite.state, rewrite.read) == ("running", 5)
