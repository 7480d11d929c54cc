"""A person decides before a release is staged (release.approve in the specification)."""

from airflow.providers.standard.operators.hitl import ApprovalOperator

from tasks.core.config import DatasetSpec


def approve_release(spec: DatasetSpec) -> ApprovalOperator:
    """Wait, without a worker slot, until a person approves the candidate; a refusal skips what follows.

    It waits as long as the person needs. The operator would take the execution timeout of our default arguments for
    the time to answer in, and a retry would ask the question again.
    """
    return ApprovalOperator(
        task_id="approve",
        execution_timeout=None,
        retries=0,
        subject=f"Publish {spec.name}?",
        body=(
            "Partition {{ dag_run.partition_key }}, {{ ti.xcom_pull(task_ids='assemble')['row_count'] }} rows. "
            "The checks passed: `{{ ti.xcom_pull(task_ids='check')['data_docs_key'] }}`. "
            "The candidate is `{{ ti.xcom_pull(task_ids='assemble')['key'] }}`."
        ),
    )
