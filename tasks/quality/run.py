"""Checks a candidate release and records what was found; a release is published only on a complete, good run."""

import logging
from typing import Any

from tasks.core.config import DatasetSpec
from tasks.core.errors import FatalError
from tasks.core.ids import content_id
from tasks.core.refs import ManifestRef, Ref
from tasks.core.runtime import Runtime
from tasks.quality.docs import render
from tasks.quality.findings import Finding, evaluate
from tasks.quality.frame import read_candidate
from tasks.quality.suite import checks, suite_sha256
from tasks.storage.stage import record_snapshot

log = logging.getLogger(__name__)


class QualityResult(Ref):
    """The outcome of one quality run. `failed` says of each failed critical check what was seen on which rows."""

    quality_run_id: str
    snapshot_id: str
    suite_sha256: str
    success: bool
    failed: list[str]
    data_docs_key: str


def run(candidate: ManifestRef, spec: DatasetSpec, rt: Runtime) -> QualityResult:
    """Run the suite over `candidate`, store the findings and the page for people; never raise for what it found.

    A complete and good run of the same snapshot and suite is returned as it is. The run and its checks are
    written in one transaction: a kill leaves either all of them or nothing.
    """
    suite = suite_sha256(spec)
    snapshot_id = record_snapshot(rt, "release", candidate.key, candidate.sha256, candidate.row_count)
    rt.add_used([candidate.sha256])
    docs_key = f"data_docs/{candidate.dataset}/{candidate.partition_key}/{candidate.sha256}/{suite}/index.html"
    for row in rt.lineage.fetch("passed_quality_run", snapshot_id=snapshot_id, suite_sha256=suite):
        rt.set_metrics({"reused": candidate.row_count})
        return _result(str(row["quality_run_id"]), snapshot_id, suite, [], docs_key)

    findings, results = evaluate(read_candidate(rt.objects, candidate), spec)
    title = f"{candidate.dataset} {candidate.partition_key}"
    rt.objects.put(docs_key, render(findings, results, title), content_type="text/html; charset=utf-8")
    failed = [str(finding) for finding in findings if finding.is_blocking]
    if missing := {check.name for check in checks(spec)} - {finding.check.name for finding in findings}:
        failed.append(f"no result for {', '.join(sorted(missing))}")
    for finding in findings:
        if not finding.success and not finding.is_blocking:
            log.warning("%s: %s", finding.check.severity, finding)
    quality_run_id = content_id("quality_run", snapshot_id, suite, rt.run.run_id)
    _store(quality_run_id, snapshot_id, suite, findings, len(findings) + len(missing), not failed, rt)
    rt.set_metrics({"read": candidate.row_count, "checks": len(findings), "checks_failed": len(failed)})
    return _result(quality_run_id, snapshot_id, suite, failed, docs_key)


def require(result: QualityResult) -> QualityResult:
    """Return a good result; raise FatalError naming each failed critical check and its rows, when there is one."""
    if not result.success:
        told = "\n".join(f"- {line}" for line in result.failed)
        raise FatalError(
            f"quality gate: {len(result.failed)} critical checks failed, nothing is published\n{told}\n"
            f"Look at {result.data_docs_key}; mend the data or the bounds under `quality` and run again."
        )
    return result


def _result(quality_run_id: str, snapshot_id: str, suite: str, failed: list[str], docs_key: str) -> QualityResult:
    return QualityResult(
        quality_run_id=quality_run_id,
        snapshot_id=snapshot_id,
        suite_sha256=suite,
        success=not failed,
        failed=failed,
        data_docs_key=docs_key,
    )


def _store(
    quality_run_id: str,
    snapshot_id: str,
    suite: str,
    findings: list[Finding],
    expected_count: int,
    success: bool,
    rt: Runtime,
) -> None:
    # When it was checked is the database's clock: the last run decides, and workers' clocks may differ.
    head: dict[str, Any] = {
        "quality_run_id": quality_run_id,
        "snapshot_id": snapshot_id,
        "suite_sha256": suite,
        "expected_count": expected_count,
        "complete": len(findings) == expected_count,
        "success": success,
        "run_id": rt.run.run_id,
    }
    rows = [
        {
            "quality_run_id": quality_run_id,
            "assertion": finding.check.name,
            "column_name": finding.check.column,
            "severity": finding.check.severity,
            "success": finding.success,
            "observed": finding.observed,
        }
        for finding in findings
    ]
    rt.lineage.insert_all([("quality_run", [head]), ("quality_check", rows)])
