"""A partition that arrives after a later one: that one is released again by itself, without what it repeats."""

import shlex
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tasks.local.sample.build import build
from tasks.storage.shards import read_rows
from tests.e2e.conftest import Demo

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
# Months of this test alone: others share the dataset.
DATASET, EARLY, LATE = "my_pages", "2025-01", "2025-02"


def refresh(demo: Demo, partition: str, files: list[Path]) -> None:
    """`backforth run` of these files: it ends with the partition's own release."""
    given = [f"--warc={file}" for file in files]
    done = demo.backforth("run", "--dataset", DATASET, "--partition", partition, *given)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def versions(demo: Demo) -> dict[str, str]:
    """The state of each release of the two partitions."""
    found: dict[str, str] = {}
    for key in (EARLY, LATE):
        rows = demo.lineage.fetch("releases_of_partition", dataset=DATASET, partition_key=key)
        found |= {row["version"]: row["state"] for row in rows}
    return found


def pages(demo: Demo, version: str) -> set[str]:
    """The pages behind the rows of a release."""
    keys = (key for key in demo.objects.list(f"releases/{DATASET}/{version}/data/") if key.endswith(".parquet"))
    return {row["source_url"] for key in keys for row in read_rows(demo.objects, key)}


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> bool:
    """Wait for a condition; return whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(1)
    return condition()


def state(demo: Demo) -> tuple[dict[str, int], dict[str, bytes]]:
    """How often each stage has asked the stand-in so far, and every file of every release.

    Every model task asks one question of its own, to see whether the model is the one it was: counted as `other`.
    """
    asked = httpx.get(f"{demo.settings.standin_url}/ledger", trust_env=False).json()["answered_by_stage"]
    asked.pop("other", None)
    return asked, {key: demo.objects.get(key) for key in demo.objects.list("releases/")}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample pages in four WARC files."""
    return build(tmp_path_factory.mktemp("warc"))


@pytest.fixture(scope="module")
def arrived(demo: Demo, files: list[Path]) -> Demo:
    """The stack after the later partition was released, and then one of its files came as the earlier one."""
    refresh(demo, LATE, files)
    assert versions(demo) == {"2025.2.0": "published"}
    refresh(demo, EARLY, files[:1])
    return demo


def test_the_later_partition_is_released_again(arrived: Demo) -> None:
    """By itself: without the pages that the earlier one holds, and with all others that it had."""
    expected = dict.fromkeys(("2025.1.0", "2025.2.0", "2025.2.1"), "published")
    assert wait_until(lambda: versions(arrived) == expected), versions(arrived)
    early, before, after = (pages(arrived, version) for version in expected)
    assert early and after and early < before
    assert after == before - early


@pytest.mark.parametrize("version", ["2025.1.0", "2025.2.1"])
def test_both_releases_verify(arrived: Demo, version: str) -> None:
    """Every row of the two derives again from the bytes of its page."""
    done = arrived.backforth("verify", "--dataset", DATASET, "--release", version)
    assert done.returncode == 0, done.stdout
    assert "every link holds" in done.stdout


def test_a_refresh_of_the_later_one_changes_nothing(arrived: Demo, files: list[Path]) -> None:
    """Its duplicates go before the model half now: other shards and the same rows, no request, no new version."""
    before = state(arrived)
    refresh(arrived, LATE, files)
    assert state(arrived) == before
    assert sorted(versions(arrived)) == ["2025.1.0", "2025.2.0", "2025.2.1"]


def test_a_failed_task_tells_so_in_its_log(arrived: Demo) -> None:
    """The alert names dataset, partition, task and reason, here that no documents were made; what it says works."""
    dag_id, key = f"instruction_pairs__{DATASET}", "2025-03"
    run_id = arrived.airflow.trigger(dag_id, key)["dag_run_id"]
    assert wait_until(lambda: arrived.airflow.dag_run(dag_id, run_id)["state"] == "failed")
    logs = arrived.settings.airflow_home.rglob(f"dag_id={dag_id}/run_id={run_id}/task_id=plan/**/*.log")
    told = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines() if "ALERT" in line]
    assert len(told) == 1, told
    for said in (f"{DATASET} {key}", f"{dag_id}.plan failed", "ConfigError: no documents", "airflow dags clear"):
        assert said in told[0], said
    command = told[0].partition("then: airflow ")[2].partition(dag_id)[0] + dag_id
    done = arrived.backforth("airflow", *shlex.split(command))
    assert done.returncode == 0, done.stdout + done.stderr

    def tries() -> list[int]:
        found = [one for one in arrived.airflow.task_instances(dag_id, run_id) if one["task_id"] == "plan"]
        return [one["try_number"] for one in found if one["state"] == "failed"]

    assert wait_until(lambda: tries() == [2]), tries()
