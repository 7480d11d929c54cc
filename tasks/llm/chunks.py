"""Chunk objects: answers as they arrived, immutable, written before their rows go to PostgreSQL."""

import io
import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.core.ids import canonical_json, digest_of
from tasks.core.runtime import ObjectStore, Row

CHUNK = pa.schema(
    [
        ("generation_id", pa.string()),
        ("stage", pa.string()),
        ("prompt_id", pa.string()),
        ("model_id", pa.string()),
        ("sampling", pa.string()),  # canonical JSON
        ("seed", pa.int64()),
        ("attempt", pa.int64()),
        ("rendered_sha256", pa.string()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("output_sha256", pa.string()),
        ("facts", pa.string()),  # canonical JSON
        ("generated_by", pa.string()),
        ("output_text", pa.string()),
    ]
)
_JSON = ("sampling", "facts")


def store_chunk(objects: ObjectStore, prefix: str, rows: list[Row]) -> str:
    """Write answered generations as one object named by its ids; return the key."""
    table = pa.Table.from_pylist([{**row, **{name: canonical_json(row[name]) for name in _JSON}} for row in rows], schema=CHUNK)
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
