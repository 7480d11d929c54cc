"""Chunk objects: answers as they arrived, immutable, written before their rows go to PostgreSQL."""

import io
import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.core.ids import canonical_json, digest_of
from tasks.core.runtime import ObjectStore, Row

_TEXT = [
    "generation_id",
    "stage",
    "prompt_id",
    "model_id",
    "sampling",
    "rendered_sha256",
    "finish_reason",
    "output_sha256",
    "facts",
    "generated_by",
    "output_text",
]
_COUNTS = ["seed", "attempt", "prompt_tokens", "output_tokens"]
# `sampling` and `facts` are canonical JSON.
_TYPES: dict[str, pa.DataType] = {**dict.fromkeys(_TEXT, pa.string()), **dict.fromkeys(_COUNTS, pa.int64())}
CHUNK = pa.schema(_TYPES)
_JSON = ("sampling", "facts")


def store_chunk(objects: ObjectStore, prefix: str, rows: list[Row]) -> str:
    """Write answered generations as one object named by its ids; return the key."""
    table = pa.Table.from_pylist(
        [{**row, **{name: canonical_json(row[name]) for name in _JSON}} for row in rows], schema=CHUNK
    )
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    key = f"{prefix}/{digest_of([[row['generation_id'], row['output_sha256']] for row in rows])}.parquet"
    objects.put(key, sink.getvalue(), content_type="application/vnd.apache.parquet")
    return key


def load_chunks(objects: ObjectStore, prefix: str) -> Iterator[list[Row]]:
    """Yield the rows of every chunk below `prefix`, one list per chunk."""
    for key in objects.list(prefix + "/"):
        rows = pq.read_table(io.BytesIO(objects.get(key))).to_pylist()
        yield [{**row, **{name: json.loads(row[name]) for name in _JSON}} for row in rows]
