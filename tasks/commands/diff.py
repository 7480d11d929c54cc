"""`backforth diff`: what a refresh changed."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasks.commands.download import find_release
from tasks.commands.options import Home
from tasks.core.errors import ConfigError
from tasks.local.connect import local_runtime_parts
from tasks.local.settings import load_settings
from tasks.publish.difference import Difference, Figures, difference

# Changes of a rate below this are noise in a table for people; --json has them all.
MIN_SHOWN = 0.001


def diff(
    before: Annotated[str, typer.Argument(help="version, or latest")],
    after: Annotated[str, typer.Argument(help="version, or latest")] = "latest",
    dataset: Annotated[str, typer.Option(help="dataset name")] = "demo",
    as_json: Annotated[bool, typer.Option("--json", help="everything, for programs")] = False,
    home: Home = None,
) -> None:
    """Compare two published releases: rows added, removed, changed; drift of scores, lengths and rejects.

    Example: backforth diff 2026.10.0 2026.11.0 --dataset web_instructions
    """
    objects, lineage = local_runtime_parts(load_settings(home))
    first, second = find_release(lineage, dataset, before), find_release(lineage, dataset, after)
    if first["version"] == second["version"]:
        raise ConfigError(f"{dataset}: {first['version']} is compared with itself; name two versions")
    found = difference(objects, dataset, first, second)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    show(found, Console())


def show(found: Difference, console: Console) -> None:
    """Print a difference as two tables."""
    rows = Table(title=f"{found.dataset}: {found.before} -> {found.after}", title_justify="left")
    for column in ("rows", "count", "for example"):
        rows.add_column(column, justify="right" if column == "count" else "left")
    for name in ("added", "removed", "changed", "unchanged"):
        examples = getattr(found, f"{name}_ids", [])
        rows.add_row(name, f"{getattr(found, name):,}", Text(examples[0] if examples else ""))
    console.print(rows)
    drift = Table(title="drift", title_justify="left")
    for column in ("figure", found.before, found.after, "change"):
        drift.add_column(column, justify="left" if column == "figure" else "right")
    for name in ("row_count", "mean_score", "mean_response_chars", "median_response_chars", "mean_instruction_chars"):
        _add(drift, name.replace("_", " "), getattr(found, name), "{:,.2f}")
    for name, rates in found.reject_rates.items():
        if abs((rates.after or 0) - (rates.before or 0)) >= MIN_SHOWN:
            _add(drift, f"rejected by {name}", rates, "{:.1%}")
    console.print(drift)


def _add(table: Table, name: str, figures: Figures, form: str) -> None:
    shown = ["-" if value is None else form.format(value) for value in (figures.before, figures.after)]
    change = ""
    if figures.before is not None and figures.after is not None:
        difference_of = figures.after - figures.before
        change = "same" if not difference_of else ("+" if difference_of > 0 else "") + form.format(difference_of)
    table.add_row(Text(name), *shown, change)
