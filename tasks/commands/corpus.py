"""`backforth corpus`: make a web corpus out of what lies around."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from tasks.extract.pack import pack_folder

app = typer.Typer(no_args_is_help=True, help="Make a web corpus (WARC files) out of what lies around.")
console = Console()


@app.callback()
def _corpus() -> None:
    """Make a web corpus (WARC files) out of what lies around."""


@app.command("from-html")
def from_html(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="folder of saved pages (.html, .htm, .xhtml)")
    ],
    out: Annotated[Path, typer.Option("--out", help="the WARC file to write, ending in .warc.gz")],
    base_url: Annotated[
        str, typer.Option(help="address of the folder, for pages that name no canonical one")
    ] = "https://pages.example/",
) -> None:
    """Pack a folder of saved pages into one WARC file. The same pages give the same bytes.

    Example: backforth corpus from-html ~/saved-pages --out pages.warc.gz && backforth run --warc pages.warc.gz
    """
    columns = (SpinnerColumn(), TextColumn("packing pages"), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("pack", total=None)
        count = pack_folder(folder, out, base_url=base_url, on_page=lambda: progress.advance(task))
    console.print(
        f"{count} pages in {out} ({out.stat().st_size / 1e6:.1f} MB); next: backforth run --warc {out}", markup=False
    )
