"""Model servers that the Dag starts itself: two phases under the real scheduler, and a server that is killed."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg2
import pytest
import yaml
from psycopg2.extras import RealDictCursor

from tasks.core.spec import DATASETS, FOLDER_VARIABLE
from tasks.llm.server.warden import processes_of
from tasks.local.connect import local_runtime_parts
from tasks.local.dataset import published
from tasks.local.rest import AirflowRest
from tasks.local.sample.build import build
from tasks.local.settings import Settings, load_settings
from tests.e2e.conftest import PARTITION, Demo, backforth
from tests.e2e.test_kills import start, wait_until

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]
PHASES = ["serve_judges", "stop_judges", "serve_rewriter", "stop_rewriter"]
# One bundle and another seed, so that its requests are not those of the other; four bundles and the seed of the demo.
VARIANTS: dict[str, dict[str, Any]] = {"served": {"seed": 7}, "served_killed": {"bundle_shards": 1}}


def specification(name: str) -> dict[str, Any]:
    """The demo's, with the stand-in started by the Dag, behind vLLM's flags: one server to judge, one to rewrite."""
    command = [sys.executable, "-m", "tests.fakes.served_standin"]
    early, late = (
        {
            "name": "backforth-standin",
            "revision": "1",
            "concurrency": 4,
            "serve": {"model_path": path, "command": command, "gpus": 0, "flags": ["--latency-ms=200"]},
        }
        for path in ("/models/judge", "/models/rewriter")
    )
    spec: dict[str, Any] = yaml.safe_load((DATASETS / "demo.yaml").read_text(encoding="utf-8"))
    models = {"backward": early, "judge": early, "rewriter": late}
    return spec | {"name": name, "models": models} | VARIANTS[name]


@dataclass
class Served:
    """A running stack that knows the served datasets, and the command that refreshes one of them."""

    settings: Settings
    environment: dict[str, str]
    files: list[str]

    def command(self, dataset: str) -> list[str]:
        """`backforth run` of the sample pages."""
        return ["run", "--dataset", dataset, "--partition", PARTITION, *(f"--warc={file}" for file in self.files)]

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Ask the lineage database."""
        with (
            psycopg2.connect(self.settings.lineage_url) as connection,
            connection.cursor(cursor_factory=RealDictCursor) as cursor,
        ):
            cursor.execute(statement)
            return [dict(row) for row in cursor.fetchall()]

    def leases(self) -> list[dict[str, Any]]:
        """Every server that was started, in order."""
        return self.query("SELECT lease_id::text, url, state, last_error FROM lineage.model_lease ORDER BY made_at")

    def tasks(self, dataset: str) -> list[dict[str, Any]]:
        """The task instances of the one run of its model half."""
        with AirflowRest(self.settings) as airflow:
            (run,) = airflow.dag_runs(f"instruction_pairs__{dataset}", PARTITION)
            return airflow.task_instances(f"instruction_pairs__{dataset}", run["dag_run_id"])

    def release(self, dataset: str) -> list[dict[str, Any]]:
        """The rows that were published."""
        objects, lineage = local_runtime_parts(self.settings)
        found = published(lineage, objects, dataset, PARTITION)
        assert found
        return found.rows


@pytest.fixture(scope="module")
def served(make_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A stack with a folder of specifications of its own."""
    home, folder = make_home(), tmp_path_factory.mktemp("datasets")
    for name in VARIANTS:
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(specification(name)), encoding="utf-8")
    files = [str(file) for file in build(tmp_path_factory.mktemp("warc"))]
    environment = {FOLDER_VARIABLE: str(folder)}
    try:
        up = backforth(home, "up", environment=environment)
        assert up.returncode == 0, up.stdout + up.stderr
        yield Served(load_settings(home), environment, files)
    finally:
        backforth(home, "down")


def when(task: dict[str, Any], key: str) -> datetime:
    return datetime.fromisoformat(task[key])


def assert_all_stopped(served: Served) -> None:
    """No lease is open, and no process of a server is left."""
    for lease in served.leases():
        assert lease["state"] == "ended", lease
        assert processes_of(lease["lease_id"]) == [], lease


def test_two_phases_of_servers(served: Served) -> None:
    """The judges' server is started, used and gone before the rewriter's; both are gone when the run ends."""
    done = backforth(served.settings.home, *served.command("served"), environment=served.environment, timeout=400)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert len(served.release("served")) >= 10
    tasks = {task["task_id"]: task for task in served.tasks("served")}
    assert {name: tasks[name]["state"] for name in PHASES} == dict.fromkeys(PHASES, "success")
    order = ["serve_judges", "judges.backtranslate", "judges.curate", "stop_judges", "serve_rewriter"]
    for before, after in zip(order, [*order[1:], "rewriter.rewrite"], strict=True):
        assert when(tasks[before], "end_date") <= when(tasks[after], "start_date"), (before, after)
    assert when(tasks["rewriter.verify"], "end_date") <= when(tasks["stop_rewriter"], "start_date")
    assert [lease["last_error"] for lease in served.leases()] == [None, None]
    assert_all_stopped(served)
    sampled = served.query(
        "SELECT j.name FROM lineage.run_metric m JOIN lineage.run USING (run_id) JOIN lineage.job j USING (job_id) "
        "WHERE m.name = 'server_generation_tokens' AND m.value > 0"
    )
    asking = ("judges.backtranslate", "judges.score", "rewriter.rewrite")
    assert {row["name"] for row in sampled} == {f"instruction_pairs__served.{name}" for name in asking}


def test_a_killed_server_is_started_again(demo: Demo, served: Served) -> None:
    """kill -9 of the model server in the middle of the run: a retry starts another, and no row is other than it was."""
    expected = published(demo.lineage, demo.objects, "demo", PARTITION)
    assert expected
    known = len(served.leases())

    def at_work() -> bool:
        (lease,) = served.leases()[known:] or [None]
        return bool(lease) and lease["state"] == "ready" and answered(lease["url"]) >= 5

    running = start(served.settings.home, *served.command("served_killed"), environment=served.environment)
    assert wait_until(at_work, 240), served.leases()
    victim = served.leases()[-1]
    for pid in processes_of(victim["lease_id"]):
        psutil.Process(pid).kill()
    assert running.wait(timeout=500) == 0
    first, second, third = served.leases()[known:]
    assert "killed by SIGKILL" in first["last_error"]
    assert (second["last_error"], third["last_error"]) == (None, None)
    tasks = served.tasks("served_killed")
    assert max(task["try_number"] for task in tasks) > 1
    assert len([task for task in tasks if task["task_id"] == "judges.score"]) == len(served.files) > 1
    assert served.release("served_killed") == expected.rows
    assert_all_stopped(served)


def answered(url: str) -> int:
    """How many requests a server has answered."""
    try:
        return int(httpx.get(f"{url}/ledger", trust_env=False, timeout=5).json()["answered"])
    except httpx.HTTPError:
        return 0
