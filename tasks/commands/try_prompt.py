"""`backforth try`: a prompt that is not published yet, on a few real rows, beside the present one."""

import random
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from tasks.commands.endpoints import open_model
from tasks.commands.options import Home
from tasks.commands.row_sample import sample_rows
from tasks.commands.try_answers import TriedAnswers
from tasks.commands.try_outcomes import Version, run_version
from tasks.commands.try_report import Trial, as_html, as_markdown, figures
from tasks.commands.try_stages import TriedStage, read_prompt, stage_named
from tasks.core.config import DatasetSpec, LlmConfig
from tasks.core.errors import ConfigError, RetriableError
from tasks.core.refs import ShardRef
from tasks.core.runtime import LineageStore, ObjectStore, Row
from tasks.llm.client import OpenAIClient
from tasks.llm.prompts import Prompt, load_prompt
from tasks.local.connect import local_runtime_parts
from tasks.local.dataset import spec_of
from tasks.local.settings import load_settings

_VERSION = re.compile(r"_v([0-9]+)\.jinja$")


def try_prompt(
    stage: Annotated[str, typer.Option("--stage", help="backtranslate, score or rewrite")],
    prompt: Annotated[Path, typer.Option("--prompt", exists=True, dir_okay=False, help="the template to try")],
    dataset: Annotated[str, typer.Option(help="dataset name")] = "demo",
    partition: Annotated[str | None, typer.Option(help="partition key; that of the newest run by default")] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, max=1_000, help="rows to try it on")] = 20,
    seed: Annotated[int, typer.Option(help="another seed, other rows")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Markdown file to write; try/STAGE.md in the stack's home by default")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="page to write as well")] = None,
    endpoint: Annotated[str | None, typer.Option(help="address of the model server, if not the connection's")] = None,
    home: Home = None,
) -> None:
    """Try a prompt on a few rows of the newest run, beside what the present one made of them.

    The rows are those that the stage read, chosen by chance and the same for the same seed. Answers are checked as in
    the Dag: instructions by the rules of `clean`, scores by the threshold, responses by the rules of `verify`. They
    stay in the folder `try/` of the stack's home, so that nothing is asked twice; no dataset ever sees them. When the
    prompt is good, add it as tasks/STAGE/prompt_vN.jinja and set `prompt: N` in the specification.

    Example: backforth try --stage rewrite --prompt prompt_v2.jinja --rows 20 --html try.html
    """
    tried, spec, settings, console = stage_named(stage), spec_of(dataset), load_settings(home), Console()
    present = load_prompt(stage, tried.config(spec).prompt)
    new = read_prompt(prompt, tried, _version(prompt, present))
    try:
        objects, lineage = local_runtime_parts(settings)
        chosen, partition = _rows(tried, spec, partition, rows, seed, objects=objects, lineage=lineage)

        def open_client(config: LlmConfig) -> OpenAIClient:
            return open_model(spec, config.served_by, settings, endpoint)

        pair = _versions(console, chosen, tried, spec, (present, new), prompt, settings.home, lineage, open_client)
    except RetriableError as error:
        raise RetriableError(
            f"{error}\nThe stores and the model server must run (`backforth up`, or --endpoint); "
            "answers that arrived are kept for the next try"
        ) from error
    trial = Trial(
        title=f"{stage}: {prompt.name} beside {present.name}",
        subtitle=f"{len(chosen)} rows of {dataset} {partition}, seed {seed}; rejects are those of {stage} "
        f"and {tried.then}",
        rows=chosen,
        versions=pair,
    )
    out = out or settings.home / "try" / f"{stage}.md"
    _write(out, as_markdown(trial))
    if html:
        _write(html, as_html(trial))
    _show(console, trial, [path for path in (out, html) if path])


def _version(path: Path, present: Prompt) -> int:
    """Return the version that the file's name claims, else the next one. It is part of no request."""
    named = _VERSION.search(path.name)
    return int(named[1]) if named else present.version + 1


def _rows(
    stage: TriedStage,
    spec: DatasetSpec,
    partition: str | None,
    size: int,
    seed: int,
    *,
    objects: ObjectStore,
    lineage: LineageStore,
) -> tuple[list[Row], str]:
    """Return rows that the stage has read, and the partition they are of."""
    found = lineage.fetch("newest_inputs", dataset=spec.name, stage=stage.name, partition_key=partition)
    shards = [
        ShardRef(key=row["manifest_uri"], sha256=row["manifest_sha256"], row_count=row["row_count"], rejected_count=0)
        for row in found
    ]
    try:
        rows = list(sample_rows(objects, shards, size, random.Random(f"{stage.name} {seed}")))
    except KeyError as error:
        raise ConfigError(f"the rows that {stage.name} read are gone from bucket {objects.bucket}: {error}") from error
    if not rows:
        where = f"partition {partition} of {spec.name}" if partition else f"dataset {spec.name}"
        raise ConfigError(
            f"no rows: no run of {where} has come to stage {stage.name} with a row (variant {spec.variant}); "
            "run its Dags first, `backforth demo` for the demonstration"
        )
    return rows, str(found[0]["partition_key"])


def _versions(
    console: Console,
    rows: list[Row],
    stage: TriedStage,
    spec: DatasetSpec,
    prompts: tuple[Prompt, Prompt],
    path: Path,
    home: Path,
    lineage: LineageStore,
    open_client: Callable[[LlmConfig], OpenAIClient],
) -> tuple[Version, Version]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    names = (f"present: {prompts[0].name}", f"new: {path.name}")
    made = []
    with (
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress,
        tempfile.TemporaryDirectory(prefix="backforth-try-") as scratch,
    ):
        bar = progress.add_task("asking", total=2 * len(rows))
        for number, (name, prompt) in enumerate(zip(names, prompts, strict=True)):
            progress.update(bar, description=name)
            made.append(
                run_version(
                    name,
                    rows,
                    stage,
                    prompt,
                    spec,
                    answers=TriedAnswers(home / "try" / "answers", lineage),
                    scratch=Path(scratch, str(number)),
                    open_client=open_client,
                    advance=partial(progress.advance, bar),
                )
            )
    return made[0], made[1]


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error})") from error


def _show(console: Console, trial: Trial, files: list[Path]) -> None:
    table = Table(title=Text(trial.title), title_justify="left", box=None, pad_edge=False)
    for name in ("", *(version.name for version in trial.versions)):
        table.add_column(Text(name), justify="right" if name else "left")
    for name, values in figures(trial):
        table.add_row(Text(name), *map(Text, values))
    console.print(table)
    console.print(trial.subtitle, markup=False, highlight=False)
    console.print(f"side by side: {', '.join(map(str, files))}", markup=False, highlight=False)
