"""The screens people see, opened in a real browser: they load, and show what they should."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import PARTITION, Demo

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go; BACKFORTH_SHOTS names a folder to keep them in."""
    return Path(os.environ.get("BACKFORTH_SHOTS") or tmp_path_factory.mktemp("shots"))


@pytest.fixture(scope="module")
def page(demo: Demo) -> Iterator[object]:
    """A browser that is logged in to the demo's Airflow."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        opened = browser.new_context(viewport={"width": 1500, "height": 950}).new_page()
        opened.goto(demo.settings.airflow_url + "/")
        opened.wait_for_selector("input[name=username]", timeout=30_000)
        opened.fill("input[name=username]", "admin")
        opened.fill("input[name=password]", demo.settings.secrets["ui_password"])
        opened.keyboard.press("Enter")
        opened.wait_for_selector("text=Dags", timeout=30_000)
        yield opened
        browser.close()


def look(page, demo: Demo, path: str, wait_for: str, shot: Path) -> None:
    """Open a page, wait for a text on it, keep a picture."""
    page.goto(demo.settings.airflow_url + path)
    page.wait_for_selector(f"text={wait_for}", timeout=30_000)
    page.wait_for_timeout(1_500)
    shot.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(shot))


def test_dag_list(page, demo: Demo, shots: Path) -> None:
    """The list names the Dags of the demo."""
    look(page, demo, "/dags", "web_corpus__demo", shots / "dags.png")


def test_grid_of_a_run(page, demo: Demo, shots: Path) -> None:
    """The grid of the pairs Dag shows its tasks."""
    look(page, demo, "/dags/instruction_pairs__demo", "commit_pairs", shots / "grid.png")


def test_runbook(page, demo: Demo, shots: Path) -> None:
    """The run of a partition can be opened."""
    run = demo.airflow.dag_runs("instruction_pairs__demo", PARTITION)[0]["dag_run_id"]
    look(page, demo, f"/dags/instruction_pairs__demo/runs/{run}", "commit_pairs", shots / "run.png")


def test_datasets_page(page, demo: Demo, shots: Path) -> None:
    """Browse > Datasets shows the release inside the UI, and its rows, and a trace."""
    page.goto(demo.settings.airflow_url + "/plugin/backforth-datasets")
    frame = page.frame_locator("iframe")
    frame.locator("text=2026.1.0").first.wait_for(timeout=30_000)
    page.screenshot(path=str(shots / "datasets.png"))
    frame.locator("a", has_text="2026.1.0").first.click()
    frame.locator(".row").first.wait_for(timeout=30_000)
    page.screenshot(path=str(shots / "rows.png"))
    frame.locator("a.id").first.click()
    frame.locator("text=record_sha256").first.wait_for(timeout=30_000)
    page.screenshot(path=str(shots / "trace.png"))
