"""`backforth audit-judge`: how far a judge can be trusted, by pairs that people have labelled."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from tasks.commands.endpoints import open_model
from tasks.commands.judge_figures import SCALE, Figures, Kept, figures
from tasks.commands.judge_labels import Labelled, read_labels
from tasks.commands.options import Home
from tasks.commands.scratch import NoLineage, scratch_runtime
from tasks.commands.try_answers import TriedAnswers
from tasks.core.config import DatasetSpec
from tasks.core.errors import RetriableError
from tasks.core.ids import content_id
from tasks.core.spec import load_spec
from tasks.core.stage import Rejected
from tasks.local.settings import Settings, load_settings
from tasks.score.parse_rate import ParseRate
from tasks.score.run import judge


def audit_judge(
    labels: Annotated[Path, typer.Option("--labels", exists=True, dir_okay=False, help="JSON Lines, or CSV by name")],
    spec: Annotated[
        Path | None, typer.Option("--spec", exists=True, dir_okay=False, help="ask the judge of this specification now")
    ] = None,
    threshold: Annotated[float, typer.Option(min=1.0, max=5.0, help="scores that are kept begin here")] = 5.0,
    endpoint: Annotated[str | None, typer.Option(help="address of the model server, if not the connection's")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    home: Home = None,
) -> None:
    """Compare a judge with people: precision, recall, correlation and agreement, beside the length of the response.

    Each row of FILE says what a person thinks of a pair, `score` from 1 to 5 or `label` 0 or 1, and what the judge
    said: `judgement`, its whole text, or `judge_score`. With `response` the trivial baseline is shown as well: a judge
    that does no better than the length of the response reads nothing. With --spec the judge is asked now, with the
    prompt, sampling and votes of the specification; rows then need `instruction` and `response`. Its answers stay in
    the folder `try/` of the stack's home, so that nothing is asked twice.

    Example: backforth audit-judge --labels judged.jsonl --threshold 4

    Example: backforth audit-judge --labels pairs.csv --spec dags/datasets/web.yaml --json
    """
    given = read_labels(labels, is_judged=spec is None)
    if spec is not None:
        asked = _asked(given.pairs, load_spec(spec), load_settings(home), endpoint)
        console = Console(stderr=True)
        shown = track(
            asked, "judging", len(given.pairs), console=console, transient=True, disable=not console.is_terminal
        )
        given = replace(given, pairs=list(shown))
    found = figures(given, threshold)
    if as_json:
        typer.echo(json.dumps(found.to_json(), indent=2))
    else:
        _show(Console(), found)


def _asked(pairs: list[Labelled], spec: DatasetSpec, settings: Settings, endpoint: str | None) -> Iterator[Labelled]:
    """Ask the judge that decides about every pair; yield the pairs with its scores."""
    config = spec.judging(len(spec.score.rounds))
    rows = [
        {
            "document_id": content_id("document", "labelled", pair.line),
            "instruction_generation_id": None,
            "instruction": pair.instruction,
            "text": pair.response,
        }
        for pair in pairs
    ]
    with tempfile.TemporaryDirectory(prefix="backforth-audit-") as folder:
        rt = scratch_runtime(
            Path(folder),
            dataset=spec.name,
            lineage=TriedAnswers(settings.home / "try" / "answers", NoLineage()),
            model_client=lambda config: open_model(spec, config.served_by, settings, endpoint),
        )
        judged = judge(rows, config, rt, shard_key="audit", rate=ParseRate(config))
        try:
            for pair, item in zip(pairs, judged, strict=True):
                if isinstance(item, Rejected):
                    yield replace(pair, reason=item.reason)
                else:
                    yield replace(pair, judge=item.value)
        except RetriableError as error:
            raise RetriableError(f"{error}\nThe model server must run; answers that arrived are kept") from error


def _show(console: Console, found: Figures) -> None:
    told = (
        f"{found.rows} pairs, {found.positives} of them good; the judge's words held a score in {found.parse_rate:.1%}"
    )
    console.print(told, markup=False, highlight=False)
    for reason, count in found.reasons.items():
        console.print(f"  {reason} {count}", markup=False, highlight=False)
    table = Table(title=f"kept from {found.threshold:g} on", title_justify="left", box=None, pad_edge=False)
    for name in ("", "kept", "precision", "recall", "F1", "Spearman"):
        table.add_column(name, justify="right" if name else "left")
    _add(table, "judge", found.judge)
    if found.length:
        _add(table, "length of the response", found.length)
    console.print(table)
    if not found.length:
        console.print("no baseline: not every row has a `response`", style="dim")
    if found.confusion is not None:
        console.print(
            f"exact agreement {_figure(found.agreement)}, Cohen's kappa {_figure(found.kappa)}", highlight=False
        )
        _show_confusion(console, found.confusion)


def _add(table: Table, name: str, kept: Kept) -> None:
    table.add_row(name, str(kept.kept), *map(_figure, (kept.precision, kept.recall, kept.f1, kept.spearman)))


def _show_confusion(console: Console, confusion: list[list[int]]) -> None:
    console.print("people (down) and judge (across)", style="italic", highlight=False)
    table = Table(box=None, pad_edge=False)
    for name in ("", *map(str, SCALE)):
        table.add_column(name, justify="right")
    for score, counts in zip(SCALE, confusion, strict=True):
        cells = [
            Text(str(count), style="bold" if score == other else "") for other, count in zip(SCALE, counts, strict=True)
        ]
        table.add_row(str(score), *cells)
    console.print(table)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
