"""Commits a partition of a dataset and hands it on; finds, once, what a consumer works on."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import Asset, get_current_context

from backforth.adapter import in_run
from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.core.refs import ManifestRef, ShardRef
from tasks.core.runtime import Runtime
from tasks.storage.manifest import SnapshotManifest, funnel, load_snapshot, store_snapshot
from tasks.storage.stage import record_snapshot


def commit(
    kind: str, shards: Sequence[dict[str, Any]], spec: DatasetSpec, asset: Asset | None = None
) -> dict[str, Any]:
    """Write the snapshot manifest of this partition and announce it on `asset`, when there is one."""
    ref = in_run(spec, lambda rt: _commit(kind, [ShardRef.model_validate(shard) for shard in shards], rt))
    if asset:
        announce(asset, manifest_key=ref.key, row_count=ref.row_count)
    return ref.model_dump()


def _commit(kind: str, shards: list[ShardRef], rt: Runtime) -> ManifestRef:
    ref = store_snapshot(
        rt.objects,
        kind=kind,
        dataset=rt.run.dataset,
        partition_key=rt.run.partition_key,
        shards=shards,
        funnel=funnel(rt.objects, shards),
    )
    rt.add_used(shard.sha256 for shard in shards)
    record_snapshot(rt, kind, ref.key, ref.sha256, ref.row_count)
    rt.add_used([ref.sha256])  # content that comes back after another is the newest again
    rt.set_metrics({"kept": ref.row_count})
    return ref


def announce(asset: Asset, **facts: Any) -> None:
    """Attach facts to the event that this task emits on `asset`; the partition key travels by itself."""
    get_current_context()["outlet_events"][asset].extra = facts


def announce_partitions(asset: Asset, keys: list[str]) -> list[str]:
    """Have this task emit an event of `asset` for each of these partitions, in place of its own; return them.

    Without keys Airflow would emit one for the run's own partition: do not get here then. The events name no
    manifest, so that a consumer takes the newest commit of its partition.
    """
    get_current_context()["outlet_events"][asset].add_partitions(keys)
    return keys


def find(kind: str, asset: Asset, rt: Runtime) -> ManifestRef:
    """Return the ref of the snapshot this Dag run works on, recorded as used.

    In this order: the newest event of `asset` that triggered the run, the param `manifest_uri`, the newest
    commit of the run's partition key. Never "the latest" of anything else.
    """
    return _find(kind, _wanted(asset), rt)[1]


def shards_of(kind: str, spec: DatasetSpec, asset: Asset) -> list[dict[str, Any]]:
    """Like `find`, and return the refs of the snapshot's shards."""
    return [shard.model_dump() for shard in in_run(spec, lambda rt: _find(kind, _wanted(asset), rt)[0]).shards]


def bundles_of(kind: str, spec: DatasetSpec, asset: Asset) -> list[list[dict[str, Any]]]:
    """Like `shards_of`, cut into bundles of `spec.bundle_shards`: what one task works on."""
    return in_bundles(shards_of(kind, spec, asset), spec)


def in_bundles(shards: list[dict[str, Any]], spec: DatasetSpec) -> list[list[dict[str, Any]]]:
    """Cut a list of shards into bundles of `spec.bundle_shards`."""
    return [shards[start : start + spec.bundle_shards] for start in range(0, len(shards), spec.bundle_shards)]


def _wanted(asset: Asset) -> str | None:
    context = get_current_context()
    key = context["dag_run"].partition_key
    triggering = context.get("triggering_asset_events") or {}
    events = [event for event in triggering.get(asset, []) if event.partition_key == key]
    newest = max(events, key=lambda event: event.timestamp, default=None)
    return (newest.extra or {}).get("manifest_key") if newest else context["params"].get("manifest_uri")


def _find(kind: str, wanted: str | None, rt: Runtime) -> tuple[SnapshotManifest, ManifestRef]:
    if not wanted:
        rows = rt.lineage.fetch(
            "snapshot_of_partition", dataset=rt.run.dataset, kind=kind, partition_key=rt.run.partition_key
        )
        if not rows:
            raise ConfigError(
                f"no {kind} were committed for partition {rt.run.partition_key} of {rt.run.dataset}; "
                "run the Dag before this one, or give the param manifest_uri"
            )
        wanted = rows[0]["manifest_uri"]
    try:
        manifest, ref = load_snapshot(rt.objects, wanted)
    except KeyError as error:
        raise ConfigError(f"manifest {wanted} does not exist in bucket {rt.objects.bucket}") from error
    if (manifest.kind, manifest.dataset, manifest.partition_key) != (kind, rt.run.dataset, rt.run.partition_key):
        raise ConfigError(
            f"manifest {wanted} holds {manifest.kind} of {manifest.dataset} for {manifest.partition_key}; "
            f"this run is for {kind} of {rt.run.dataset} for {rt.run.partition_key}"
        )
    rt.add_used([ref.sha256])
    rt.set_metrics({"read": ref.row_count})
    return manifest, ref
