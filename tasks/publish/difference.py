"""What changed between two releases of a dataset: rows, scores, lengths, and why documents and pairs were rejected."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from tasks.core.errors import FatalError
from tasks.core.runtime import ObjectStore
from tasks.publish.candidate import ReleaseManifest
from tasks.publish.verify_files import verify_release_files

_IDS = pa.schema([("id", pa.string()), ("document_id", pa.string())])


class Figures(BaseModel):
    """One figure of both releases; null where it has no meaning, such as the score of rows that nobody judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: float | None
    after: float | None


class Difference(BaseModel):
    """A row is `changed` when both releases have its document, and another instruction or response for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    before: str
    after: str
    row_count: Figures
    added: int
    removed: int
    changed: int
    unchanged: int
    mean_score: Figures
    mean_response_chars: Figures
    median_response_chars: Figures
    mean_instruction_chars: Figures
    reject_rates: dict[str, Figures]  # "stage: reason" -> share of the rows that the stage read
    added_ids: list[str]  # the first few, in the order of the files
    removed_ids: list[str]
    changed_ids: list[str]  # of the later release


def difference(
    objects: ObjectStore, dataset: str, before: Mapping[str, Any], after: Mapping[str, Any], *, examples: int = 5
) -> Difference:
    """Compare two releases; `before` and `after` have `version` and `manifest_sha256`, as the lineage store says.

    Memory: the ids of both and one file. Raises FatalError when a file is not the one that was published.
    """
    old, new = (_Release(objects, dataset, row) for row in (before, after))
    mine, theirs = old.ids, new.ids
    is_same = pc.is_in(theirs["id"], value_set=mine["id"])
    is_known = pc.is_in(theirs["document_id"], value_set=mine["document_id"])
    is_changed = pc.and_(is_known, pc.invert(is_same))
    is_added = pc.invert(is_known)
    is_removed = pc.invert(pc.is_in(mine["document_id"], value_set=theirs["document_id"]))
    return Difference(
        dataset=dataset,
        before=str(before["version"]),
        after=str(after["version"]),
        row_count=Figures(before=len(mine), after=len(theirs)),
        added=_count(is_added),
        removed=_count(is_removed),
        changed=_count(is_changed),
        unchanged=_count(is_same),
        mean_score=Figures(before=old.mean_score, after=new.mean_score),
        mean_response_chars=Figures(before=_mean(old.response_chars), after=_mean(new.response_chars)),
        median_response_chars=Figures(before=_median(old.response_chars), after=_median(new.response_chars)),
        mean_instruction_chars=Figures(before=_mean(old.instruction_chars), after=_mean(new.instruction_chars)),
        reject_rates={
            name: Figures(before=old.reject_rates.get(name, 0.0), after=new.reject_rates.get(name, 0.0))
            for name in sorted({*old.reject_rates, *new.reject_rates})
        },
        added_ids=_first(theirs["id"], is_added, examples),
        removed_ids=_first(mine["id"], is_removed, examples),
        changed_ids=_first(theirs["id"], is_changed, examples),
    )


class _Release:
    """The figures of one release, read file by file."""

    def __init__(self, objects: ObjectStore, dataset: str, row: Mapping[str, Any]) -> None:
        folder = f"releases/{dataset}/{row['version']}"
        sha256 = str(row["manifest_sha256"])
        if problems := verify_release_files(objects, dataset, str(row["version"]), manifest_sha256=sha256):
            raise FatalError(f"{dataset} {row['version']}: nothing was compared, its files are damaged\n{problems[0]}")
        manifest = ReleaseManifest.model_validate_json(objects.get(f"{folder}/manifest.json"))
        self.reject_rates = {
            f"{stage.stage}: {reason}": count / stage.read
            for stage in manifest.funnel
            if stage.read
            for reason, count in stage.reasons.items()
        }
        ids, response_chars, instruction_chars, scores = [], [], [], []
        for file in manifest.files:
            if not file.path.startswith("data/"):
                continue
            with objects.open(f"{folder}/{file.path}") as source:
                for batch in pq.ParquetFile(source).iter_batches(columns=["id", "document_id", "messages", "score"]):
                    ids.append(batch.select(["id", "document_id"]))
                    scores.append(batch["score"])
                    instruction_chars.append(_chars(batch["messages"], 0))
                    response_chars.append(_chars(batch["messages"], 1))
        self.ids = pa.Table.from_batches(ids, schema=_IDS)
        self.mean_score = _mean(pa.chunked_array(scores, pa.float64()))
        self.response_chars = pa.chunked_array(response_chars, pa.int32())
        self.instruction_chars = pa.chunked_array(instruction_chars, pa.int32())


def _chars(messages: Any, number: int) -> Any:
    return pc.utf8_length(pc.struct_field(pc.list_element(messages, number), "content"))


def _first(ids: Any, mask: Any, count: int) -> list[str]:
    return [str(value) for value in ids.filter(mask)[:count].to_pylist()]


def _count(mask: Any) -> int:
    return int(pc.sum(mask).as_py() or 0)


def _mean(values: Any) -> float | None:
    found = pc.mean(values).as_py()
    return None if found is None else round(float(found), 4)


def _median(values: Any) -> float | None:
    """Return the lower median: the answer lengths of a release are its own, never halfway between two."""
    return None if not len(values) else float(pc.quantile(values, q=0.5, interpolation="lower")[0].as_py())
