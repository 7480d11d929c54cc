"""Refresh one partition of a dataset and follow it to its release, as `backforth run` does on the embedded stack.

Runs in the container of the API server, which knows the password of `admin`:

    docker compose exec airflow-api-server python .docker/refresh.py demo 2026-01 --sample
    docker compose cp pages.warc.gz airflow-api-server:/tmp/
    docker compose exec airflow-api-server python .docker/refresh.py my_pages 2026-10 /tmp/pages.warc.gz

`--sample` stands for the sample pages; without files the partition is refreshed from what its source holds.
"""

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from backforth.connections import lineage_store, object_store
from tasks.commands.refresh import follow, patience
from tasks.core.errors import PipelineError
from tasks.local.dataset import published, put_sources, spec_of, wait_for_dags
from tasks.local.follow import Chain, steps_of
from tasks.local.rest import AirflowRest
from tasks.local.sample.build import build
from tasks.local.settings import Settings


def main(dataset: str, partition: str, *files: str) -> None:
    """Put the files into the dataset's source, start its Dags or join them, and say what was published."""
    spec, objects, lineage = spec_of(dataset), object_store(), lineage_store()
    spec.check_partition_key(partition)
    with TemporaryDirectory() as folder:
        paths = build(Path(folder)) if files == ("--sample",) else [Path(name) for name in files]
        new_count = put_sources(objects, spec, partition, paths)
    home = Path(os.environ["AIRFLOW_HOME"])
    password = json.loads((home / "passwords.json").read_text(encoding="utf-8"))["admin"]
    with AirflowRest(Settings(home=home, ports={"airflow": 8080}, secrets={"ui_password": password})) as airflow:
        wait_for_dags(airflow, dataset)
        chain = Chain(airflow, lineage, dataset, partition, steps=steps_of(spec))
        chain.start(fresh=new_count > 0)
        progress = follow(chain, Console(), f"{dataset} {partition}", patience_seconds=patience(spec))
    release = None if progress.skipped or progress.refused else published(lineage, objects, dataset, partition, limit=0)
    if release is None:
        sys.exit(
            f"nothing was published: {progress.skipped or progress.refused or 'the release is not there any more'}"
        )
    print(f"published {dataset} {release.version}: {release.row_count} rows in {objects.bucket}/{release.folder}/")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (PipelineError, ValueError) as error:
        sys.exit(str(error))
