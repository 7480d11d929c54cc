"""A committed shard of hand-made rows, and a runtime over fakes, for the stages between two models."""

from typing import Any

import pyarrow as pa

from tasks.core.config import Config
from tasks.core.records import rejected
from tasks.core.refs import ShardRef
from tasks.core.runtime import RunContext, Runtime
from tasks.storage.manifest import ShardManifest, open_shard, store_shard_manifest
from tasks.storage.shards import ShardWriter, read_rows
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

RUN_ID = "0199f3a0-0000-7000-8000-000000000001"


def make_runtime(job: str = "instruction_pairs__made.test") -> Runtime:
    """A runtime over an empty store and an empty lineage."""
    context = RunContext(run_id=RUN_ID, job=job, dataset="made", partition_key="2026-10")
    return Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context)


def make_shard(rt: Runtime, rows: list[dict[str, Any]], schema: pa.Schema, stage: str) -> ShardRef:
    """Commit `rows` as the output of `stage`; columns that a row lacks are null."""
    with ShardWriter(schema) as kept, ShardWriter(rejected(schema)) as dropped:
        for row in rows:
            kept.write(row)
        manifest = ShardManifest(
            stage=stage,
            stage_version=1,
            config={},
            inputs=[],
            read_count=len(rows),
            kept=kept.upload(rt.objects, f"stages/{stage}/made/kept.parquet"),
            rejected=dropped.upload(rt.objects, f"stages/{stage}/made/rejected.parquet"),
            reasons={},
        )
    return store_shard_manifest(rt.objects, f"stages/{stage}/made/manifest.json", manifest)


def rows_of(rt: Runtime, ref: ShardRef) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the kept and the rejected rows behind a reference."""
    manifest = open_shard(rt.objects, ref)
    return list(read_rows(rt.objects, manifest.kept.key)), list(read_rows(rt.objects, manifest.rejected.key))


def config_of(kind: type[Config], **fields: Any) -> Any:
    """Return a configuration with its defaults but for `fields`."""
    return kind.model_validate(fields)
