"""Runs one stage over one shard: find the commit, or make it. The only place that writes stage output."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tasks.core.config import Config
from tasks.core.errors import FatalError
from tasks.core.ids import content_id, digest_of
from tasks.core.records import rejected
from tasks.core.refs import ShardRef
from tasks.core.runtime import ObjectStore, Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.storage.manifest import ShardManifest, load_shard_manifest, open_shard, store_shard_manifest
from tasks.storage.shards import ShardFile, ShardWriter, read_shard

Process = Callable[[Iterable[dict[str, Any]]], Iterable[Outcome]]


def stage_prefix(stage: Stage, input_sha256: str, config: Config) -> str:
    """Return where a stage's output for this input and configuration lies: a function of content alone."""
    return f"stages/{stage.name}/{digest_of([stage.name, stage.version, input_sha256, config.body()])}"


def config_id(kind: str, config: Config) -> str:
    """Return the id of a stage's configuration; decisions and documents point to it."""
    return content_id("config", kind, config.body())


@dataclass(frozen=True)
class KeptRows:
    """The kept rows of a shard, read from the store each time they are iterated over."""

    objects: ObjectStore
    file: ShardFile

    def __iter__(self) -> Iterator[Row]:
        return read_shard(self.objects, self.file)


def run_stage(
    stage: Stage,
    shard: ShardRef,
    config: Config,
    rt: Runtime,
    process: Process,
    *,
    facts: Callable[[], dict[str, Any]] | None = None,
) -> ShardRef:
    """Run `process` over the kept rows of `shard`; return the committed output.

    `process` yields one outcome per input row: a row to keep, or a Rejected; it may go over the rows several times.
    `facts` are asked for at the end, for the manifest. A stage that finds its commit returns it and does no work.

    Raises FatalError when rows went missing, or when more were rejected than `config.max_reject_rate` allows.
    """
    source = open_shard(rt.objects, shard)
    return commit_stage(
        stage,
        input_sha256=shard.sha256,
        inputs=[shard.model_dump()],
        config=config,
        rt=rt,
        outcomes=lambda: process(KeptRows(rt.objects, source.kept)),
        expected=source.kept.row_count,
        facts=facts,
    )


def commit_stage(
    stage: Stage,
    *,
    input_sha256: str,
    inputs: list[dict[str, Any]],
    config: Config,
    rt: Runtime,
    outcomes: Callable[[], Iterable[Outcome]],
    expected: int | None = None,
    facts: Callable[[], dict[str, Any]] | None = None,
) -> ShardRef:
    """Like `run_stage`, for inputs that are not a shard. `expected` is the number of outcomes, when known."""
    prefix = stage_prefix(stage, input_sha256, config)
    rt.lineage.insert(
        "config", [{"config_id": config_id(stage.name, config), "kind": stage.name, "body": config.body()}]
    )
    for item in inputs:
        if "sha256" in item and "key" in item:
            rt.add_used([item["sha256"]])
    found = _find(rt, prefix)
    if found is None:
        # Two tasks for one shard: the second waits, and then finds what the first has committed.
        with rt.lineage.lock("stage", prefix):
            found = _find(rt, prefix)
            if found is None:
                found = _make(stage, prefix, inputs, config, rt, outcomes, expected, facts)
            else:
                rt.add_metrics({"reused": found[0].read_count})
    else:
        rt.add_metrics({"reused": found[0].read_count})
    manifest, ref = found
    counts = {"read": manifest.read_count, "kept": manifest.kept.row_count, "rejected": manifest.rejected.row_count}
    rt.add_metrics(counts | {f"rejected:{reason}": count for reason, count in manifest.reasons.items()})
    record_snapshot(rt, stage.name, ref.key, ref.sha256, ref.row_count)
    return ref


def _find(rt: Runtime, prefix: str) -> tuple[ShardManifest, ShardRef] | None:
    try:
        return load_shard_manifest(rt.objects, f"{prefix}/manifest.json")
    except KeyError:
        return None


def _make(
    stage: Stage,
    prefix: str,
    inputs: list[dict[str, Any]],
    config: Config,
    rt: Runtime,
    outcomes: Callable[[], Iterable[Outcome]],
    expected: int | None,
    facts: Callable[[], dict[str, Any]] | None,
) -> tuple[ShardManifest, ShardRef]:
    reasons: Counter[str] = Counter()
    with ShardWriter(stage.writes) as kept, ShardWriter(rejected(stage.reads)) as dropped:
        for outcome in outcomes():
            if isinstance(outcome, Rejected):
                dropped.write({**outcome.row, "reason": outcome.reason, "detail": outcome.detail[:2_000]})
                reasons[outcome.reason] += 1
            else:
                kept.write(outcome)
        read_count = kept.row_count + dropped.row_count
        if expected is not None and read_count != expected:
            raise FatalError(
                f"{stage.name}: {expected} rows in, {read_count} outcomes; nothing was committed under {prefix}"
            )
        _check_reject_rate(stage, config, reasons, read_count)
        manifest = ShardManifest(
            stage=stage.name,
            stage_version=stage.version,
            config=config.body(),
            inputs=inputs,
            read_count=read_count,
            kept=kept.upload(rt.objects, f"{prefix}/kept.parquet"),
            rejected=dropped.upload(rt.objects, f"{prefix}/rejected.parquet"),
            reasons=dict(sorted(reasons.items())),
            facts=facts() if facts else {},
        )
    return manifest, store_shard_manifest(rt.objects, f"{prefix}/manifest.json", manifest)


def _check_reject_rate(stage: Stage, config: Config, reasons: Counter[str], read_count: int) -> None:
    bound = getattr(config, "max_reject_rate", 1.0)
    total = sum(reasons.values())
    if read_count and total / read_count > bound:
        common = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(5))
        raise FatalError(
            f"{stage.name}: {total} of {read_count} rows rejected, above max_reject_rate {bound} ({common}); "
            f"look at the input, or raise {stage.name}.max_reject_rate in the specification"
        )


def record_snapshot(rt: Runtime, kind: str, key: str, sha256: str, row_count: int) -> str:
    """Record that this try produced (or found) a manifest; return the snapshot's id."""
    dataset_id = content_id("dataset", rt.run.dataset, kind)
    snapshot_id = content_id("snapshot", dataset_id, sha256)
    rt.lineage.insert_all(
        [
            ("dataset", [{"dataset_id": dataset_id, "namespace": rt.run.dataset, "name": kind}]),
            (
                "snapshot",
                [
                    {
                        "snapshot_id": snapshot_id,
                        "dataset_id": dataset_id,
                        "partition_key": rt.run.partition_key,
                        "manifest_uri": key,
                        "manifest_sha256": sha256,
                        "row_count": row_count,
                        "generated_by": rt.run.run_id,
                    }
                ],
            ),
        ]
    )
    return snapshot_id
