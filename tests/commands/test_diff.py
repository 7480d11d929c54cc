"""`backforth diff` and `backforth rollback`: what changed, and the way back."""

import json

import pytest
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import diff as diff_module
from tasks.commands import rollback as rollback_module
from tasks.publish.release import publish
from tasks.quality import run as quality
from tests.publish.made_pairs import make_spec
from tests.publish.test_gate import Flow

pytestmark = pytest.mark.stack
MADE = ["--dataset", "handmade"]


@pytest.fixture
def flow(lineage_store, monkeypatch):
    """Two published releases of one partition: the second has one row less, and longer answers."""
    made = Flow(lineage_store)
    for module in (diff_module, rollback_module):
        monkeypatch.setattr(module, "local_runtime_parts", lambda settings: (made.objects, made.lineage))
    for first in (0, 1):
        made.pair_ids = made.pair_ids[first:]
        candidate = made.assemble(response="A kettle with its lid on loses less heat. " * (10 + first))
        checked = quality.require(quality.run(candidate, make_spec(), made.rt()))
        publish(made.stage(candidate), make_spec(), made.rt(), suite_sha256=checked.suite_sha256)
    return made


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments], env={"COLUMNS": "160"})
    return result.exit_code, result.output


def test_diff_shows_rows_and_drift(flow):
    """A table for people and JSON for programs say the same."""
    code, shown = run("diff", "2026.10.0", *MADE)
    assert code == 0
    assert "2026.10.0 -> 2026.10.1" in shown
    assert "mean response chars" in shown
    assert "+42.00" in shown
    code, told = run("diff", "2026.10.0", "2026.10.1", "--json", *MADE)
    found = json.loads(told)
    assert (code, found["unchanged"], found["added"]) == (0, 3, 0)
    assert found["mean_response_chars"] == {"before": 420.0, "after": 462.0}


def test_a_release_is_not_compared_with_itself(flow):
    """`latest` against itself is a slip of the pen, and is told."""
    code, told = run("diff", "latest", *MADE)
    assert code == 1
    assert "compared with itself" in told


def test_rollback_pins_latest_and_newest_lifts_it(flow):
    """`latest` and its object mean the earlier version until the pin is lifted; no release is changed."""

    def latest() -> tuple[str, str]:
        (row,) = flow.lineage.fetch("latest_release", dataset="handmade")
        return row["version"], json.loads(flow.objects.get("releases/handmade/latest.json"))["version"]

    assert latest() == ("2026.10.1", "2026.10.1")
    code, told = run("rollback", "2026.10.0", "--reason", "the judge was too mild", *MADE)
    assert code == 0 and "latest is 2026.10.0" in told
    assert latest() == ("2026.10.0", "2026.10.0")
    code, told = run("rollback", "newest", "--reason", "mended", *MADE)
    assert code == 0 and "follows new ones" in told
    assert latest() == ("2026.10.1", "2026.10.1")
    states = {
        row["version"]: row["state"] for row in flow.lineage.fetch("all_releases") if row["dataset"] == "handmade"
    }
    assert states == {"2026.10.0": "published", "2026.10.1": "published"}


def test_rollback_to_what_is_not_published_says_what_is(flow):
    """An unknown version pins nothing."""
    code, told = run("rollback", "2026.9.0", "--reason", "x", *MADE)
    assert code == 1
    assert "2026.10.0" in told
