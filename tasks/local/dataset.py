"""Refreshes one partition of one dataset on the embedded stack, and finds what came out of it."""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError, RetriableError
from tasks.core.runtime import ObjectStore, Row
from tasks.core.spec import load_spec, spec_file, spec_folders
from tasks.lineage.store import PostgresLineage
from tasks.local.follow import FAMILIES
from tasks.local.rest import AirflowRest
from tasks.local.settings import BUCKET, Settings
from tasks.storage.objects import S3Objects
from tasks.storage.shards import read_rows

# Seconds until the Dag processor has read the Dag files for the first time.
PARSE_SECONDS = 90.0


@dataclass(frozen=True)
class Published:
    """A published release: `row_count` is all it has, `rows` those that were asked for."""

    version: str
    folder: str
    row_count: int
    rows: list[Row]


def spec_of(dataset: str) -> DatasetSpec:
    """Return the specification of a dataset; the error lists those there are."""
    return load_spec(spec_file(dataset, spec_folders()))


def put_sources(objects: S3Objects, spec: DatasetSpec, partition_key: str, files: list[Path]) -> int:
    """Upload WARC files to the place where the specification looks for this partition; return how many were new."""
    landing = f"s3://{BUCKET}/"
    if not spec.source.uri.startswith(landing):
        raise ConfigError(
            f"dataset {spec.name} reads {spec.source.uri}; "
            f"WARC files can be given to datasets below {landing}, such as my_pages"
        )
    prefix = spec.source.uri.removeprefix(landing)
    pattern = spec.source.pattern.replace("{partition}", partition_key)
    new = 0
    for file in files:
        name = str(PurePosixPath(pattern).parent / file.name)
        if not fnmatch(name, pattern):
            raise ConfigError(f"{file}: its name does not match {spec.source.pattern} of dataset {spec.name}")
        key = f"{prefix}/{name}"
        if objects.exists(key):
            if not _same(objects, key, file):
                raise ConfigError(
                    f"{file}: partition {partition_key} of {spec.name} holds another file of this name, and a record "
                    "that was read never changes in place; give it another name, or another --partition"
                )
            continue
        objects.put_file(key, str(file), content_type="application/warc")
        new += 1
    return new


def _same(objects: S3Objects, key: str, file: Path) -> bool:
    if objects.size(key) != file.stat().st_size:
        return False
    with objects.open(key) as there, file.open("rb") as here:
        return _sha256(there) == _sha256(here)


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def wait_for_dags(airflow: AirflowRest, dataset: str) -> None:
    """Wait until Airflow knows the dataset's Dags. Raises ConfigError when a Dag file cannot be read."""
    wanted = {f"{family}__{dataset}" for family in FAMILIES}
    began, deadline = datetime.now(UTC), time.monotonic() + PARSE_SECONDS
    while missing := wanted - {dag["dag_id"] for dag in airflow.dags()}:
        # An older error may be about a file that was mended since: it goes when the file is read again.
        for error in (e for e in airflow.import_errors() if datetime.fromisoformat(e["timestamp"]) > began):
            raise ConfigError(f"Airflow cannot read {error['filename']}:\n{error['stack_trace']}")
        if time.monotonic() > deadline:
            raise RetriableError(
                f"Airflow does not know {', '.join(sorted(missing))} after {PARSE_SECONDS:.0f} s; "
                "see `backforth logs dag-processor`"
            )
        time.sleep(0.5)


def published(
    lineage: PostgresLineage, objects: ObjectStore, dataset: str, partition_key: str, *, limit: int | None = None
) -> Published | None:
    """Return the newest published release of a partition, with its first `limit` rows (all by default), or None."""
    rows = [
        row
        for row in lineage.fetch("releases_of_partition", dataset=dataset, partition_key=partition_key)
        if row["state"] == "published"
    ]
    if not rows:
        return None
    newest: dict[str, Any] = rows[-1]
    folder = f"releases/{dataset}/{newest['version']}"
    shards = (key for key in objects.list(f"{folder}/data/") if key.endswith(".parquet"))
    found = (row for key in shards for row in read_rows(objects, key))
    return Published(
        version=newest["version"], folder=folder, row_count=newest["row_count"], rows=list(islice(found, limit))
    )


def connect(settings: Settings) -> tuple[S3Objects, PostgresLineage, AirflowRest]:
    """Return clients of the three services that a refresh needs."""
    from tasks.local.connect import local_runtime_parts

    return *local_runtime_parts(settings), AirflowRest(settings)
