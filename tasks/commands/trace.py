"""`backforth trace` and `backforth verify`: where a row came from, and whether that is still true."""

import json
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from tasks.audit.rederive import Release
from tasks.commands.download import resolve_release
from tasks.commands.options import Home
from tasks.core.errors import ConfigError
from tasks.lineage.trace import render_tree, to_json
from tasks.lineage.trace import trace as find_trace
from tasks.local.connect import local_runtime_parts
from tasks.local.dataset import spec_of
from tasks.local.settings import load_settings
from tasks.storage.objects import open_source

RowId = Annotated[str, typer.Argument(help="id of a row, document or generation; the first digits do")]


def trace(
    row_id: RowId,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a tree.")] = False,
    home: Home = None,
) -> None:
    """Print the whole chain of a published row, back to the bytes of the page it came from.

    Example: backforth trace 3f6b1c7e --json | jq .source_record
    """
    _, lineage = local_runtime_parts(load_settings(home))
    found = find_trace(lineage, row_id)
    if as_json:
        typer.echo(json.dumps(to_json(found), indent=2, ensure_ascii=False, default=str))
    else:
        Console().print(render_tree(found))


def verify(
    row_id: Annotated[str | None, typer.Argument(help="id of one row; all rows of the release by default")] = None,
    dataset: Annotated[str, typer.Option(help="dataset name")] = "demo",
    release: Annotated[str, typer.Option(help="version, or latest")] = "latest",
    home: Home = None,
) -> None:
    """Derive published rows again, from the bytes of their pages, and name each broken link (then with status 1).

    Example: backforth verify --dataset demo --release latest
    """
    console = Console()
    objects, lineage = local_runtime_parts(load_settings(home))
    version = resolve_release(lineage, dataset, release)
    opened = Release(
        spec=spec_of(dataset),
        version=version,
        objects=objects,
        lineage=lineage,
        open_source=partial(open_source, objects=objects),
    )
    rows = [row for row in opened.rows() if row_id is None or str(row["pair_id"]).startswith(row_id)]
    if row_id and not rows:
        raise ConfigError(f"{dataset} {version} has no row {row_id}; `backforth trace {row_id}` looks in all releases")
    broken = [] if row_id else opened.verify_files()
    for found in track(
        opened.verify(rows),
        total=len(rows),
        description="verifying",
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ):
        if found:
            broken.append(found)
    for item in broken:
        console.print(Text.assemble(("broken", "red"), f" {item}"))
    if broken:
        console.print(f"{dataset} {version}: {len(broken)} broken links in {len(rows)} rows", markup=False)
        raise typer.Exit(1)
    console.print(Text(f"{dataset} {version}: {len(rows)} rows derived again, every link holds", style="green"))
