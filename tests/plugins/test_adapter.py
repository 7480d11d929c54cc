"""One try of one task is one run in lineage, however it ends."""

import json
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from backforth.adapter import in_run, run_stage, skip_when_empty
from backforth.defaults import RETRY_POLICY
from tasks.core.config import CleanConfig, DatasetSpec
from tasks.core.errors import ConfigError, DataError, FatalError, RetriableError
from tasks.core.refs import ShardRef
from tests.plugins.conftest import Task

RUN = "0199f3a0-0000-7000-8000-000000000001"


def test_work_gets_the_runtime_of_this_try(running: Task, spec: DatasetSpec) -> None:
    """Ids, job, dataset, partition and try come from the task instance."""
    run = in_run(spec, lambda rt: rt.run)
    assert (run.run_id, run.job, run.dag_run_id) == (RUN, "web_corpus__made.dedup", "manual__1")
    assert (run.dataset, run.partition_key, run.try_number, run.map_index) == ("made", "2026-10", 2, -1)
    assert run.demo is False
    running.map_index = None
    assert in_run(spec, lambda rt: rt.run.map_index) == -1
    assert in_run(spec.model_copy(update={"demo": True}), lambda rt: rt.run.demo) is True


def test_a_good_run_is_started_and_ended(running: Task, spec: DatasetSpec) -> None:
    """Earlier tries are ended first; metrics and state are in PostgreSQL and in one object."""
    assert in_run(spec, lambda rt: rt.set_metrics({"kept": 3}) or "done") == "done"
    names = [name for _, name, _ in running.lineage.calls]
    assert names[:2] == ["abort_earlier_tries", "start_run"] and names[-1] == "end_run"
    (end,) = running.lineage.called("end_run")
    assert (end["run_id"], end["state"], end["error"]) == (RUN, "COMPLETE", None)
    metrics = {call["name"]: call["value"] for call in running.lineage.called("set_run_metric")}
    assert metrics["kept"] == 3 and metrics["wall_milliseconds"] >= 0
    body = json.loads(running.objects.content[f"runs/{RUN}.json"])
    assert (body["state"], body["error"], body["metrics"]["kept"]) == ("COMPLETE", None, 3)
    assert body["job"] == "web_corpus__made.dedup"
    assert running.lineage.is_closed


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (FatalError("bad rows"), "FAIL"),
        (RetriableError("away"), "FAIL"),
        (ValueError("a mistake of ours"), "FAIL"),
        (AirflowSkipException("no data"), "COMPLETE"),
        (KeyboardInterrupt(), "ABORT"),
        (SystemExit(1), "ABORT"),
    ],
)
def test_a_run_that_ends_badly_says_how(running: Task, spec: DatasetSpec, error: BaseException, state: str) -> None:
    """The error reaches Airflow as it is, its text the run, and the connection is closed."""

    def work(rt: Any) -> None:
        rt.set_metrics({"read": 7})
        raise error

    with pytest.raises(type(error)) as caught:
        in_run(spec, work)
    assert caught.value is error
    (end,) = running.lineage.called("end_run")
    assert end["state"] == state
    assert end["error"] == f"{type(error).__name__}: {error}"
    assert {"run_id": RUN, "name": "read", "value": 7} in running.lineage.called("set_run_metric")
    assert running.lineage.is_closed


def test_the_works_own_error_matters_more(running: Task, spec: DatasetSpec) -> None:
    """Where the database went away, the first error is told, not the one met while recording it."""
    running.lineage.broken["end_run"] = RetriableError("database is away")

    def work(rt: Any) -> None:
        raise FatalError("bad rows")

    with pytest.raises(FatalError, match="bad rows"):
        in_run(spec, work)
    assert running.lineage.is_closed


def test_a_good_run_whose_end_is_not_recorded_fails(running: Task, spec: DatasetSpec) -> None:
    """The work is committed and found again; a run that never ended would be a lie."""
    running.lineage.broken["end_run"] = RetriableError("database is away")
    with pytest.raises(RetriableError, match="database is away"):
        in_run(spec, lambda rt: "done")
    assert running.lineage.is_closed


def test_a_run_that_could_not_start_does_no_work(running: Task, spec: DatasetSpec) -> None:
    """Nothing is done that lineage does not know."""
    running.lineage.broken["start_run"] = RetriableError("database is away")
    with pytest.raises(RetriableError):
        in_run(spec, lambda rt: pytest.fail("the work was done"))
    assert running.lineage.is_closed


@pytest.mark.parametrize("key", [None, "", "2026-1", "2026-10-01", "latest"])
def test_a_partition_key_of_another_form_is_a_configuration_error(
    running: Task, spec: DatasetSpec, key: str | None
) -> None:
    """It says what to trigger, before any connection is opened."""
    running.partition_key = key
    with pytest.raises(ConfigError, match="trigger the Dag with a partition key"):
        in_run(spec, lambda rt: pytest.fail("the work was done"))
    assert running.lineage.calls == []


def test_a_run_without_a_dataset(running: Task) -> None:
    """The nightly audit belongs to none, and to no partition."""
    running.partition_key = None
    run = in_run(None, lambda rt: (rt.run.dataset, rt.run.partition_key, rt.model_client))
    assert run == ("", "", None)


def test_a_stage_is_run_on_plain_references(running: Task, spec: DatasetSpec) -> None:
    """XCom holds dictionaries; the stage sees the reference, its configuration and the runtime."""
    seen: list[Any] = []

    def stage(shard: ShardRef, config: Any, rt: Any) -> ShardRef:
        seen.extend([shard, config, rt.run.run_id])
        return shard.model_copy(update={"row_count": 1})

    given = {"key": "k", "sha256": "s", "row_count": 2, "rejected_count": 0}
    other = {**given, "key": "k2"}
    assert run_stage(stage, [given, other], spec.clean, spec) == [{**given, "row_count": 1}, {**other, "row_count": 1}]
    assert seen == [ShardRef(**given), CleanConfig(), RUN, ShardRef(**other), CleanConfig(), RUN]


def test_no_parts_skip_the_rest() -> None:
    """With the reason; some parts are handed on."""
    assert skip_when_empty([1], "none") == [1]
    with pytest.raises(AirflowSkipException, match="no files below"):
        skip_when_empty([], "no files below s3://x")


def test_each_error_has_its_consequence() -> None:
    """Only a service that was away is tried again by this policy."""
    actions = {kind: rule.action.name for rule in RETRY_POLICY.rules for kind in kinds(rule.exception)}
    assert actions == {"ConfigError": "FAIL", "FatalError": "FAIL", "DataError": "FAIL", "RetriableError": "RETRY"}
    assert {ConfigError.__name__, FatalError.__name__, DataError.__name__, RetriableError.__name__} == set(actions)


def kinds(exception: Any) -> list[str]:
    """Names of the exceptions of a rule, which holds one or several, as classes or as dotted names."""
    several = exception if isinstance(exception, list | tuple) else [exception]
    return [item.__name__ if isinstance(item, type) else str(item).rsplit(".", 1)[-1] for item in several]


def test_one_mapped_instance_is_a_list_of_one() -> None:
    """Airflow hands over the bare value of a mapped group that had a single instance: a shard, or a bundle."""
    from backforth.adapter import collected

    a, b, c = ({"key": key} for key in "abc")
    assert collected(a) == [a]
    assert collected(iter([a, b])) == [a, b]
    assert collected([[a, b], [c]]) == [a, b, c]
    assert collected(iter([[a], []])) == [a]
