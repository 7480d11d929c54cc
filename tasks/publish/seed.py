"""Seed pairs: a file of (instruction, response) that is published beside the rows, to be trained on together.

They come from people and not from this pipeline: they are counted and carry their own tag, and no row of them is
traced.
"""

import json
from dataclasses import dataclass

from tasks.core.config import ReleaseConfig
from tasks.core.errors import ConfigError
from tasks.core.ids import content_id, sha256_bytes
from tasks.core.runtime import ObjectStore, Row, Runtime
from tasks.publish.candidate import RELEASE, ReleaseFile, SeedPairs, chat
from tasks.storage.shards import ShardWriter

FILE = "seed.parquet"


@dataclass(frozen=True)
class SeedFile:
    """The rows of a seed file in the form of a release, and what the manifest says of it."""

    rows: list[Row]
    told: SeedPairs


def read_seed(release: ReleaseConfig, rt: Runtime) -> SeedFile | None:
    """Read the file that `release.seed_pairs` names; None where it names none.

    Raises ConfigError naming the file, and the line that is no pair.
    """
    if not release.seed_pairs:
        return None
    where = f"release.seed_pairs: {release.seed_pairs}"
    root, slash, name = release.seed_pairs.rpartition("/")
    try:
        data = rt.source_store(root or (slash or ".")).get(name)
    except KeyError:
        raise ConfigError(f"{where}: there is no such file") from None
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{where}: is no UTF-8 ({error})") from error
    tag = release.seed_tag if release.tags else ""
    seen: dict[str, int] = {}
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        instruction, response = _pair(line, f"{where}: line {number}")
        row_id = content_id("seed", instruction, response)
        if row_id in seen:
            raise ConfigError(f"{where}: line {number}: repeats line {seen[row_id]}")
        seen[row_id] = number
        messages = chat(instruction, response, tag)
        rows.append({**dict.fromkeys(RELEASE.names), "id": row_id, "messages": messages})
    if not rows:
        raise ConfigError(f"{where}: holds no pair")
    return SeedFile(rows, SeedPairs(sha256=sha256_bytes(data), row_count=len(rows)))


def write_seed(seed: SeedFile, objects: ObjectStore, prefix: str) -> ReleaseFile:
    """Write the seed pairs as one Parquet file below `prefix`, with the columns of the rows."""
    with ShardWriter(RELEASE) as writer:
        for row in seed.rows:
            writer.write(row)
        stored = writer.upload(objects, f"{prefix}/{FILE}")
    size = objects.size(f"{prefix}/{FILE}")
    return ReleaseFile(path=FILE, sha256=stored.sha256, byte_count=size, row_count=stored.row_count)


def _pair(line: str, where: str) -> tuple[str, str]:
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: is no JSON ({error})") from error
    if not isinstance(body, dict):
        raise ConfigError(f'{where}: must be an object {{"instruction": ..., "response": ...}}')
    texts = []
    for name in ("instruction", "response"):
        text = body.get(name)
        if not isinstance(text, str) or not text.strip():
            raise ConfigError(f"{where}: {name} is missing, or is no text")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ConfigError(f"{where}: {name} holds half of a character ({error})") from error
        texts.append(text)
    return texts[0], texts[1]
