"""What the gate looks at: the candidate's Parquet files as one table of rows, and one row of totals.

The files are read as strangers would read them, from the manifest's JSON and the bytes it names.
"""

import io
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.core.errors import FatalError
from tasks.core.ids import sha256_bytes
from tasks.core.refs import ManifestRef
from tasks.core.runtime import ObjectStore
from tasks.quality.suite import ROLES


@dataclass(frozen=True)
class Candidate:
    """`rows`: one line per published row, `messages` replaced by its roles, `instruction` and `response` added.

    `figures`: one line with unparseable_rate (share of judgements), funnel_gap_count (rows that a funnel lost or
    gained), row_count_gap (rows, manifest against files) and mean_response_chars (characters).
    """

    rows: pd.DataFrame
    figures: pd.DataFrame


def read_candidate(objects: ObjectStore, ref: ManifestRef) -> Candidate:
    """Read a candidate. Raises FatalError when a byte of it is not the one that was committed."""
    data = objects.get(ref.key)
    _insist(ref.key, sha256_bytes(data), ref.sha256)
    manifest: dict[str, Any] = json.loads(data)
    folder = ref.key.rpartition("/")[0]
    tables = [
        _read_file(objects, f"{folder}/{file['path']}", file["sha256"])
        for file in manifest["files"]
        if file["path"].startswith("data/")
    ]
    rows = pd.concat(tables, ignore_index=True)
    figures = {
        "unparseable_rate": _unparseable_rate(manifest["funnel"]),
        "funnel_gap_count": funnel_gap(manifest["funnel"], manifest["row_count"]),
        "row_count_gap": abs(len(rows) - manifest["row_count"]),
        "mean_response_chars": float(rows["response"].str.len().mean()) if rows["response"].notna().any() else 0.0,
    }
    return Candidate(rows=rows, figures=pd.DataFrame([figures]))


def _read_file(objects: ObjectStore, key: str, sha256: str) -> pd.DataFrame:
    data = objects.get(key)
    _insist(key, sha256_bytes(data), sha256)
    return flatten(pq.read_table(io.BytesIO(data)))


def _insist(key: str, found: str, expected: str) -> None:
    if found != expected:
        raise FatalError(f"{key}: digest {found}, expected {expected}; the object was changed after its commit")


def flatten(table: pa.Table) -> pd.DataFrame:
    """Replace the list of messages by its roles and add the two texts, null where the roles are not as they must be."""
    frame: pd.DataFrame = table.to_pandas()
    messages: list[Any] = table.column("messages").to_pylist() if "messages" in frame else [None] * len(frame)
    roles = [" ".join(str(part["role"]) for part in item or ()) for item in messages]
    if "messages" in frame:
        frame["messages"] = pd.Series(roles, dtype="object")
    for position, column in enumerate(("instruction", "response")):
        texts = [
            item[position]["content"] if role == ROLES else None for item, role in zip(messages, roles, strict=True)
        ]
        frame[column] = pd.Series(texts, dtype="object")
    return frame


def _unparseable_rate(funnel: list[dict[str, Any]]) -> float:
    """Share of the judgements in which no score could be read; 0 where nothing was judged."""
    judged = [line for line in funnel if line["stage"] == "score"]
    read = sum(line["read"] for line in judged)
    return sum(line["facts"].get("unparseable", 0) for line in judged) / read if read else 0.0


def funnel_gap(funnel: list[dict[str, Any]], row_count: int) -> int:
    """Rows for which a stage has neither an outcome nor a reason, or that got lost between two stages."""
    if not funnel:
        return row_count
    gap = 0
    for line, next_read in zip(funnel, [*(line["read"] for line in funnel[1:]), row_count], strict=True):
        gap += abs(line["read"] - line["kept"] - sum(line["reasons"].values())) + abs(line["kept"] - next_read)
    return gap
