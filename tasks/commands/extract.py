"""`backforth extract`: the corpus half over files of your own, to see what becomes of them."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tasks.commands.corpus_output import DOCUMENTS, REJECTS, Summary, remove_output, write_output
from tasks.commands.first_records import first_records
from tasks.commands.local_corpus import WORK, CorpusSettings, local_runtime, output_folder, run_corpus
from tasks.commands.local_files import local_sources
from tasks.commands.reject_examples import safe
from tasks.core.config import DatasetSpec
from tasks.core.refs import SourceRef
from tasks.core.spec import load_spec
from tasks.local.dataset import spec_of

OUT = Path("backforth-extract")

Spec = Annotated[
    str | None,
    typer.Option("--spec", metavar="SPEC|DATASET", help="YAML file or name of a dataset; built-in settings by default"),
]
Kind = Annotated[
    str | None, typer.Option("--kind", help="what the files are; the specification's or their names' say by default")
]


def extract(
    files: Annotated[list[str], typer.Argument(metavar="FILES...", help="files, folders or quoted patterns")],
    spec: Spec = None,
    kind: Kind = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="read so many records and no more")] = None,
    out: Annotated[Path, typer.Option("--out", help="folder to write")] = OUT,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=256, help="processes; one for each processor by default")
    ] = None,
) -> None:
    """Make documents out of web pages, and show how many each rule threw away.

    Extracts, filters and deduplicates as the Dag web_corpus does, without Airflow,
    PostgreSQL or S3. Writes documents.jsonl, rejects.jsonl (each with its reason) and
    summary.json. What is done is kept in the folder: a second run, or one after Ctrl-C,
    does only what is missing. Remove the folder when you are done.

    Examples:

        backforth extract page.warc.gz

        backforth extract 'crawl/*.warc.gz' --spec my_pages --limit 2000 --out try1

        backforth extract dolma-0001.json.gz --kind dolma --jobs 4

    Then: backforth inspect try1 --reason too_short --html rejects.html
    """
    console = Console()
    given = read_spec(spec)
    settings = CorpusSettings.of(given)
    sources = local_sources(files, kind=kind, preferred=given.source.kind if given else None)
    with output_folder(out):
        remove_output(out)
        try:
            if limit is not None:
                sources = first_records(sources, limit, out / WORK / "first")
            summary = extract_to(out, sources, settings, console, jobs=jobs or len(os.sched_getaffinity(0)))
        except KeyboardInterrupt:
            console.print(f"stopped; what is done is kept in {out}: the same command goes on from there", markup=False)
            raise typer.Exit(130) from None
    show(console, summary, out)


def read_spec(name: str | None) -> DatasetSpec | None:
    """Return the specification that is a file, or belongs to a dataset, of this name; None where none is given."""
    if name is None:
        return None
    is_file = name.endswith((".yaml", ".yml")) or os.sep in name
    return load_spec(name) if is_file else spec_of(name)


def extract_to(
    folder: Path, sources: list[SourceRef], settings: CorpusSettings, console: Console, *, jobs: int
) -> Summary:
    """Run the corpus half over `sources` into `folder`, with a progress bar on a terminal."""
    total = sum(source.byte_count for source in sources)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("extracting", total=total)

        def advance(done: int) -> None:
            progress.advance(bar, done)
            if progress.finished:
                progress.update(bar, description="deduplicating and writing")

        shards = run_corpus(folder, sources, settings, jobs=jobs, advance=advance)
        return write_output(
            folder,
            local_runtime(folder).objects,
            shards,
            sources={source.uri: source.root for source in sources},
            config=settings.body(),
        )


def show(console: Console, summary: Summary, folder: Path) -> None:
    """Print the funnel, the rejects by reason, and where everything lies."""
    table = Table(title=f"{summary.read:,} records, {summary.kept:,} documents", title_justify="left", box=None)
    for name in ("stage", "read", "kept", "share"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for line in summary.funnel:
        table.add_row(line.stage, f"{line.read:,}", f"{line.kept:,}", share(line.kept, line.read))
    console.print(table)
    if not summary.read:
        skipped = ", ".join(f"{count} {name}" for name, count in summary.skipped.items()) or "nothing else"
        advice = f"there are no pages in these files, and {skipped}; see --kind"
        console.print(advice, markup=False, highlight=False, soft_wrap=True)
    if summary.reasons:
        console.print(reasons_table(summary))
    places = f"documents: {folder / DOCUMENTS}\nrejects: {folder / REJECTS}"
    console.print(places, markup=False, highlight=False, soft_wrap=True)
    if summary.reasons:
        most = max(summary.reasons, key=lambda item: item.count)
        advice = f"to see some: backforth inspect {folder} --reason {most.reason}"
        console.print(advice, markup=False, highlight=False, soft_wrap=True)


def reasons_table(summary: Summary) -> Table:
    """Return the rejects by reason: how many, the share of all records, and the address of one."""
    table = Table(title="rejects", title_justify="left", box=None)
    rows = [
        (item.reason, item.stage, f"{item.count:,}", share(item.count, summary.read), Text(safe(item.example or "")))
        for item in summary.reasons
    ]
    for place, name in enumerate(("reason", "stage", "count", "share")):
        # On a narrow terminal the address is cut, and nothing else.
        width = max([len(name), *(len(row[place]) for row in rows)])
        table.add_column(name, justify="right" if place > 1 else "left", no_wrap=True, min_width=width)
    table.add_column("for example", overflow="ellipsis")
    for row in rows:
        table.add_row(*row)
    return table


def share(part: int, whole: int) -> str:
    """Return a share as people write it."""
    return f"{part / whole:.1%}" if whole else ""
