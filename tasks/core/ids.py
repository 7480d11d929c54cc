"""Identifiers and digests: functions of content alone, the same on every machine.

Ids are uuid5 over canonical JSON, digests are sha256 in lower-case hexadecimal.
"""

import hashlib
import json
import uuid
from typing import Any

# Fixed for good: every id in every lineage store descends from it.
NAMESPACE = uuid.UUID("6f1c2d0e-6c0a-5b3e-9d57-0b8f5a1e7c42")


def canonical_json(value: Any) -> str:
    """Return `value` as JSON with sorted keys, no spaces and no NaN; equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256_bytes(data: bytes) -> str:
    """Return the sha256 of `data`, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_text(text: str) -> str:
    """Return the sha256 of `text` in UTF-8. Lone surrogates are hashed as they are, never refused."""
    return sha256_bytes(text.encode("utf-8", "surrogatepass"))


def digest_of(value: Any) -> str:
    """Return the sha256 of the canonical JSON of `value`."""
    return sha256_text(canonical_json(value))


def content_id(kind: str, *parts: Any) -> str:
    """Return the uuid5 of `kind` and its JSON-able `parts`, as text."""
    return str(uuid.uuid5(NAMESPACE, canonical_json([kind, *parts])))


def derive_seed(seed: int, stage: str, inputs_sha256: str, attempt: int) -> int:
    """Return a sampling seed in [0, 2**31) for one request.

    It depends on the dataset's seed, the stage, every input of the request and the attempt, never on an
    Airflow run: two runs ask the same question the same way. 31 bits, as some engines refuse more.
    """
    return int(digest_of([seed, stage, inputs_sha256, attempt])[:8], 16) & 0x7FFFFFFF
