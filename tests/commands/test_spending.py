"""`backforth status` tells what was spent on models."""

from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import stack as stack_module
from tasks.commands.spending import spending_table
from tasks.lineage.store import PostgresLineage
from tasks.local.settings import Settings
from tests.llm.test_budget import make_spec, started

LINE = {
    "dataset": "made",
    "partition_key": "2026-10",
    "stage": "score",
    "model": "[red]tiny@r1",
    "prompt_tokens": 1_000,
    "output_tokens": 20,
    "cost_micro": {"USD": 1_250_000},
}


def shown(lines: list[dict[str, Any]], width: int = 200) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115 kept by the console
    console.print(spending_table(lines))
    return console.export_text()


def test_a_narrow_terminal_breaks_the_model_alone() -> None:
    """The names of datasets and stages can be searched for; that of a model may be as long as it likes."""
    line = {
        **LINE,
        "dataset": "web_instructions",
        "stage": "backtranslate",
        "model": "some-org/Some-Model-70B@" + "ab" * 20,
    }
    text = shown([line], width=80)
    assert "web_instructions" in text and "backtranslate" in text


def test_partitions_are_added_up() -> None:
    """By dataset, stage and model; a model's name is no markup."""
    text = shown([LINE, {**LINE, "partition_key": "2026-11", "cost_micro": {"EUR": 500_000}}])
    assert "[red]tiny@r1" in text and "2,000" in text and "40" in text
    assert "0.5000 EUR, 1.2500 USD" in text


def test_nothing_spent_shows_nothing() -> None:
    """No empty table."""
    assert spending_table([]) is None


@pytest.mark.stack
def test_status_shows_it(
    stack_settings: Settings, postgres_url: str, lineage_store: PostgresLineage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the lineage database, where PostgreSQL runs; with the status of the services all the same."""
    from tasks.llm.budget import Budget

    spec = make_spec()
    Budget(spec, started(lineage_store, "pairs.score", "one")).spend(spec.models["judge"], 2_000_000, 0)
    state = SimpleNamespace(service="postgres", state="healthy", pid=None, uptime_seconds=0, url="", detail="")
    monkeypatch.setattr(stack_module.stack, "states", lambda settings: [state])
    monkeypatch.setattr(stack_module, "PostgresLineage", lambda url: lineage_store)
    done = CliRunner().invoke(app, ["status", "--home", str(stack_settings.home)], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    assert "2,000,000" in done.output and "1.0000 USD" in done.output
