"""Refresh one partition of a dataset: put WARC files into its source, if any are given, and start its first Dag.

Runs in the container of the API server, which knows the password of `admin`:

    docker compose cp pages.warc.gz airflow-api-server:/tmp/
    docker compose exec airflow-api-server python .docker/refresh.py my_pages 2026-10 /tmp/pages.warc.gz
"""

import json
import sys
import urllib.request
from pathlib import Path

from backforth.connections import object_store

from tasks.core.spec import load_spec
from tasks.storage.objects import open_source

API = "http://127.0.0.1:8080"


def post(path: str, body: dict[str, object], token: str = "") -> dict[str, str]:
    """Return the JSON answer to one POST; an HTTP error status raises."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(API + path, json.dumps(body).encode(), headers)  # noqa: S310 our own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return dict(json.load(answer))


def main(dataset: str, partition: str, *files: str) -> None:
    """Put the files, start `web_corpus__<dataset>` for the partition, and say what was done."""
    spec = load_spec(Path("dags/datasets") / f"{dataset}.yaml")
    spec.check_partition_key(partition)
    source = open_source(spec.source.uri, objects=object_store())
    folder = spec.source.pattern.rpartition("/")[0].format(partition=partition)
    for name in files:
        source.put_file(f"{folder}/{Path(name).name}", name)
        print(f"put {spec.source.uri}/{folder}/{Path(name).name}")
    passwords = json.loads(Path("/opt/airflow/passwords.json").read_text(encoding="utf-8"))
    login = post("/auth/token", {"username": "admin", "password": passwords["admin"]})
    dag_id = f"web_corpus__{dataset}"
    body: dict[str, object] = {"logical_date": None, "partition_key": partition}
    run = post(f"/api/v2/dags/{dag_id}/dagRuns", body, login["access_token"])
    print(f"started {dag_id}, run {run['dag_run_id']}; the dataset's other Dags follow by themselves")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
