"""Manifests: canonical, named by their content, and a changed object is never believed."""

from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from tasks.core.errors import FatalError
from tasks.core.ids import sha256_bytes
from tasks.core.refs import ShardRef
from tasks.storage.manifest import (
    ShardManifest,
    chain,
    funnel,
    load_shard_manifest,
    load_snapshot,
    open_shard,
    store_shard_manifest,
    store_snapshot,
)
from tasks.storage.shards import ShardFile
from tests.fakes.objects import MemoryObjects


def commit(
    objects: MemoryObjects,
    name: str,
    inputs: list[ShardRef],
    *,
    kept: int,
    reasons: dict[str, int] | None = None,
    facts: dict[str, Any] | None = None,
) -> ShardRef:
    """Commit a manifest of the stage `name` up to its last dash, without the shards."""
    reasons = reasons or {}
    manifest = ShardManifest(
        stage=name.split("-")[0],
        stage_version=1,
        config={},
        inputs=[ref.model_dump() for ref in inputs] or [{"kind": "warc", "uri": f"{name}.warc.gz"}],
        read_count=kept + sum(reasons.values()),
        kept=ShardFile(key=f"{name}/kept", sha256="0" * 64, row_count=kept),
        rejected=ShardFile(key=f"{name}/rejected", sha256="0" * 64, row_count=sum(reasons.values())),
        reasons=reasons,
        facts=facts or {},
    )
    return store_shard_manifest(objects, f"{name}/manifest.json", manifest)


def snapshot(objects: MemoryObjects, shards: list[ShardRef]) -> Any:
    return store_snapshot(
        objects, kind="pairs", dataset="d", partition_key="2026-10", shards=shards, funnel=funnel(objects, shards)
    )


def test_a_reference_says_what_was_committed() -> None:
    """Key, digest of the bytes, and both counts."""
    objects = MemoryObjects()
    ref = commit(objects, "filter", [], kept=5, reasons={"too_short": 2, "too_long": 1})
    assert (ref.key, ref.row_count, ref.rejected_count) == ("filter/manifest.json", 5, 3)
    assert ref.sha256 == sha256_bytes(objects.content[ref.key])
    manifest, found = load_shard_manifest(objects, ref.key)
    assert found == ref
    assert manifest == open_shard(objects, ref)


def test_the_same_manifest_is_the_same_bytes() -> None:
    """Whatever the order in which its dictionaries were made."""
    first, second = MemoryObjects(), MemoryObjects()
    one = commit(first, "s", [], kept=1, reasons={"a": 1, "b": 2}, facts={"x": 1, "y": 2})
    two = commit(second, "s", [], kept=1, reasons={"b": 2, "a": 1}, facts={"y": 2, "x": 1})
    assert one == two
    assert first.content == second.content


def test_a_shard_manifest_that_was_changed_is_not_opened() -> None:
    """Even to another valid manifest: the reference holds the digest."""
    objects = MemoryObjects()
    ref = commit(objects, "s", [], kept=5)
    commit(objects, "s", [], kept=4)
    with pytest.raises(FatalError, match="changed after its commit"):
        open_shard(objects, ref)


def test_what_was_never_committed_is_a_key_error() -> None:
    """That is how a stage knows that there is work."""
    with pytest.raises(KeyError):
        load_shard_manifest(MemoryObjects(), "s/manifest.json")


@pytest.mark.parametrize("change", [{"surprise": 1}, {"format_version": 2}])
def test_a_manifest_of_another_form_is_not_guessed_at(change: dict[str, Any]) -> None:
    """A field or version this code does not know may mean anything."""
    objects = MemoryObjects()
    ref = commit(objects, "s", [], kept=1)
    body = load_shard_manifest(objects, ref.key)[0].model_dump()
    with pytest.raises(ValidationError):
        ShardManifest.model_validate({**body, **change})


def test_a_snapshot_is_named_by_its_digest() -> None:
    """The same shards give the same key; it can be read back, with the sum of the rows."""
    objects = MemoryObjects()
    shards = [commit(objects, "s-1", [], kept=2), commit(objects, "s-2", [], kept=3)]
    ref = snapshot(objects, shards)
    assert ref == snapshot(objects, shards)
    assert ref.key == f"snapshots/d/pairs/2026-10/{ref.sha256}.json"
    manifest, found = load_snapshot(objects, ref.key)
    assert found == ref
    assert manifest.shards == shards
    assert (ref.row_count, manifest.row_count) == (5, 5)
    assert snapshot(objects, shards[::-1]).key != ref.key, "the order of the shards is part of the data"


def test_a_snapshot_that_was_changed_is_not_loaded() -> None:
    """Its name gives it away."""
    objects = MemoryObjects()
    ref = snapshot(objects, [commit(objects, "s", [], kept=2)])
    objects.content[ref.key] = objects.content[ref.key].replace(b'"row_count":2', b'"row_count":3')
    with pytest.raises(FatalError, match="changed after its commit"):
        load_snapshot(objects, ref.key)


def barrier(objects: MemoryObjects) -> list[ShardRef]:
    """Two extracted shards, each deduplicated with both as inputs, as a barrier stage has it; then scored."""
    extracted = [
        commit(objects, "extract-1", [], kept=6, reasons={"empty_text": 4}, facts={"skipped": {"warcinfo": 1}}),
        commit(objects, "extract-2", [], kept=5, reasons={"empty_text": 1, "not_html": 2}, facts={"skipped": {}}),
    ]
    kept = [
        commit(objects, "dedup-1", extracted, kept=6),
        commit(objects, "dedup-2", extracted, kept=3, reasons={"duplicate_text": 2}),
    ]
    return [
        commit(objects, f"score-{n}", [ref], kept=ref.row_count, facts={"scores": {"5": n, "4": 1}, "unparseable": n})
        for n, ref in enumerate(kept, 1)
    ]


def test_the_chain_of_a_shard_names_each_ancestor_once() -> None:
    """Newest first, though two paths lead to the same ancestor."""
    objects = MemoryObjects()
    shards = barrier(objects)
    both = commit(objects, "merge", shards, kept=9)
    keys = [manifest.kept.key.removesuffix("/kept") for manifest in chain(objects, both)]
    assert sorted(keys) == ["dedup-1", "dedup-2", "extract-1", "extract-2", "merge", "score-1", "score-2"]
    assert keys[0] == "merge"


def test_the_funnel_adds_up() -> None:
    """Every stage reads what the one before kept; ancestors that shards share are counted once."""
    objects = MemoryObjects()
    lines = funnel(objects, barrier(objects))
    assert [line.stage for line in lines] == ["extract", "dedup", "score"]
    assert [(line.read, line.kept) for line in lines] == [(18, 11), (11, 9), (9, 9)]
    for line in lines:
        assert line.read == line.kept + sum(line.reasons.values())
    for earlier, later in pairwise(lines):
        assert later.read == earlier.kept
    assert lines[0].reasons == {"empty_text": 5, "not_html": 2}
    assert lines[0].facts == {"skipped": {"warcinfo": 1}}
    assert lines[2].facts == {"scores": {"4": 2, "5": 3}, "unparseable": 3}


def test_the_funnel_does_not_change_what_it_adds() -> None:
    """Asked twice, it says the same twice."""
    objects = MemoryObjects()
    shards = barrier(objects)
    assert funnel(objects, shards) == funnel(objects, shards)


def test_an_ancestor_that_was_changed_does_not_count() -> None:
    """A card must not be computed from a manifest that is not the one that was read."""
    objects = MemoryObjects()
    shards = barrier(objects)
    commit(objects, "extract-1", [], kept=6, reasons={"empty_text": 1})
    with pytest.raises(FatalError, match="changed after its commit"):
        funnel(objects, shards)
