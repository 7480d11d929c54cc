"""`backforth estimate`: what a partition will cost, before anything is spent."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from tasks.commands.document_sample import DocumentSample, sample_documents
from tasks.commands.endpoints import open_model
from tasks.commands.experience import Experience, Span, look_back, total
from tasks.commands.forecast import StageForecast, forecast
from tasks.commands.options import Home
from tasks.commands.token_counts import TokenCounter, token_counter
from tasks.core.config import DatasetSpec, ModelSpec
from tasks.core.errors import ConfigError, RetriableError
from tasks.core.spec import load_spec
from tasks.llm.budget import currency_of
from tasks.local.connect import local_runtime_parts
from tasks.local.dataset import spec_of
from tasks.local.settings import Settings, load_settings
from tasks.storage.objects import open_source

FORMAT_VERSION = 1


def estimate(
    spec: Annotated[str, typer.Argument(help="specification file, or the name of a dataset")],
    partition: Annotated[str, typer.Option("--partition", help="partition key, such as 2026-10")],
    sample: Annotated[int, typer.Option("--sample", min=1, help="documents to look at")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    home: Home = None,
) -> None:
    """Forecast tokens, GPU hours and cost of a partition from a sample of its documents. No model is asked anything.

    The documents are those committed for the partition; before that, records of its source files are taken through
    extraction and filters. Ranges are those of the sample. What earlier partitions of the dataset made (lengths of
    answers, shares kept) is taken from them, and from the paper where there are none.

    Example: backforth estimate dags/datasets/demo.yaml --partition 2026-01 --json | jq .total
    """
    described = load_spec(spec) if Path(spec).suffix in {".yaml", ".yml"} else spec_of(spec)
    try:
        described.check_partition_key(partition)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    currency = currency_of(described)
    console = Console(stderr=as_json)
    try:
        documents, known, lines = _estimate(described, partition, sample, load_settings(home), console)
    except RetriableError as error:
        raise RetriableError(f"{error}\nThe stores must run: `backforth up --only postgres --only s3`") from error
    if as_json:
        told = _as_json(described, partition, documents, known, lines, currency)
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _show(console, described, partition, documents, known, lines, currency)


def _estimate(
    spec: DatasetSpec, partition: str, size: int, settings: Settings, console: Console
) -> tuple[DocumentSample, Experience, list[StageForecast]]:
    objects, lineage = local_runtime_parts(settings)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("reading documents", total=size)
        advance: Callable[[], None] = partial(progress.advance, bar)
        documents = sample_documents(
            spec,
            partition,
            size,
            objects=objects,
            lineage=lineage,
            open_source=partial(open_source, objects=objects),
            advance=advance,
        )
        known = look_back(spec, partition, objects=objects, lineage=lineage)
        counters: dict[str, TokenCounter] = {}

        def counter_of(model: ModelSpec) -> TokenCounter:
            key = f"{model.name}@{model.revision} {model.connections}"
            if key not in counters:
                progress.reset(bar, total=len(documents.texts), description=f"counting tokens of {model.name}")
                counters[key] = token_counter(model, lambda: open_model(spec, model, settings))
            return counters[key]

        return documents, known, forecast(spec, documents, known, counter_of, advance)


def _sums(lines: list[StageForecast]) -> dict[str, Span | None]:
    """Return the totals; None where a line does not know."""
    costs, hours = [line.cost for line in lines], [line.gpu_hours for line in lines]
    return {
        "prompt_tokens": total(line.prompt_tokens for line in lines),
        "output_tokens": total(line.output_tokens for line in lines),
        "gpu_hours": total(one for one in hours if one) if any(hours) else None,
        "cost": total(one for one in costs if one) if all(costs) else None,
    }


def _as_json(
    spec: DatasetSpec,
    partition: str,
    documents: DocumentSample,
    known: Experience,
    lines: list[StageForecast],
    currency: str,
) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "dataset": spec.name,
        "partition_key": partition,
        "variant": spec.variant,
        "currency": currency,
        "documents": {
            "from": documents.origin,
            "sampled": len(documents.texts),
            "count": asdict(Span(documents.low, documents.count, documents.high)),
        },
        "earlier_partitions": known.partitions,
        "stages": [asdict(line) for line in lines],
        "total": {name: asdict(span) if span else None for name, span in _sums(lines).items()},
        "bounds_passed": _passed(spec, lines),
    }


def _passed(spec: DatasetSpec, lines: list[StageForecast]) -> list[str]:
    """Return the bounds of the budget at which the run would probably stop."""
    sums = _sums(lines)
    prompt, output, cost = sums["prompt_tokens"], sums["output_tokens"], sums["cost"]
    found = []
    if spec.budget.max_tokens is not None and prompt and output and prompt.mid + output.mid > spec.budget.max_tokens:
        found.append(f"budget.max_tokens {spec.budget.max_tokens}")
    if spec.budget.max_cost is not None and cost and cost.mid > spec.budget.max_cost:
        found.append(f"budget.max_cost {spec.budget.max_cost}")
    return found


def _show(
    console: Console,
    spec: DatasetSpec,
    partition: str,
    documents: DocumentSample,
    known: Experience,
    lines: list[StageForecast],
    currency: str,
) -> None:
    say = partial(console.print, markup=False, highlight=False)
    table = Table(
        title=Text(f"{spec.name} {partition}, {spec.variant}"), title_justify="left", box=None, pad_edge=False
    )
    table.add_column("stage", no_wrap=True)
    for column in ("requests", "prompt tokens", "output tokens", "GPU hours", f"cost {currency}".strip()):
        table.add_column(column, justify="right")
    for line in lines:
        table.add_row(
            Text(line.step),
            *map(_cell, (line.requests, line.prompt_tokens, line.output_tokens, line.gpu_hours, line.cost)),
        )
    sums = _sums(lines)
    wanted = ("prompt_tokens", "output_tokens", "gpu_hours", "cost")
    table.add_row(Text("total", style="bold"), "", *(_cell(sums[name]) for name in wanted))
    console.print(table)
    say(f"documents: {documents.origin}; range {_told(Span(documents.low, documents.count, documents.high))}")
    say(f"earlier partitions looked at: {', '.join(known.partitions) or 'none'}")
    for line in lines:
        sources = f"rows from {line.rows_from}, answers from {line.answers_from}, tokens by {line.tokens_by}"
        say(f"{line.step}: {line.model}; {sources}")
    if sums["cost"] is None:
        say("no cost: give models.*.price, with tokens_per_gpu_second beside a gpu_hour")
    for bound in _passed(spec, lines):
        say(f"the run would stop at {bound}", style="yellow")


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.3g}"


def _told(span: Span) -> str:
    return f"{_digits(span.low)} to {_digits(span.high)}" if span.low != span.high else _digits(span.mid)


def _cell(span: Span | None) -> Text:
    if span is None:
        return Text("")
    return Text.assemble(_digits(span.mid), (f"\n{_told(span)}", "dim") if span.low != span.high else "")
