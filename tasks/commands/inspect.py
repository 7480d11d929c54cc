"""`backforth inspect`: pages that a rule threw away, side by side with what was made of them."""

import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from tasks.commands.corpus_output import Summary, read_summary
from tasks.commands.extract import Kind, Spec, extract_to, read_spec, reasons_table
from tasks.commands.local_corpus import CorpusSettings, output_folder
from tasks.commands.local_files import local_sources
from tasks.commands.reject_examples import Example, as_html, find_examples
from tasks.core.errors import ConfigError

# Characters of each text that a terminal shows; the page shows many more.
SHOWN_CHARS = 1_200


def inspect(
    path: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="a file of pages, or what `extract` has written")],
    reason: Annotated[str | None, typer.Option("--reason", help="why they were rejected; without it, a list")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="pages to show")] = 5,
    html: Annotated[Path | None, typer.Option("--html", help="page to write, with the texts in full")] = None,
    is_opened: Annotated[bool, typer.Option("--open", help="open that page in the browser")] = False,
    seed: Annotated[int, typer.Option(help="another seed, other pages")] = 0,
    spec: Spec = None,
    kind: Kind = None,
) -> None:
    """Show pages that a rule threw away: what was extracted, beside all that the page says.

    Of a folder that `backforth extract` has written, or of a file, which goes through
    the same stages first. Then change the rule's bounds in the specification, and run
    `backforth extract` again with --spec.

    Examples:

        backforth inspect backforth-extract

        backforth inspect backforth-extract --reason too_short --limit 20 --html rejects.html

        backforth inspect page.warc.gz --reason listing_page --spec my_pages
    """
    console = Console()
    with _finished(path, spec, kind, console) as (folder, summary):
        if reason is None:
            _show_reasons(console, summary, path)
            return
        examples = find_examples(folder, summary, reason, limit=limit, seed=seed)
    count = sum(item.count for item in summary.reasons if item.reason == reason)
    title, subtitle = f"{reason}: {len(examples)} of {count:,}", f"{path}, seed {seed}, {summary.read:,} records in all"
    if is_opened and html is None:
        with tempfile.NamedTemporaryFile(prefix=f"backforth-{reason}-", suffix=".html", delete=False) as file:
            html = Path(file.name)
    if html is None:
        _show(console, title, examples)
        return
    try:
        html.write_text(as_html(title, subtitle, examples), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{html}: cannot be written ({error.strerror})") from error
    console.print(f"{title}, side by side in {html}", markup=False, highlight=False, soft_wrap=True)
    if is_opened:
        webbrowser.open(html.absolute().as_uri())


@contextmanager
def _finished(path: Path, spec: str | None, kind: str | None, console: Console) -> Iterator[tuple[Path, Summary]]:
    """Yield the folder of a finished run and its summary: the one given, or one made of the file given."""
    if path.is_dir():
        if spec or kind:
            raise ConfigError(f"{path}: was made with its own settings; --spec and --kind are for files")
        yield path, read_summary(path)
        return
    given = read_spec(spec)
    sources = local_sources([str(path)], kind=kind, preferred=given.source.kind if given else None)
    with tempfile.TemporaryDirectory(prefix="backforth-") as name, output_folder(Path(name, "out")) as folder:
        yield folder, extract_to(folder, sources, CorpusSettings.of(given), console, jobs=1)


def _show_reasons(console: Console, summary: Summary, path: Path) -> None:
    if not summary.reasons:
        console.print(f"{path}: all {summary.read:,} records became documents", markup=False, highlight=False)
        return
    console.print(reasons_table(summary))
    most = max(summary.reasons, key=lambda item: item.count).reason
    console.print(
        f"to see some: backforth inspect {path} --reason {most}", markup=False, highlight=False, soft_wrap=True
    )


def _show(console: Console, title: str, examples: list[Example]) -> None:
    console.print(Text(title, style="bold"))
    for number, one in enumerate(examples, 1):
        console.print(Rule(Text(f"{number}. {one.url}"), align="left"))
        console.print(Text.assemble((one.reason, "bold red"), f" {one.detail}", (f"  {one.stage}, {one.place}", "dim")))
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(ratio=1)
        table.add_column(ratio=1)
        table.add_row(Text("extracted text", "dim"), Text("all text of the page", "dim"))
        made = "none: see the reason" if one.text is None else _shown(one.text)
        table.add_row(Text(made), Text(one.trouble if one.seen is None else _shown(one.seen)))
        console.print(table)


def _shown(text: str) -> str:
    more = len(text) - SHOWN_CHARS
    return text if more <= 0 else f"{text[:SHOWN_CHARS]}… [{more:,} more characters; --html shows them]"
