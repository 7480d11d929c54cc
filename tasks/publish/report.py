"""What is worth knowing about a release but is no part of it: when, by which runs, at what cost, against the last one.

The report lies outside `releases/` and outside every digest. It is written once, when the release is published.
"""

import json
from datetime import UTC, datetime
from typing import Any

from tasks.core.runtime import Row, Runtime
from tasks.llm.budget import MICRO


def report_key(dataset: str, version: str) -> str:
    """Return where the report of a release lies."""
    return f"reports/{dataset}/{version}/report.json"


def store_report(dataset: str, version: str, row_count: int, rt: Runtime) -> str:
    """Write the report, unless it is there already; return its key."""
    key = report_key(dataset, version)
    if not rt.objects.exists(key):
        body = build_report(dataset, version, row_count, rt)
        rt.objects.put(key, json.dumps(body, indent=2, default=str).encode() + b"\n", content_type="application/json")
    return key


def build_report(dataset: str, version: str, row_count: int, rt: Runtime) -> dict[str, Any]:
    """Return the report: the run that published, what was asked and spent, and the release before this one.

    `usage` counts the requests behind the partition, each once. `spent` is what tries have had from models, by stage
    and model, with its cost; a try that reused an answer spent nothing on it.
    """
    usage = rt.lineage.fetch("release_usage", dataset=dataset, version=version)
    spent = rt.lineage.fetch("spending", dataset=dataset, partition_key=rt.run.partition_key)
    return {
        "format_version": 1,
        "dataset": dataset,
        "version": version,
        "reported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "row_count": row_count,
        "published_by": {
            "run_id": rt.run.run_id,
            "job": rt.run.job,
            "dag_run_id": rt.run.dag_run_id,
            "try_number": rt.run.try_number,
            "code_version": rt.run.code_version,
        },
        "usage": usage,
        "spent": [_money(row) for row in spent],
        "previous": _previous(dataset, version, row_count, rt),
    }


def _money(row: Row) -> Row:
    """Return a line of spending with its cost in whole units of the currency, such as {"USD": 1.25}."""
    kept = {name: value for name, value in row.items() if name not in {"dataset", "partition_key", "cost_micro"}}
    return {**kept, "cost": {currency: micro / MICRO for currency, micro in row["cost_micro"].items()}}


def _previous(dataset: str, version: str, row_count: int, rt: Runtime) -> Row | None:
    found = rt.lineage.fetch("previous_release", dataset=dataset, version=version)
    if not found:
        return None
    before = found[0]
    return {
        "version": before["version"],
        "row_count": before["row_count"],
        "row_count_change": row_count - before["row_count"],
    }
