"""Runs a piece of work as one try of one task instance: builds its Runtime, keeps its run in lineage."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from backforth.connections import lineage_store, object_store
from tasks.core.config import Config, DatasetSpec
from tasks.core.errors import ConfigError
from tasks.core.ids import canonical_json, content_id
from tasks.core.refs import ShardRef
from tasks.core.runtime import RunContext, Runtime
from tasks.core.version import code_version
from tasks.llm.budget import Budget
from tasks.storage.objects import open_source

log = logging.getLogger(__name__)
MAX_ERROR_CHARS = 4_000
T = TypeVar("T")
StageRun = Callable[[ShardRef, Any, Runtime], ShardRef]


def run_stage(run: StageRun, bundle: list[dict[str, Any]], config: Config, spec: DatasetSpec) -> list[dict[str, Any]]:
    """Run one stage over the shards of a bundle; references are plain dictionaries, as XCom holds them."""
    shards = shards_in(bundle)
    return in_run(spec, lambda rt: [run(shard, config, rt).model_dump() for shard in shards])


def shards_in(bundle: list[dict[str, Any]] | dict[str, Any]) -> list[ShardRef]:
    """Return the shards of a bundle; one alone is a bundle too (see `collected`)."""
    return [ShardRef.model_validate(shard) for shard in ([bundle] if isinstance(bundle, dict) else bundle)]


def in_run(spec: DatasetSpec | None, work: Callable[[Runtime], T]) -> T:
    """Call `work` with a Runtime, between the start and the end of a lineage run.

    Without a specification the run belongs to no dataset and no partition (the nightly audit).
    """
    run = _run_context(spec, get_current_context())
    lineage, objects = lineage_store(), object_store()
    rt = Runtime(
        objects=objects,
        lineage=lineage,
        run=run,
        source_store=partial(open_source, objects=objects),
    )
    try:
        rt.budget = Budget(spec, rt) if spec else None
        started_at = _start(rt)
        try:
            result = work(rt)
        except BaseException as error:
            _end(rt, _state(error), started_at, _told(error))
            raise
        _end(rt, "COMPLETE", started_at, None)
        return result
    finally:
        lineage.close()


def collected(parts: Any) -> list[dict[str, Any]]:
    """Return the shards that the mapped instances of a task returned, as one list: a shard or a bundle each.

    Where a mapped task group had one instance only, Airflow hands over its value and not a list of one.
    """
    if isinstance(parts, dict):
        return [parts]
    return [shard for part in parts for shard in ([part] if isinstance(part, dict) else part)]


def skip_when_empty(parts: list[T], reason: str) -> list[T]:
    """Return `parts`; an empty list skips the rest of the Dag run and says why."""
    if not parts:
        raise AirflowSkipException(reason)
    return parts


def _run_context(spec: DatasetSpec | None, context: Any) -> RunContext:
    instance = context["ti"]
    key = ""
    if spec:
        try:
            key = spec.check_partition_key(context["dag_run"].partition_key)
        except ValueError as error:
            raise ConfigError(f"{error}; trigger the Dag with a partition key of that form") from error
    return RunContext(
        run_id=str(instance.id),
        job=f"{instance.dag_id}.{instance.task_id}",
        dataset=spec.name if spec else "",
        partition_key=key,
        dag_run_id=instance.run_id,
        map_index=instance.map_index if instance.map_index is not None else -1,
        try_number=instance.try_number,
        code_version=code_version(),
        demo=bool(spec and spec.demo),
    )


def _start(rt: Runtime) -> datetime:
    run, now = rt.run, datetime.now(UTC)
    job_id = content_id("job", "airflow", run.job)
    rt.lineage.insert("job", [{"job_id": job_id, "namespace": "airflow", "name": run.job}])
    rt.lineage.execute(
        "abort_earlier_tries", job_id=job_id, dag_run_id=run.dag_run_id, map_index=run.map_index, run_id=run.run_id
    )
    rt.lineage.execute(
        "start_run",
        run_id=run.run_id,
        job_id=job_id,
        dataset=run.dataset,
        partition_key=run.partition_key,
        dag_run_id=run.dag_run_id,
        map_index=run.map_index,
        try_number=run.try_number,
        code_version=run.code_version,
        started_at=now,
    )
    return now


def _end(rt: Runtime, state: str, started_at: datetime, error: str | None) -> None:
    """Write the end of the run: metrics and state to PostgreSQL, both again as one object for a rebuild."""
    ended_at = datetime.now(UTC)
    metrics = {**rt.metrics, "wall_milliseconds": int((ended_at - started_at).total_seconds() * 1000)}
    try:
        rt.report_metrics(metrics)
        rt.lineage.execute("end_run", run_id=rt.run.run_id, state=state, ended_at=ended_at, error=error)
        body = {
            **rt.run.__dict__,
            "state": state,
            "started_at": started_at.isoformat(),
            "ended_at": ended_at.isoformat(),
            "error": error,
            "metrics": metrics,
        }
        rt.objects.put(f"runs/{rt.run.run_id}.json", canonical_json(body).encode(), content_type="application/json")
    except Exception as trouble:
        if state == "COMPLETE":
            raise
        # The work's own error matters more than the one met while recording it.
        log.warning("could not record the end of run %s: %s", rt.run.run_id, trouble)
    log.info("counts of this try: %s", json.dumps(metrics, sort_keys=True))


def _told(error: BaseException) -> str:
    """Return what an error says in a form that PostgreSQL takes: no NUL, no lone surrogate, not endless."""
    text = f"{type(error).__name__}: {error}"[:MAX_ERROR_CHARS]
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _state(error: BaseException) -> str:
    if isinstance(error, AirflowSkipException):
        return "COMPLETE"
    return "FAIL" if isinstance(error, Exception) else "ABORT"
