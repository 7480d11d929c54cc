"""How a candidate stands to what else its partition holds: is it behind the present pairs, or behind a release?"""

from collections.abc import Sequence

from tasks.core.refs import ManifestRef
from tasks.core.runtime import Row, Runtime


def is_overtaken(dataset: str, partition_key: str, settled_sha256: str, rt: Runtime) -> bool:
    """Whether the present pairs of the partition are others than these (tasks/dedup/late.py)."""
    rows = rt.lineage.fetch("current_snapshots", dataset=dataset, kind="settled", task="settle")
    present = {row["partition_key"]: row["manifest_sha256"] for row in rows}
    return bool(present.get(partition_key, settled_sha256) != settled_sha256)


def has_come_back(settled: ManifestRef, snapshot_id: str, rt: Runtime) -> bool:
    """Whether these are the present pairs, and were released as this candidate before others were published.

    An earlier partition that loses a document gives later ones back the pair that repeated it: the rows are those of
    an old version, which other rows have followed. A withdrawn release does not come back.
    """
    asked = {"dataset": settled.dataset, "partition_key": settled.partition_key}
    known: Sequence[Row] = rt.lineage.fetch("releases_of_partition", **asked)
    place = next((number for number, row in enumerate(known) if str(row["snapshot_id"]) == snapshot_id), len(known))
    return (
        any(row["state"] == "published" for row in known[place + 1 :])
        and known[place]["state"] != "withdrawn"
        and not is_overtaken(settled.dataset, settled.partition_key, settled.sha256, rt)
    )
