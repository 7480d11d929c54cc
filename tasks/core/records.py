"""The columns of each stage's shards. A stage adds columns to those it reads; rejects add why and where.

Times are ISO 8601 text in UTC, ids are uuid text, digests are sha256 text, counts are 64-bit.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

SOURCE_RECORD = pa.schema(
    [
        ("source_record_id", pa.string()),  # uuid5 of (kind, uri, locator, record_sha256)
        ("source_kind", pa.string()),  # 'warc', 'wet', 'dolma', 'jsonl', 'parquet'
        ("source_uri", pa.string()),  # relative to the source's root
        ("locator", pa.string()),  # canonical JSON: where the record lies in its file; see tasks/extract/records.py
        ("record_sha256", pa.string()),  # of the bytes at the locator, computed by us
        ("claimed_digest", pa.string()),  # WARC-Payload-Digest or null
        ("record_name", pa.string()),  # WARC-Record-ID or null
        ("target_uri", pa.string()),
        ("record_at", pa.string()),  # WARC-Date or null
    ]
)

DOCUMENT = pa.schema(
    [
        *SOURCE_RECORD,
        ("document_id", pa.string()),  # uuid5 of (source_record_id, extract config digest, text_sha256)
        ("extract_config_id", pa.string()),
        ("extractor", pa.string()),  # name@version
        ("text", pa.string()),
        ("text_sha256", pa.string()),
        ("title", pa.string()),
        ("date", pa.string()),  # when the page says it was published, YYYY-MM-DD, or null
        ("language", pa.string()),
        ("charset", pa.string()),
    ]
)

INSTRUCTION = pa.schema([*DOCUMENT, ("instruction_generation_id", pa.string()), ("instruction", pa.string())])

SCORED = pa.schema(
    [
        *INSTRUCTION,
        ("draft_pair_id", pa.string()),  # the pair whose response is the document itself
        ("score_generation_id", pa.string()),
        ("score", pa.float64()),  # a fraction where judgements are expected values or votes
    ]
)

REWRITTEN = pa.schema(
    [
        *SCORED,
        ("pair_id", pa.string()),
        ("response_generation_id", pa.string()),
        ("response", pa.string()),
    ]
)

VERIFIED = pa.schema([*REWRITTEN, ("grounding", pa.string())])  # canonical JSON of the figures

REJECT_FIELDS = [("reason", pa.string()), ("detail", pa.string())]


def rejected(schema: pa.Schema) -> pa.Schema:
    """Return the columns of the reject shard of a stage that reads `schema`."""
    return pa.schema([*schema, *REJECT_FIELDS])


def text_bytes(row: Mapping[str, Any]) -> int:
    """Return about how many bytes the texts of a row take in memory: a character outside ASCII may take four."""
    return sum(len(value) * (1 if value.isascii() else 4) for value in row.values() if isinstance(value, str))
