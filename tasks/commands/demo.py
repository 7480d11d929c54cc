"""`backforth demo` and `backforth run`: from WARC files to a published dataset, watched."""

import tempfile
import textwrap
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from tasks.commands.options import Home
from tasks.commands.progress import StackProgress
from tasks.commands.refresh import follow, patience
from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.local import stack
from tasks.local.dataset import Published, connect, published, put_sources, spec_of, wait_for_dags
from tasks.local.follow import Chain, steps_of
from tasks.local.settings import UI_USER, Settings, load_settings

DEMO_PARTITION = "2026-01"
SHOWN_ROWS = 3


def demo(home: Home = None) -> None:
    """Make and publish the demonstration dataset from the sample pages, on the embedded stack.

    Run again, it asks no model and publishes nothing twice. Ctrl-C is safe: the next run goes on from there.
    """
    from tasks.local.sample.build import build

    with tempfile.TemporaryDirectory(prefix="backforth-sample-") as folder:
        _refresh("demo", DEMO_PARTITION, build(Path(folder)), home)


def run(
    warc: Annotated[
        list[Path], typer.Option("--warc", exists=True, dir_okay=False, help="A WARC file; may be repeated.")
    ],
    dataset: Annotated[str, typer.Option(help="A dataset of dags/datasets/ that reads from the bucket.")] = "my_pages",
    partition: Annotated[str | None, typer.Option(help="Partition key; this month by default.")] = None,
    home: Home = None,
) -> None:
    """Make a dataset from your own WARC files, through the same Dags.

    Example: backforth corpus from-html ~/saved-pages --out pages.warc.gz && backforth run --warc pages.warc.gz
    """
    spec = spec_of(dataset)
    _refresh(dataset, partition or datetime.now(UTC).strftime(spec.schedule.key_format), warc, home)


def _refresh(dataset: str, partition: str, files: list[Path], home: Path | None) -> None:
    console, settings, spec = Console(), load_settings(home), spec_of(dataset)
    try:
        spec.check_partition_key(partition)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    try:
        with StackProgress(console, stack.service_names(settings)) as progress:
            stack.up(settings, report=progress)
        objects, lineage, airflow = connect(settings)
        with airflow:
            new_count = put_sources(objects, spec, partition, files)
            wait_for_dags(airflow, dataset)
            chain = Chain(airflow, lineage, dataset, partition, steps=steps_of(spec))
            joined = chain.start(fresh=new_count > 0)
            console.print(
                f"{'joined the refresh that is under way' if joined else 'refreshing'}: dataset {dataset}, "
                f"partition {partition}; watch it at {settings.airflow_url}/dags/web_corpus__{dataset}",
                markup=False,
            )
            progress_now = follow(
                chain,
                console,
                f"{dataset} {partition}",
                mend=partial(stack.mend, settings),
                patience_seconds=patience(spec),
            )
        if progress_now.skipped:
            console.print(f"nothing was published: {progress_now.skipped}", markup=False)
            return
        release = published(lineage, objects, dataset, partition, limit=SHOWN_ROWS)
        if progress_now.refused or release is None:
            raise ConfigError(f"nothing was published: {progress_now.refused or 'the release is not there any more'}")
        _show(console, settings, spec, release)
    except KeyboardInterrupt:
        console.print(
            "\ninterrupted; what is done is kept. Run the same command to go on, `make down` to stop the services"
        )
        raise typer.Exit(130) from None


def _show(console: Console, settings: Settings, spec: DatasetSpec, release: Published) -> None:
    say = partial(console.print, markup=False)
    say()
    say(Text.assemble(("published", "bold green"), f" {spec.name} {release.version}: {release.row_count} rows"))
    if spec.demo:
        say("made by the stand-in model server: it shows the machinery, not the quality of a model", style="yellow")
    say(f"files: s3://{settings.bucket}/{release.folder}/ at {settings.s3_url} (keys in {settings.file})")
    for row in release.rows:
        instruction, response = (message["content"] for message in row["messages"])
        body = Text.assemble(
            (instruction, "bold"),
            "\n\n",
            textwrap.shorten(response, 400, placeholder=" ..."),
            "\n\n",
            (f"{_judged(row['score'])}  {row['source_url']}", "dim"),
        )
        say(Panel(body, title=Text(row["id"]), title_align="left", width=min(console.width, 110)))
    say(f"Airflow: {settings.airflow_url}  user {UI_USER}  password {settings.secrets['ui_password']}")
    if release.rows:
        say(f"trace a row:    .venv/bin/backforth trace {release.rows[0]['id']}")
    say(f"verify them:    .venv/bin/backforth verify --dataset {spec.name} --release {release.version}")
    say(f"download them:  .venv/bin/backforth download --dataset {spec.name} --out {spec.name}-{release.version}")


def _judged(score: float | None) -> str:
    return "not judged" if score is None else f"score {score:g}"
