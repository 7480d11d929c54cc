"""What is worth knowing about a release but is no part of it: when, by which runs, at what cost, against the last one.

The report lies outside `releases/` and outside every digest. It is written once, when the release is published.
"""

import json
from datetime import UTC, datetime
from typing import Any

from tasks.core.runtime import Row, Runtime


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
    """Return the report: the run that published, tokens by stage and model, and the release before this one."""
    usage = rt.lineage.fetch("release_usage", dataset=dataset, version=version)
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
        "previous": _previous(dataset, version, row_count, rt),
    }


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
