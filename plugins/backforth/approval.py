"""A person decides before a release is staged (release.approve in the specification)."""

from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from tasks.core.config import DatasetSpec


def approve_release(spec: DatasetSpec, candidate: Any) -> ApprovalOperator:
    """Wait, without a worker slot, until a person approves the candidate; a refusal skips what follows."""
    del candidate  # only its order matters: the body reads the counts from XCom when it is shown
    return ApprovalOperator(
        task_id="approve",
        subject=f"Publish {spec.name}?",
        body=(
            "Partition {{ dag_run.partition_key }}, {{ ti.xcom_pull(task_ids='check')['row_count'] }} rows. "
            "The checks passed; the candidate is `{{ ti.xcom_pull(task_ids='check')['key'] }}`."
        ),
    )
