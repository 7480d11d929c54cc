"""Arguments that all Dags share: what is retried, how long a task may take, who may run at once."""

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, Param, RetryAction, RetryRule

from backforth.alerts import deadline, tell_failure
from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError, DataError, FatalError, RetriableError

# A pool bounds how many tasks talk to model servers at once; `backforth up` and compose create it.
LLM_POOL = "llm"
# Workers of this queue stand next to the model servers; LocalExecutor takes every queue.
LLM_QUEUE = "gpu"

RETRIES = 8

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=[ConfigError, FatalError, DataError], action=RetryAction.FAIL, reason="a person must look"),
        RetryRule(exception=RetriableError, action=RetryAction.RETRY, reason="a service was away"),
    ]
)


def task_defaults() -> dict[str, Any]:
    """Default arguments of every task. Work is resumable, so a retry costs little: half an hour of them in all,

    which is longer than a model server takes to load its weights.
    """
    return {
        "owner": "backforth",
        "retries": RETRIES,
        "retry_delay": timedelta(seconds=10),
        "retry_exponential_backoff": 2,
        "max_retry_delay": timedelta(minutes=10),
        "retry_policy": RETRY_POLICY,
        "execution_timeout": timedelta(hours=12),
        "on_failure_callback": tell_failure,
    }


def dag_defaults(spec: DatasetSpec, doc: str | None) -> dict[str, Any]:
    """Arguments of every Dag of a dataset. Created unpaused: a paused consumer loses events for good."""
    return {
        "catchup": False,
        "is_paused_upon_creation": False,
        "max_active_runs": spec.schedule.max_active_runs,
        "tags": ["backforth", spec.name, *(["demo"] if spec.demo else [])],
        "doc_md": doc,
        "default_args": task_defaults(),
        "deadline": deadline(spec),
    }


def manifest_param() -> dict[str, Param]:
    """The one param of a consumer: which snapshot to work on when no event says so."""
    return {
        "manifest_uri": Param(
            None,
            type=["null", "string"],
            title="Manifest",
            description="Key of a snapshot manifest. Empty: what triggered the run, or the newest of its partition.",
        )
    }
