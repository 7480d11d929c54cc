"""The task that waits for a person."""

from airflow.sdk import DAG

from backforth.approval import approve_release
from backforth.defaults import dag_defaults
from tasks.local.dataset import spec_of


def test_a_person_may_take_any_time() -> None:
    """No time limit, neither to run nor to answer, and the question is asked once, whatever other tasks do."""
    spec = spec_of("demo")
    with DAG(dag_id="asks", **dag_defaults(spec, None)):
        task = approve_release(spec)
    assert task.execution_timeout is None and task.response_timeout is None
    assert task.retries == 0
