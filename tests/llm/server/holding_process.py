"""A task that starts a model server and works with it until it is killed. Reads its job as JSON from stdin."""

import json
import sys
import time
from pathlib import Path

from tasks.lineage.store import PostgresLineage
from tasks.llm.server.ensure import ensure
from tasks.llm.server.launch import Place
from tasks.llm.server.lease import held
from tests.llm.server.conftest import made_server


def main() -> None:
    job = json.load(sys.stdin)
    store = PostgresLineage(job["lineage_url"])
    place = Place("testhost", "127.0.0.1", Path(job["log_folder"]), job["lineage_url"], devices=None)
    lease = ensure(store, made_server(), "dag/killed", place)
    with held(store, lease.lease_id, "dag/killed", seconds=job["lease_seconds"]):
        print(lease.lease_id, flush=True)
        time.sleep(600)


if __name__ == "__main__":
    main()
