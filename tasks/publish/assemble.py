"""Verified pairs -> a candidate release: the rows in chat form, and a manifest that is written last."""

from collections.abc import Iterator

from tasks.core.config import DatasetSpec
from tasks.core.ids import digest_of, sha256_bytes
from tasks.core.refs import ManifestRef
from tasks.core.runtime import Row, Runtime
from tasks.publish.candidate import RELEASE, CandidateManifest, StageConfig, presentation
from tasks.publish.files import write_shards
from tasks.publish.provenance import ROLES, Provenance, provenance
from tasks.storage.manifest import SnapshotManifest, load_snapshot, open_shard
from tasks.storage.shards import read_rows, read_shard
from tasks.storage.stage import record_snapshot

VERSION = 1
# About 150 MB of Parquet at 3 kB of text a row: few files, each quick to fetch and to read.
ROWS_PER_SHARD = 50_000
KIND = "release"


def run(manifest: ManifestRef, spec: DatasetSpec, rt: Runtime, *, rows_per_shard: int = ROWS_PER_SHARD) -> ManifestRef:
    """Make the candidate of the pairs in `manifest`, or find it; record it and its rows in the lineage store.

    Rows keep the order of the pair shards and of the rows in them. Nothing is dropped here, not even a duplicate:
    that is for the quality gate to say.
    """
    rt.add_used([manifest.sha256])
    content = [KIND, VERSION, manifest.sha256, spec.demo, presentation(spec), rows_per_shard]
    prefix = f"candidates/{manifest.dataset}/{manifest.partition_key}/{digest_of(content)}"
    key = f"{prefix}/manifest.json"
    try:
        data = rt.objects.get(key)
    except KeyError:
        candidate = _make(manifest, spec, rt, prefix, rows_per_shard)
        data = candidate.to_bytes()
        rt.objects.put(key, data, content_type="application/json")
    else:
        candidate = CandidateManifest.model_validate_json(data)
        rt.set_metrics({"reused": candidate.row_count})
    ref = ManifestRef(
        key=key,
        sha256=sha256_bytes(data),
        row_count=candidate.row_count,
        dataset=manifest.dataset,
        partition_key=manifest.partition_key,
    )
    _record(ref, candidate, rt, prefix)
    rt.set_metrics({"read": manifest.row_count, "kept": ref.row_count, "rejected": 0})
    return ref


def example(row: Row, made_by: Provenance) -> Row:
    """Return one verified pair as a published row."""
    return {
        "id": row["pair_id"],
        "messages": [
            {"role": "user", "content": row["instruction"]},
            {"role": "assistant", "content": row["response"]},
        ],
        "source_url": row["target_uri"],
        **{name: row[name] for name in ("document_id", "score", "language", "grounding", "extractor")},
        **made_by.columns(),
    }


def _make(manifest: ManifestRef, spec: DatasetSpec, rt: Runtime, prefix: str, rows_per_shard: int) -> CandidateManifest:
    snapshot, _ = load_snapshot(rt.objects, manifest.key)
    made_by = [provenance(rt.objects, shard) for shard in snapshot.shards]
    files = write_shards(
        _examples(snapshot, made_by, rt), snapshot.row_count, rt.objects, prefix, rows_per_shard=rows_per_shard
    )
    return CandidateManifest(
        dataset=snapshot.dataset,
        partition_key=snapshot.partition_key,
        demo=spec.demo,
        spec=presentation(spec),
        snapshot_sha256=manifest.sha256,
        row_count=snapshot.row_count,
        columns=RELEASE.names,
        files=files,
        funnel=snapshot.funnel,
        stages=_distinct_stages(made_by),
        models={role: _distinct(item.models[role] for item in made_by) for role in ROLES.values()},
        prompts={role: _distinct(item.prompts[role] for item in made_by) for role in ROLES.values()},
    )


def _examples(snapshot: SnapshotManifest, made_by: list[Provenance], rt: Runtime) -> Iterator[Row]:
    for shard, origin in zip(snapshot.shards, made_by, strict=True):
        for row in read_shard(rt.objects, open_shard(rt.objects, shard).kept):
            yield example(row, origin)


def _distinct(values: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _distinct_stages(made_by: list[Provenance]) -> list[StageConfig]:
    """Return each stage's configuration once, in the order of the flow; two only where shards really differ."""
    found: dict[tuple[str, int, str], StageConfig] = {}
    for item in made_by:
        for stage in item.stages:
            found.setdefault((stage.stage, stage.stage_version, stage.config_sha256), stage)
    return list(found.values())


def _record(ref: ManifestRef, candidate: CandidateManifest, rt: Runtime, prefix: str) -> None:
    """Say in the lineage store which pair stands at which row; safe to repeat after a kill half-way."""
    snapshot_id = record_snapshot(rt, KIND, ref.key, ref.sha256, ref.row_count)
    for file in candidate.files:
        if file.path.endswith(".parquet"):
            key = f"{prefix}/{file.path}"
            rows = [
                {"snapshot_id": snapshot_id, "pair_id": row["id"], "shard_key": key, "shard_row": number}
                for number, row in enumerate(read_rows(rt.objects, key, ["id"]))
            ]
            rt.lineage.insert("example", rows)
