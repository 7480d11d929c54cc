"""Hand-made verified pairs in a store: the manifests of every stage, and shards with the columns of VERIFIED."""

import json
from typing import Any

from tasks.core.config import DatasetSpec
from tasks.core.ids import content_id, sha256_text
from tasks.core.records import VERIFIED, rejected
from tasks.core.refs import ManifestRef, ShardRef
from tasks.core.runtime import RunContext, Runtime
from tasks.storage.manifest import ShardManifest, funnel, store_shard_manifest, store_snapshot
from tasks.storage.shards import ShardFile, ShardWriter
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

MODEL = {"connection": "model", "name": "tiny-llama", "revision": "0123abcd"}
PARTITION = "2026-10"


def make_spec(**changes: Any) -> DatasetSpec:
    """A specification named `handmade`, with `changes` to its top level."""
    body: dict[str, Any] = {
        "name": "handmade",
        "description": "Pairs made by hand.",
        "source": {"uri": "file:///somewhere", "licence": "CC-BY-4.0"},
        "models": {"backward": MODEL, "judge": {**MODEL, "name": "judge-7b"}, "rewriter": MODEL},
        "release": {"title": "Hand-made pairs", "licence": "cc-by-4.0"},
    }
    return DatasetSpec.model_validate({**body, **changes})


def make_row(number: int, **changes: Any) -> dict[str, Any]:
    """A verified pair that passes every check of the gate, with `changes` to its columns."""
    text = f"Fact {number}: a kettle of water boils sooner with its lid on, as less heat leaves with the steam. " * 4
    row = {name: f"{name} {number}" for name in VERIFIED.names} | {
        "target_uri": f"https://pages.example/{number}",
        "pair_id": content_id("pair", number),
        "document_id": content_id("document", number),
        "text": text,
        "language": "en",
        "extractor": "resiliparse@0.15",
        "instruction": f"Why does kettle number {number} boil sooner with its lid on?",
        "score": 5,
        "response": f"Answer {number}. {text}",
        "grounding": json.dumps({"copy_rate": 0.9}),
    }
    return {**row, **changes}


def make_runtime(objects: MemoryObjects | None = None, lineage: Any = None, **run: Any) -> Runtime:
    """A runtime over fakes, as one try of one task."""
    context = {
        "run_id": content_id("run", 1),
        "job": "dataset_release.check",
        "dataset": "handmade",
        "partition_key": PARTITION,
    }
    return Runtime(
        objects=objects if objects is not None else MemoryObjects(),
        lineage=lineage if lineage is not None else RecordingLineage(),
        run=RunContext(**{**context, **run}),
    )


def make_snapshot(
    objects: MemoryObjects,
    shards: list[list[dict[str, Any]]],
    spec: DatasetSpec,
    *,
    partition_key: str = PARTITION,
    unparseable: int = 1,
) -> ManifestRef:
    """Store `shards` of pairs with a chain of stage manifests behind each; every stage rejects one row of a shard."""
    refs = [_make_shard(objects, number, rows, spec, unparseable) for number, rows in enumerate(shards)]
    return store_snapshot(
        objects, kind="pairs", dataset=spec.name, partition_key=partition_key, shards=refs, funnel=funnel(objects, refs)
    )


def _make_shard(
    objects: MemoryObjects, number: int, rows: list[dict[str, Any]], spec: DatasetSpec, unparseable: int
) -> ShardRef:
    stages = {
        "extract": (spec.extract, {"empty_text": 1}),
        "filters": (spec.filters, {"too_short": 1}),
        "backtranslate": (spec.backtranslate, {"answer_empty": 1}),
        "score": (spec.score, {"score_missing": unparseable}),
        "curate": (spec.curate, {"score_below_threshold": 1}),
        "rewrite": (spec.rewrite, {"response_empty": 1}),
        "verify": (spec.verify, {"new_numbers": 1}),
    }
    left = len(rows) + sum(sum(reasons.values()) for _, reasons in stages.values())
    ref: ShardRef | None = None
    for name, (config, reasons) in stages.items():
        prefix = f"stages/{name}/{sha256_text(f'{number} {name} {rows}')}"
        read_count, left = left, left - sum(reasons.values())
        kept = ShardFile(key=f"{prefix}/kept.parquet", sha256=sha256_text(prefix), row_count=left)
        if name == "verify":
            kept = _store_rows(objects, f"{prefix}/kept.parquet", rows, VERIFIED)
        facts = {"scores": {"4": 1, "5": left - 1}, "unparseable": unparseable} if name == "score" else {}
        manifest = ShardManifest(
            stage=name,
            stage_version=1,
            config=config.body(),
            inputs=[ref.model_dump()] if ref else [{"kind": "warc", "uri": f"{number}.warc.gz"}],
            read_count=read_count,
            kept=kept,
            rejected=_store_rows(objects, f"{prefix}/rejected.parquet", [], rejected(VERIFIED)),
            reasons=reasons,
            facts=facts,
        )
        ref = store_shard_manifest(objects, f"{prefix}/manifest.json", manifest)
    assert ref is not None
    return ref


def _store_rows(objects: MemoryObjects, key: str, rows: list[dict[str, Any]], schema: Any) -> ShardFile:
    with ShardWriter(schema) as writer:
        for row in rows:
            writer.write(row)
        return writer.upload(objects, key)
