"""The report of a release: what it cost, outside the digest."""

import json
from typing import Any

from tasks.core.runtime import RunContext, Runtime
from tasks.publish.report import report_key, store_report
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

LINE = {
    "dataset": "made",
    "partition_key": "2026-10",
    "stage": "score",
    "model": "tiny@r1",
    "prompt_tokens": 100,
    "output_tokens": 20,
    "cost_micro": {"USD": 1_250_000},
}


def told(lines: list[dict[str, Any]]) -> tuple[dict[str, Any], RecordingLineage]:
    """The stored report over a lineage store that knows of this spending."""
    lineage, objects = RecordingLineage({"spending": lines}), MemoryObjects()
    run = RunContext("r", "dataset_release__made.publish", "made", "2026-10")
    store_report("made", "2026.10.0", 3, Runtime(objects=objects, lineage=lineage, run=run))
    return json.loads(objects.content[report_key("made", "2026.10.0")]), lineage


def test_tokens_and_cost_stand_in_the_report() -> None:
    """By stage and model, for the partition of the release, in whole units of the currency."""
    report, lineage = told([LINE])
    assert report["spent"] == [
        {"stage": "score", "model": "tiny@r1", "prompt_tokens": 100, "output_tokens": 20, "cost": {"USD": 1.25}}
    ]
    assert ("fetch", "spending", {"dataset": "made", "partition_key": "2026-10"}) in lineage.calls


def test_a_model_without_a_price_has_no_cost() -> None:
    """An empty mapping, not a zero of some currency."""
    report, _ = told([{**LINE, "cost_micro": {}}])
    assert report["spent"][0]["cost"] == {}
