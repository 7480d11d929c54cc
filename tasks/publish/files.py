"""The files of a release: the same rows as Parquet and as JSON lines, and copies that are checked on the way."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import NamedTemporaryFile

from tasks.core.errors import FatalError
from tasks.core.runtime import ObjectStore, Row
from tasks.publish.candidate import RELEASE, ReleaseFile
from tasks.storage.shards import ShardWriter

COPY_BYTES = 1 << 20
PREFIX = "backforth-"


def write_shard(rows: Iterable[Row], objects: ObjectStore, prefix: str, name: str) -> list[ReleaseFile]:
    """Write `rows` to `data/<name>.parquet` and `jsonl/<name>.jsonl` below `prefix`; return both files.

    JSON lines lie in a folder of their own, so that a reader that takes every file of a folder sees no row twice.
    Memory is bounded by one batch of the Parquet writer.
    """
    parquet_path, jsonl_path = f"data/{name}.parquet", f"jsonl/{name}.jsonl"
    digest = hashlib.sha256()
    with ShardWriter(RELEASE) as parquet, NamedTemporaryFile(prefix=PREFIX) as lines:
        for row in rows:
            parquet.write(row)
            shown = {column: row[column] for column in RELEASE.names}
            line = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            lines.write(line)
        row_count = parquet.row_count
        stored = parquet.upload(objects, f"{prefix}/{parquet_path}")
        lines.flush()
        objects.put_file(f"{prefix}/{jsonl_path}", lines.name, content_type=content_type(jsonl_path))
        jsonl_bytes = lines.tell()
    parquet_bytes = objects.size(f"{prefix}/{parquet_path}")
    return [
        ReleaseFile(path=parquet_path, sha256=stored.sha256, byte_count=parquet_bytes, row_count=row_count),
        ReleaseFile(path=jsonl_path, sha256=digest.hexdigest(), byte_count=jsonl_bytes, row_count=row_count),
    ]


def write_shards(
    rows: Iterator[Row], row_count: int, objects: ObjectStore, prefix: str, *, rows_per_shard: int
) -> list[ReleaseFile]:
    """Write `rows` as train-00000-of-0000N and so on; an empty release is one empty shard.

    Raises FatalError when `rows` are not exactly `row_count`, before any manifest names the files.
    """
    shard_count = max(1, -(-row_count // rows_per_shard))
    files: list[ReleaseFile] = []
    for number in range(shard_count):
        name = f"train-{number:05d}-of-{shard_count:05d}"
        files += write_shard(islice(rows, rows_per_shard), objects, prefix, name)
    written = sum(file.row_count or 0 for file in files) // 2
    left = sum(1 for _ in rows)
    if written + left != row_count:
        raise FatalError(
            f"{prefix}: the pairs hold {written + left} rows, their manifest says {row_count}; nothing was committed"
        )
    return sorted(files, key=lambda file: file.path)


def copy_file(objects: ObjectStore, source: str, target: str, sha256: str) -> None:
    """Copy one object, and raise FatalError without writing when its bytes do not have the digest `sha256`."""
    digest = hashlib.sha256()
    with objects.open(source) as stream, NamedTemporaryFile(prefix=PREFIX) as local:
        while block := stream.read(COPY_BYTES):
            digest.update(block)
            local.write(block)
        local.flush()
        if digest.hexdigest() != sha256:
            raise FatalError(
                f"{source}: digest {digest.hexdigest()}, expected {sha256}; the object was changed after its commit"
            )
        objects.put_file(target, local.name, content_type=content_type(target))


def content_type(path: str) -> str:
    """Return the media type for a file of a release."""
    kinds = {"parquet": "application/vnd.apache.parquet", "jsonl": "application/jsonl", "json": "application/json"}
    return kinds.get(path.rpartition(".")[2], "text/markdown; charset=utf-8")
