"""Runs sql/audits: each query names rows that must not exist."""

from dataclasses import dataclass

from tasks.core.runtime import LineageStore, Row
from tasks.lineage.statements import AUDITS, names


@dataclass(frozen=True)
class AuditResult:
    """What one audit found; `rows` is empty when all is well."""

    name: str
    rows: list[Row]


def run_audits(store: LineageStore) -> list[AuditResult]:
    """Run every audit, in order of name."""
    audits = [name for name in names() if name.startswith(AUDITS)]
    return [AuditResult(name.removeprefix(AUDITS), store.fetch(name)) for name in audits]
