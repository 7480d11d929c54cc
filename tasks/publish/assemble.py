"""Verified pairs -> a candidate release: the rows in chat form, and a manifest that is written last."""

from collections.abc import Iterator
from itertools import count

from tasks.core.config import DatasetSpec
from tasks.core.errors import FatalError
from tasks.core.ids import digest_of, sha256_bytes
from tasks.core.refs import ManifestRef
from tasks.core.runtime import Row, Runtime
from tasks.publish.candidate import RELEASE, CandidateManifest, StageConfig, chat, presentation
from tasks.publish.files import write_shards
from tasks.publish.provenance import ROLE_NAMES, Provenance, provenance
from tasks.publish.seed import SeedFile, read_seed, write_seed
from tasks.publish.standing import has_come_back
from tasks.storage.manifest import SnapshotManifest, load_snapshot, open_shard
from tasks.storage.shards import read_rows, read_shard
from tasks.storage.stage import record_snapshot

VERSION = 2
# About 150 MB of Parquet at 3 kB of text a row: few files, each quick to fetch and to read.
ROWS_PER_SHARD = 50_000
KIND = "release"


def run(manifest: ManifestRef, spec: DatasetSpec, rt: Runtime, *, rows_per_shard: int = ROWS_PER_SHARD) -> ManifestRef:
    """Make the candidate of the pairs in `manifest`, or find it; record it and its rows in the lineage store.

    Where other rows were published since these were, it is another candidate, which gets a version of its own: the
    highest version is the latest. Rows keep the order of the pair shards and of the rows in them. Nothing is dropped
    here, not even a duplicate: that is for the quality gate to say.
    """
    rt.add_used([manifest.sha256])
    seed = read_seed(spec.release, rt)
    for returned in count():
        ref, snapshot_id = _candidate(manifest, spec, rt, rows_per_shard, seed, returned)
        if not has_come_back(manifest, snapshot_id, rt):
            break
    rt.set_metrics({"read": manifest.row_count, "kept": ref.row_count, "rejected": 0})
    return ref


def _candidate(
    manifest: ManifestRef, spec: DatasetSpec, rt: Runtime, rows_per_shard: int, seed: SeedFile | None, returned: int
) -> tuple[ManifestRef, str]:
    """Make the candidate, or find it; return it with the id of its snapshot."""
    told = seed.told.model_dump() if seed else None
    content = [KIND, VERSION, manifest.sha256, spec.demo, presentation(spec), rows_per_shard, told]
    prefix = (
        f"candidates/{manifest.dataset}/{manifest.partition_key}/{digest_of(content + [returned] * bool(returned))}"
    )
    key = f"{prefix}/manifest.json"
    try:
        data = rt.objects.get(key)
    except KeyError:
        candidate = _make(manifest, spec, rt, prefix, rows_per_shard, seed, returned)
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
    return ref, _record(ref, candidate, rt, prefix)


def example(row: Row, made_by: Provenance, tag: str = "") -> Row:
    """Return one verified pair as a published row; `tag` ends its request."""
    return {
        "id": row["pair_id"],
        "messages": chat(row["instruction"], row["response"], tag),
        "source_url": row["target_uri"],
        **{name: row[name] for name in ("document_id", "score", "language", "grounding", "extractor")},
        **made_by.columns(),
    }


def _make(
    manifest: ManifestRef,
    spec: DatasetSpec,
    rt: Runtime,
    prefix: str,
    rows_per_shard: int,
    seed: SeedFile | None,
    returned: int,
) -> CandidateManifest:
    snapshot, _ = load_snapshot(rt.objects, manifest.key)
    made_by = [provenance(rt.objects, shard) for shard in snapshot.shards]
    rows = _examples(snapshot, made_by, rt, spec.release.data_tag if spec.release.tags else "")
    files = write_shards(rows, snapshot.row_count, rt.objects, prefix, rows_per_shard=rows_per_shard)
    if seed:
        files.append(write_seed(seed, rt.objects, prefix))
    return CandidateManifest(
        dataset=snapshot.dataset,
        partition_key=snapshot.partition_key,
        demo=spec.demo,
        variant=_variant(made_by, spec),
        spec=presentation(spec),
        snapshot_sha256=manifest.sha256,
        row_count=snapshot.row_count,
        columns=RELEASE.names,
        files=files,
        funnel=snapshot.funnel,
        stages=_distinct_stages(made_by),
        models={role: _distinct(i.models[role] for i in made_by if role in i.models) for role in ROLE_NAMES},
        prompts={role: _distinct(i.prompts[role] for i in made_by if role in i.prompts) for role in ROLE_NAMES},
        seed=seed.told if seed else None,
        returned=returned,
    )


def _variant(made_by: list[Provenance], spec: DatasetSpec) -> str:
    """Return how the pairs were made; the specification is asked only where there is no shard."""
    found = _distinct(item.variant for item in made_by)
    if len(found) > 1:
        raise FatalError(f"{spec.name}: shards of the variants {', '.join(found)} are in one snapshot of pairs")
    return found[0] if found else spec.variant


def _examples(snapshot: SnapshotManifest, made_by: list[Provenance], rt: Runtime, tag: str) -> Iterator[Row]:
    for shard, origin in zip(snapshot.shards, made_by, strict=True):
        for row in read_shard(rt.objects, open_shard(rt.objects, shard).kept):
            yield example(row, origin, tag)


def _distinct(values: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _distinct_stages(made_by: list[Provenance]) -> list[StageConfig]:
    """Return each stage's configuration once, in the order of the flow; two only where shards really differ."""
    found: dict[tuple[str, int, str], StageConfig] = {}
    for item in made_by:
        for stage in item.stages:
            found.setdefault((stage.stage, stage.stage_version, stage.config_sha256), stage)
    return list(found.values())


def _record(ref: ManifestRef, candidate: CandidateManifest, rt: Runtime, prefix: str) -> str:
    """Say in the lineage store which pair stands at which row, and return the id of the snapshot.

    Safe to repeat after a kill half-way.
    """
    snapshot_id = record_snapshot(rt, KIND, ref.key, ref.sha256, ref.row_count)
    for file in candidate.files:
        if file.path.startswith("data/"):
            key = f"{prefix}/{file.path}"
            rows = [
                {"snapshot_id": snapshot_id, "pair_id": row["id"], "shard_key": key, "shard_row": number}
                for number, row in enumerate(read_rows(rt.objects, key, ["id"]))
            ]
            rt.lineage.insert("example", rows)
    return snapshot_id
