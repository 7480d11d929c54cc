"""Runs the audits in sql/audits: each names rows that must not exist."""

from tasks.core.errors import FatalError
from tasks.core.runtime import Runtime
from tasks.lineage.audit import run_audits


def run(rt: Runtime) -> dict[str, int]:
    """Return how many rows each audit found: none, or FatalError naming the audits and their first rows."""
    results = run_audits(rt.lineage)
    counts = {result.name: len(result.rows) for result in results}
    rt.set_metrics({f"audit:{name}": count for name, count in counts.items()})
    failed = [result for result in results if result.rows]
    if failed:
        lines = "\n".join(f"- {result.name}: {len(result.rows)} rows, first {result.rows[0]}" for result in failed)
        raise FatalError(f"lineage audits that must be empty are not:\n{lines}")
    return counts
