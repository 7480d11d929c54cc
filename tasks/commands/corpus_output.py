"""What `backforth extract` leaves for people: documents.jsonl, rejects.jsonl and summary.json, out of the shards.

The summary is written last, and all three are removed before a run: where it lies, the other two are whole and belong
to it. It holds no time, so the same files and settings give the same bytes.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.core.errors import ConfigError
from tasks.core.refs import ShardRef
from tasks.core.runtime import ObjectStore, Row
from tasks.storage.manifest import ShardManifest, StageCounts, chain, funnel, open_shard
from tasks.storage.shards import read_shard

OUTPUT = DOCUMENTS, REJECTS, SUMMARY = "documents.jsonl", "rejects.jsonl", "summary.json"
_SOURCE = ["source_kind", "source_uri", "locator", "record_sha256"]
_DOCUMENT = ["document_id", "target_uri", "title", "date", "language", "extractor", "text", *_SOURCE]


class Reason(BaseModel):
    """One reason of one stage: how many it rejected, and the address of the first of them, where it has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    reason: str
    count: int
    example: str | None


class Summary(BaseModel):
    """What was done. `sources` maps the name of each file to where it lay; `config` holds each stage's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = 1
    sources: dict[str, str]
    config: dict[str, dict[str, Any]]
    funnel: list[StageCounts]
    reasons: list[Reason]

    @property
    def read(self) -> int:
        """Outcomes of the first stage: documents and rejects."""
        return self.funnel[0].read if self.funnel else 0

    @property
    def skipped(self) -> dict[str, int]:
        """Records that are no pages, by what they are: requests of a WARC file, blank lines."""
        return dict(self.funnel[0].facts.get("skipped_records", {})) if self.funnel else {}

    @property
    def kept(self) -> int:
        """Documents in the end."""
        return self.funnel[-1].kept if self.funnel else 0


def write_output(
    folder: Path,
    objects: ObjectStore,
    shards: Sequence[ShardRef],
    *,
    sources: dict[str, str],
    config: dict[str, dict[str, Any]],
) -> Summary:
    """Write the three files of a finished run to `folder`; one row is in memory at a time."""
    _write_lines(folder / DOCUMENTS, (_document(row) for row in _kept(objects, shards)))
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str | None] = {}
    _write_lines(folder / REJECTS, _rejects(objects, shards, counts, examples))
    lines = funnel(objects, shards)
    rank = {line.stage: number for number, line in enumerate(lines)}
    summary = Summary(
        sources=sources,
        config=config,
        funnel=lines,
        reasons=[
            Reason(stage=stage, reason=reason, count=count, example=examples[stage, reason])
            for (stage, reason), count in sorted(counts.items(), key=lambda item: (rank[item[0][0]], -item[1], item[0]))
        ],
    )
    _replace(folder / SUMMARY, [summary.model_dump_json(indent=1) + "\n"])
    return summary


def remove_output(folder: Path) -> None:
    """Remove what an earlier run has left, the summary first."""
    for name in reversed(OUTPUT):
        (folder / name).unlink(missing_ok=True)


def read_summary(folder: Path) -> Summary:
    """Return the summary of a finished run. Raises ConfigError where there is none."""
    path = folder / SUMMARY
    try:
        return Summary.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(
            f"{folder}: holds no {SUMMARY}, so no run of `backforth extract` has ended there; "
            f"run `backforth extract FILES --out {folder}` (it goes on where it stopped)"
        ) from error
    except (OSError, ValidationError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); run `backforth extract` again") from error


def read_rejects(folder: Path) -> Iterator[Row]:
    """Yield the rejects of a finished run, one at a time."""
    path = folder / REJECTS
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); run `backforth extract` again") from error


def _kept(objects: ObjectStore, shards: Sequence[ShardRef]) -> Iterator[Row]:
    for shard in shards:
        yield from read_shard(objects, open_shard(objects, shard).kept, _DOCUMENT)


def _rejects(
    objects: ObjectStore,
    shards: Sequence[ShardRef],
    counts: Counter[tuple[str, str]],
    examples: dict[tuple[str, str], str | None],
) -> Iterator[Row]:
    """Yield the rejects of each shard, stage by stage, and count them."""
    for manifest in _manifests(objects, shards):
        for row in read_shard(objects, manifest.rejected):
            key = manifest.stage, row["reason"]
            counts[key] += 1
            if examples.get(key) is None:
                examples[key] = row["target_uri"]
            yield {"stage": manifest.stage, "reason": row["reason"], "detail": row["detail"], **_document(row)}


def _manifests(objects: ObjectStore, shards: Sequence[ShardRef]) -> Iterator[ShardManifest]:
    """Yield each manifest behind `shards` once, ancestors first."""
    seen: set[str] = set()
    for shard in shards:
        for manifest in [*chain(objects, shard)][::-1]:
            if manifest.kept.key not in seen:
                seen.add(manifest.kept.key)
                yield manifest


def _document(row: Row) -> Row:
    """Return a line of the files: what people and other tools ask for first, then where it is from."""
    line = {
        "id": row.get("document_id"),
        "url": row["target_uri"],
        "title": row.get("title"),
        "date": row.get("date"),
        "language": row.get("language"),
        "extractor": row.get("extractor"),
        "source": row["source_uri"],
        "source_kind": row["source_kind"],
        "locator": json.loads(row["locator"]),
        "record_sha256": row["record_sha256"],
        "text": row.get("text"),
    }
    return line if "reason" not in row else {name: value for name, value in line.items() if value is not None}


def _write_lines(path: Path, rows: Iterable[Row]) -> None:
    _replace(path, (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _replace(path: Path, parts: Iterable[str]) -> None:
    """Write a file that appears under its name only when it is whole."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(parts)
        partial.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}); make room, or give another --out") from error
    finally:
        partial.unlink(missing_ok=True)
