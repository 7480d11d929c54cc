"""A partition is committed once and handed on; a consumer works on what triggered it, and on nothing else."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from backforth.adapter import in_run
from backforth.assets import documents
from backforth.partition import announce_partitions, bundles_of, commit, find, shards_of
from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError, FatalError
from tasks.core.ids import content_id
from tasks.storage.manifest import load_snapshot
from tests.plugins.conftest import Task
from tests.storage.test_manifest import commit as commit_shard

KEY = "2026-10"


@pytest.fixture
def asset(running: Task, spec: DatasetSpec) -> Any:
    """The asset of documents, which the running task announces."""
    asset = documents(spec)
    running.outlets[asset] = SimpleNamespace(extra={})
    return asset


def make(running: Task, spec: DatasetSpec, asset: Any, *, kept: int = 3, kind: str = "documents") -> dict[str, Any]:
    """Commit a partition whose one shard has `kept` rows."""
    shard = commit_shard(running.objects, f"dedup-{kept}", [], kept=kept, reasons={"duplicate_text": 1})
    return commit(kind, [shard.model_dump()], spec, asset)


def event(manifest_key: str | None, day: int = 1, key: str = KEY) -> Any:
    extra = {"manifest_key": manifest_key} if manifest_key else None
    return SimpleNamespace(partition_key=key, timestamp=datetime(2026, 11, day, tzinfo=UTC), extra=extra)


def found(spec: DatasetSpec, asset: Any, kind: str = "documents") -> str:
    return in_run(spec, lambda rt: find(kind, asset, rt)).key


def test_a_commit_is_a_snapshot_and_an_announcement(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """Manifest, lineage row and event name the same snapshot; the funnel is in the manifest."""
    ref = make(running, spec, asset)
    manifest, loaded = load_snapshot(running.objects, ref["key"])
    assert loaded.model_dump() == ref
    assert (manifest.dataset, manifest.kind, manifest.partition_key, manifest.row_count) == (
        "made",
        "documents",
        KEY,
        3,
    )
    assert [(line.stage, line.read, line.kept) for line in manifest.funnel] == [("dedup", 4, 3)]
    assert running.outlets[asset].extra == {"manifest_key": ref["key"], "row_count": 3}
    (row,) = running.lineage.tables["snapshot"]
    assert (row["manifest_uri"], row["manifest_sha256"], row["partition_key"]) == (ref["key"], ref["sha256"], KEY)
    assert row["dataset_id"] == content_id("dataset", "made", "documents")
    used = [call["manifest_sha256"] for call in running.lineage.called("record_run_used")]
    assert used == [manifest.shards[0].sha256, ref["sha256"]]


def test_the_event_that_triggered_the_run_comes_first(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """The newest of its own partition: before the param, before the newest commit."""
    old, new, other = (make(running, spec, asset, kept=kept)["key"] for kept in (1, 2, 3))
    running.events = {asset: [event(old, 1), event(new, 3), event(other, 5, key="2026-11"), event(old, 2)]}
    running.params["manifest_uri"] = other
    running.lineage.answers["snapshot_of_partition"] = [{"manifest_uri": other}]
    assert found(spec, asset) == new


def test_then_the_param_then_the_newest_commit_of_the_key(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """A run by hand, with and without a choice."""
    given, newest = (make(running, spec, asset, kept=kept)["key"] for kept in (1, 2))
    running.lineage.answers["snapshot_of_partition"] = [{"manifest_uri": newest}]
    running.params["manifest_uri"] = given
    assert found(spec, asset) == given
    running.params["manifest_uri"] = None
    assert found(spec, asset) == newest
    (asked,) = running.lineage.called("snapshot_of_partition")
    assert asked == {"dataset": "made", "kind": "documents", "partition_key": KEY}


def test_what_was_chosen_is_recorded(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """And the shards are what the mapped tasks get."""
    ref = make(running, spec, asset)
    running.params["manifest_uri"] = ref["key"]
    running.lineage.calls.clear()
    shards = shards_of("documents", spec, asset)
    assert [shard["row_count"] for shard in shards] == [3]
    assert [call["manifest_sha256"] for call in running.lineage.called("record_run_used")] == [ref["sha256"]]


@pytest.mark.parametrize(("size", "cut"), [(1, [1, 1, 1]), (2, [2, 1]), (3, [3]), (8, [3])])
def test_shards_are_cut_into_bundles(running: Task, spec: DatasetSpec, asset: Any, size: int, cut: list[int]) -> None:
    """In order, none lost, the last one smaller."""
    shards = [commit_shard(running.objects, f"dedup-{n}", [], kept=n, reasons={}).model_dump() for n in range(3)]
    running.params["manifest_uri"] = commit("documents", shards, spec, asset)["key"]
    bundles = bundles_of("documents", spec.model_copy(update={"bundle_shards": size}), asset)
    assert [len(bundle) for bundle in bundles] == cut
    assert [shard for bundle in bundles for shard in bundle] == shards


def test_a_partition_without_shards_has_no_bundle(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """Nothing is mapped."""
    running.params["manifest_uri"] = commit("documents", [], spec, asset)["key"]
    assert bundles_of("documents", spec, asset) == []


def test_a_snapshot_may_be_announced_to_nobody(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """What an earlier judge kept is committed beside, and starts no other Dag."""
    shard = commit_shard(running.objects, "curate-1", [], kept=2, reasons={})
    ref = commit("curated_round_1", [shard.model_dump()], spec)
    assert load_snapshot(running.objects, ref["key"])[0].kind == "curated_round_1"
    assert running.outlets[asset].extra == {}


def test_nothing_committed_is_a_configuration_error(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """It says what to run first."""
    with pytest.raises(ConfigError, match=f"no documents were committed for partition {KEY} of made"):
        found(spec, asset)


def test_a_manifest_that_does_not_exist_is_a_configuration_error(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """A mistyped param is named."""
    running.params["manifest_uri"] = "snapshots/none.json"
    with pytest.raises(ConfigError, match=r"snapshots/none\.json does not exist in bucket memory"):
        found(spec, asset)


def test_a_manifest_that_was_changed_is_fatal(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """Its name holds its digest."""
    ref = make(running, spec, asset)
    running.objects.content[ref["key"]] += b" "
    running.params["manifest_uri"] = ref["key"]
    with pytest.raises(FatalError, match="changed after its commit"):
        found(spec, asset)


@pytest.mark.parametrize("other", ["kind", "partition", "dataset"])
def test_a_manifest_of_something_else_is_refused(running: Task, spec: DatasetSpec, asset: Any, other: str) -> None:
    """Another kind, partition or dataset: the rows would be filed under a wrong name."""
    running.params["manifest_uri"] = make(running, spec, asset)["key"]
    asked = "documents"
    if other == "kind":
        asked = "pairs"
    elif other == "partition":
        running.partition_key = "2026-11"
    else:
        spec = spec.model_copy(update={"name": "another"})
    with pytest.raises(ConfigError, match="holds documents of made for 2026-10; this run is for"):
        found(spec, asset, asked)


def test_other_partitions_are_announced_in_place_of_the_own_one(running: Task, spec: DatasetSpec, asset: Any) -> None:
    """With no manifest named: a consumer takes the newest commit of its key."""
    told: list[str] = []
    running.outlets[asset] = SimpleNamespace(extra={}, add_partitions=told.extend)
    assert announce_partitions(asset, ["2026-11", "2026-12"]) == told == ["2026-11", "2026-12"]
    assert running.outlets[asset].extra == {}
    running.events = {asset: [event(None)]}
    newest = make(running, spec, documents(spec))["key"]
    running.lineage.answers["snapshot_of_partition"] = [{"manifest_uri": newest}]
    assert found(spec, asset) == newest
