"""Manifests: small JSON objects that name immutable shards. A manifest is written last and is the commit mark.

A shard manifest describes what one stage made of one input; a snapshot manifest lists the shards that make up
a partition of a dataset. Neither holds a time, a run or a host: the same data gives the same bytes.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks.core.errors import FatalError
from tasks.core.ids import canonical_json, sha256_bytes
from tasks.core.refs import ManifestRef, ShardRef
from tasks.core.runtime import ObjectStore
from tasks.storage.shards import ShardFile

FORMAT_VERSION = 1


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = 1

    def to_bytes(self) -> bytes:
        """Canonical JSON and a line end."""
        return (canonical_json(self.model_dump(mode="json")) + "\n").encode()


class ShardManifest(_Manifest):
    """What one stage made of one input: kept rows, rejected rows, and the counts of both."""

    stage: str
    stage_version: int
    config: dict[str, Any]
    inputs: list[dict[str, Any]] = Field(description="refs of what was read, in order")
    read_count: int
    kept: ShardFile
    rejected: ShardFile
    reasons: dict[str, int]
    facts: dict[str, Any] = Field(default_factory=dict, description="counts a card needs, e.g. a histogram")


class StageCounts(_Manifest):
    """One line of a funnel. read = kept + the sum of the reasons."""

    stage: str
    read: int
    kept: int
    reasons: dict[str, int]
    facts: dict[str, Any] = Field(default_factory=dict)


class SnapshotManifest(_Manifest):
    """The state of one dataset for one partition."""

    kind: str
    dataset: str
    partition_key: str
    shards: list[ShardRef]
    row_count: int
    funnel: list[StageCounts]


def store_shard_manifest(objects: ObjectStore, key: str, manifest: ShardManifest) -> ShardRef:
    """Write the commit mark and return the reference to it."""
    data = manifest.to_bytes()
    objects.put(key, data, content_type="application/json")
    return _shard_ref(key, data, manifest)


def load_shard_manifest(objects: ObjectStore, key: str) -> tuple[ShardManifest, ShardRef]:
    """Read a shard manifest. Raises KeyError when it was never committed."""
    data = objects.get(key)
    manifest = ShardManifest.model_validate_json(data)
    return manifest, _shard_ref(key, data, manifest)


def open_shard(objects: ObjectStore, ref: ShardRef) -> ShardManifest:
    """Read the manifest behind a reference and insist on the digest."""
    manifest, found = load_shard_manifest(objects, ref.key)
    if found.sha256 != ref.sha256:
        raise FatalError(
            f"{ref.key}: digest {found.sha256}, expected {ref.sha256}; the object was changed after its commit"
        )
    return manifest


def _shard_ref(key: str, data: bytes, manifest: ShardManifest) -> ShardRef:
    return ShardRef(
        key=key,
        sha256=sha256_bytes(data),
        row_count=manifest.kept.row_count,
        rejected_count=manifest.rejected.row_count,
    )


def store_snapshot(
    objects: ObjectStore,
    *,
    kind: str,
    dataset: str,
    partition_key: str,
    shards: Sequence[ShardRef],
    funnel: list[StageCounts],
) -> ManifestRef:
    """Write a snapshot manifest under a key made from its own digest."""
    manifest = SnapshotManifest(
        kind=kind,
        dataset=dataset,
        partition_key=partition_key,
        shards=list(shards),
        row_count=sum(shard.row_count for shard in shards),
        funnel=funnel,
    )
    data = manifest.to_bytes()
    sha256 = sha256_bytes(data)
    key = f"snapshots/{dataset}/{kind}/{partition_key}/{sha256}.json"
    objects.put(key, data, content_type="application/json")
    return ManifestRef(
        key=key, sha256=sha256, row_count=manifest.row_count, dataset=dataset, partition_key=partition_key
    )


def load_snapshot(objects: ObjectStore, key: str) -> tuple[SnapshotManifest, ManifestRef]:
    """Read a snapshot manifest by key; its digest must be the one in its name."""
    data = objects.get(key)
    sha256 = sha256_bytes(data)
    if not key.endswith(f"/{sha256}.json"):
        raise FatalError(f"{key}: its content has the digest {sha256}; the object was changed after its commit")
    manifest = SnapshotManifest.model_validate(json.loads(data))
    ref = ManifestRef(
        key=key,
        sha256=sha256,
        row_count=manifest.row_count,
        dataset=manifest.dataset,
        partition_key=manifest.partition_key,
    )
    return manifest, ref


def chain(objects: ObjectStore, ref: ShardRef) -> Iterator[ShardManifest]:
    """Yield a shard's manifest and those of all its ancestors, newest first, each once, with the digest it had."""
    seen: set[str] = set()
    todo = [ref]
    while todo:
        ref = todo.pop()
        if ref.key in seen:
            continue
        seen.add(ref.key)
        manifest = open_shard(objects, ref)
        yield manifest
        todo += [ShardRef.model_validate(item) for item in manifest.inputs if "key" in item]


def funnel(objects: ObjectStore, shards: Sequence[ShardRef]) -> list[StageCounts]:
    """Add up the counts of every stage behind `shards`, in the order the data went through them."""
    by_stage: dict[str, list[ShardManifest]] = {}
    seen: set[str] = set()
    for shard in shards:
        for manifest in chain(objects, shard):
            if manifest.kept.key not in seen:
                seen.add(manifest.kept.key)
                by_stage.setdefault(manifest.stage, []).append(manifest)
    lines = [_add_up(stage, manifests) for stage, manifests in by_stage.items()]
    return lines[::-1]


def _add_up(stage: str, manifests: list[ShardManifest]) -> StageCounts:
    reasons: Counter[str] = Counter()
    facts: dict[str, Any] = {}
    for manifest in manifests:
        reasons.update(manifest.reasons)
        _merge(facts, manifest.facts)
    return StageCounts(
        stage=stage,
        read=sum(m.read_count for m in manifests),
        kept=sum(m.kept.row_count for m in manifests),
        reasons=dict(sorted(reasons.items())),
        facts=facts,
    )


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    """Add numbers, merge histograms; facts that are neither must agree and are kept once."""
    for name, value in more.items():
        if isinstance(value, dict):
            _merge(into.setdefault(name, {}), value)
        elif isinstance(value, int | float):
            into[name] = into.get(name, 0) + value
        else:
            into[name] = value
