"""Derives a random sample of published rows again, every night."""

from collections.abc import Sequence

from tasks.audit.links import Broken
from tasks.audit.rederive import Release
from tasks.core.config import DatasetSpec
from tasks.core.errors import FatalError
from tasks.core.runtime import Runtime

ROWS_PER_DATASET = 20


def run(specs: Sequence[DatasetSpec], rt: Runtime) -> dict[str, int]:
    """Verify a sample of the latest release of every dataset; raise FatalError naming the broken links."""
    counts: dict[str, int] = {}
    broken: list[Broken] = []
    for spec in specs:
        for latest in rt.lineage.fetch("latest_release", dataset=spec.name):
            release = Release(
                spec=spec,
                version=latest["version"],
                objects=rt.objects,
                lineage=rt.lineage,
                open_source=rt.source_store,
            )
            # Another sample for every run, and the same one for its retries.
            sample = release.sample(ROWS_PER_DATASET, rt.run.dag_run_id)
            broken += [item for item in release.verify(sample) if item]
            counts[spec.name] = len(sample)
    rt.set_metrics({f"verified:{name}": count for name, count in counts.items()})
    if broken:
        raise FatalError("rows that can no longer be derived:\n" + "\n".join(f"- {item}" for item in broken))
    return counts
