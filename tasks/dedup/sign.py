"""Stage: the keys of each document, and where it stands. One signature shard for each shard of filtered documents.

It depends on no setting, so that partitions stay comparable when the specification changes: which keys count is
decided where they are compared.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from tasks.core.base import Config
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Stage
from tasks.dedup.keys import SLOTS, Signer
from tasks.dedup.place import RunCounter, place_of
from tasks.storage.manifest import load_shard_manifest, open_shard
from tasks.storage.stage import run_stage

# Part of every key a signature is found under. Signatures of another version are made again before they are compared.
SIGN_VERSION = 1
_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("document_id", pa.binary(16)),
    ("major", pa.int64()),  # where it stands in its source; see place.py
    ("minor", pa.int64()),
    ("keys", pa.binary(8 * SLOTS)),  # sixteen little-endian numbers; see keys.py
]
SIGNATURE = pa.schema(_COLUMNS)
STAGE = Stage("sign", SIGN_VERSION, reads=DOCUMENT, writes=SIGNATURE)


def run(shard: ShardRef, config: Config, rt: Runtime) -> ShardRef:
    """Return the signature shard of `shard`: a row for each document, in the same order. Nothing is rejected.

    Its manifest says in its facts in which runs of ascending places the rows come (see place.py).
    """
    del config  # what is signed depends on no setting
    counter = RunCounter()

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        signer = Signer()
        record, ordinal = None, 0
        for row in rows:
            ordinal = ordinal + 1 if record is not None and row["source_record_id"] == record else 0
            record = row["source_record_id"]
            major, minor = place_of(row["locator"])
            counter.add(row["source_uri"] or "", (major, minor))
            keys = signer.keys(row["text"], row["target_uri"], ordinal).astype("<u8").tobytes()
            document_id = uuid.UUID(row["document_id"]).bytes
            yield {"document_id": document_id, "major": major, "minor": minor, "keys": keys}

    return run_stage(STAGE, shard, Config(), rt, process, facts=lambda: {"runs": counter.runs()})


def signed_shard(ref: ShardRef, rt: Runtime) -> ShardRef:
    """Return the shard of documents that a signature shard was made of."""
    return ShardRef.model_validate(open_shard(rt.objects, ref).inputs[0])


def current(ref: ShardRef, rt: Runtime) -> ShardRef:
    """Return the signature shard in the present version: `ref`, or one made anew of the same documents."""
    manifest = open_shard(rt.objects, ref)
    if manifest.stage_version == SIGN_VERSION:
        return ref
    return run(ShardRef.model_validate(manifest.inputs[0]), Config(), rt)


def runs_of(ref: ShardRef, rt: Runtime) -> list[list[Any]]:
    """Return the runs of ascending places in which the rows of a signature shard come."""
    return list(load_shard_manifest(rt.objects, ref.key)[0].facts["runs"])
