"""Builds, fact by fact, the lineage of one published row, as the stages would."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tasks.core.ids import content_id, sha256_text
from tasks.core.runtime import LineageStore

DATASET = "test"
PARTITION = "2026-01"
SUITE = sha256_text("suite")
STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OUTPUTS = {"backtranslate": "How do I water a fern?", "score": "Clear.\nScore: 5", "rewrite": "[RES]Water it.[/RES]"}


@dataclass
class Chain:
    """The ids of one chain; `generations` by stage."""

    number: int
    run_id: str
    source_record_id: str
    document_id: str
    generations: dict[str, str]
    draft_pair_id: str
    pair_id: str
    snapshot_id: str = ""
    version: str = ""
    configs: dict[str, str] = field(default_factory=dict)


def add_run(store: LineageStore, *, job: str = "pairs.score", **changes: Any) -> str:
    """Start a run and return its id."""
    job_id = content_id("job", "test", job)
    store.insert("job", [{"job_id": job_id, "namespace": "test", "name": job}])
    run = {
        "run_id": str(uuid.uuid4()),
        "job_id": job_id,
        "dataset": DATASET,
        "partition_key": PARTITION,
        "dag_run_id": "manual__1",
        "map_index": -1,
        "try_number": 1,
        "code_version": "0.1.0+abc",
        "started_at": STARTED,
        **changes,
    }
    store.execute("start_run", **run)
    return str(run["run_id"])


def add_config(store: LineageStore, kind: str, body: Mapping[str, Any]) -> str:
    """Add a stage configuration and return its id."""
    config_id = content_id("config", kind, body)
    store.insert("config", [{"config_id": config_id, "kind": kind, "body": body}])
    return config_id


def add_snapshot(
    store: LineageStore, run_id: str, *, kind: str = "release", row_count: int = 1, name: str = "a"
) -> str:
    """Add a snapshot, whose manifest's digest is that of `name`, and return its id."""
    dataset_id = content_id("dataset", DATASET, kind)
    sha256 = sha256_text(name)
    snapshot_id = content_id("snapshot", dataset_id, sha256)
    snapshot = {
        "snapshot_id": snapshot_id,
        "dataset_id": dataset_id,
        "partition_key": PARTITION,
        "manifest_uri": f"{name}.json",
        "manifest_sha256": sha256,
        "row_count": row_count,
        "generated_by": run_id,
    }
    store.insert_all(
        [
            ("dataset", [{"dataset_id": dataset_id, "namespace": DATASET, "name": kind}]),
            ("snapshot", [snapshot]),
        ]
    )
    return snapshot_id


def source_rows(number: int, record: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the source record and its location of chain `number`, with the digest of `record`."""
    place = {"source_kind": "warc", "source_uri": "a.warc.gz", "locator": {"offset": number * 100, "length": 100}}
    record_id = content_id("source_record", *place.values(), sha256_text(record))
    facts = {
        "record_sha256": sha256_text(record),
        "claimed_digest": "sha1:ABC",
        "record_name": f"<urn:uuid:{number}>",
        "target_uri": f"https://Ferns.example:443/{number}?a=1",
        "record_at": "2025-12-31T23:59:59Z",
    }
    return (
        {"source_record_id": record_id, **place, **facts},
        {"dataset": DATASET, "source_record_id": record_id, **place},
    )


def generation_rows(
    stage: str, number: int, run_id: str, *, text: str | None = None
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the prompt, the model, the generation and its output of one stage, as batches to insert."""
    text = OUTPUTS[stage] if text is None else text
    template, generation_id = f"{stage} prompt", content_id("generation", stage, number)
    prompt = {"prompt_id": content_id("prompt", stage, 1, template), "stage": stage, "version": 1, "template": template}
    model = {"model_id": content_id("model", "tiny", "r1"), "name": "tiny", "revision": "r1"}
    generation = {
        "generation_id": generation_id,
        "stage": stage,
        "prompt_id": prompt["prompt_id"],
        "model_id": model["model_id"],
        "sampling": {"temperature": 1.0, "top_p": 0.9},
        "seed": 7,
        "attempt": 0,
        "rendered_sha256": sha256_text(f"{stage} {number}"),
        "finish_reason": "stop",
        "prompt_tokens": 11,
        "output_tokens": 5,
        "output_sha256": sha256_text(text),
        "facts": {"seconds": 0.5},
        "generated_by": run_id,
    }
    return [
        ("prompt", [{**prompt, "template_sha256": sha256_text(template)}]),
        ("model", [model]),
        ("generation", [generation]),
        ("generation_output", [{"generation_id": generation_id, "output_text": text}]),
    ]


def add_chain(store: LineageStore, number: int = 0) -> Chain:
    """Add one document, its instruction, judgement and rewrite, both pairs, the score and the decisions."""
    run_id = add_run(store, job="pairs.backtranslate")
    extract = add_config(store, "extract", {"extractor": "plain"})
    curate = add_config(store, "curate", {"min_score": 5})
    verify = add_config(store, "verify", {"min_copy_rate": 0.5})
    record, location = source_rows(number, f"record {number}")
    document_id = content_id("document", record["source_record_id"])
    document = {
        "document_id": document_id,
        "source_record_id": record["source_record_id"],
        "extract_config_id": extract,
        "extractor": "plain@1",
        "text_sha256": sha256_text(f"text {number}"),
        "title": "Ferns [bold]\x1b[31m",
        "language": "en",
        "shard_key": "stages/extract/a.parquet",
        "shard_row": number,
        "generated_by": run_id,
    }
    store.insert_all([("source_record", [record]), ("source_location", [location]), ("document", [document])])
    generations = {stage: content_id("generation", stage, number) for stage in OUTPUTS}
    instruction = generations["backtranslate"]
    for stage in OUTPUTS:
        store.insert_all(generation_rows(stage, number, run_id))
    links = [
        {
            "generation_id": key,
            "document_id": document_id,
            "instruction_id": None if key == instruction else instruction,
        }
        for key in generations.values()
    ]
    draft = content_id("pair", document_id, instruction, None)
    pair = content_id("pair", document_id, instruction, generations["rewrite"])
    parts = {"document_id": document_id, "instruction_id": instruction}
    score = {
        "score_id": content_id("score", draft, "quality_5pt"),
        "pair_id": draft,
        "metric": "quality_5pt",
        "value": 5.0,
        "generation_id": generations["score"],
        "generated_by": run_id,
    }
    decision = {"kept": True, "generated_by": run_id}
    store.insert_all(
        [
            ("generation_input", links),
            ("pair", [{"pair_id": draft, **parts}, {"pair_id": pair, **parts, "response_id": generations["rewrite"]}]),
            ("score", [score]),
            (
                "decision",
                [
                    {"pair_id": draft, "config_id": curate, "reason": "score>=5", **decision},
                    {"pair_id": pair, "config_id": verify, "reason": "grounded", **decision},
                ],
            ),
        ]
    )
    return Chain(
        number=number,
        run_id=run_id,
        source_record_id=record["source_record_id"],
        document_id=document_id,
        generations=generations,
        draft_pair_id=draft,
        pair_id=pair,
        configs={"extract": extract, "curate": curate, "verify": verify},
    )


def quality_rows(
    snapshot_id: str, run_id: str, *, at: datetime, complete: bool = True, failed: bool = False, checks: int = 2
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return a quality run and its checks, as batches to insert."""
    quality_run_id = str(uuid.uuid4())
    run = {
        "quality_run_id": quality_run_id,
        "snapshot_id": snapshot_id,
        "suite_sha256": SUITE,
        "expected_count": 2,
        "complete": complete,
        "success": complete and not failed,
        "run_id": run_id,
        "checked_at": at,
    }
    rows = [
        {
            "quality_run_id": quality_run_id,
            "assertion": f"check_{number}",
            "severity": "critical",
            "success": not (failed and number == 0),
            "observed": {"unexpected_count": 0},
        }
        for number in range(checks)
    ]
    return [("quality_run", [run]), ("quality_check", rows)]


def stage_release(
    store: LineageStore, snapshot_id: str, *, version: str = "2026.1.0", partition_key: str = PARTITION
) -> None:
    """Stage a release of a snapshot."""
    store.insert(
        "release",
        [
            {
                "dataset": DATASET,
                "version": version,
                "partition_key": partition_key,
                "snapshot_id": snapshot_id,
                "manifest_key": f"releases/{DATASET}/{version}/manifest.json",
                "manifest_sha256": sha256_text(version),
            }
        ],
    )


def publish(store: LineageStore, chains: list[Chain], *, version: str = "2026.1.0") -> str:
    """Publish a release of `chains`, with a good quality run; return its snapshot's id."""
    run_id = chains[0].run_id
    snapshot_id = add_snapshot(store, run_id, row_count=len(chains), name=version)
    rows = [
        {
            "snapshot_id": snapshot_id,
            "pair_id": chain.pair_id,
            "shard_key": f"candidates/{version}.parquet",
            "shard_row": row,
        }
        for row, chain in enumerate(chains)
    ]
    store.insert("example", rows)
    store.insert_all(quality_rows(snapshot_id, run_id, at=STARTED))
    stage_release(store, snapshot_id, version=version)
    assert store.execute("publish_release", dataset=DATASET, version=version, suite_sha256=SUITE) == 1
    return snapshot_id
