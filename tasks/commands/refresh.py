"""The live display of a refresh: one line per stage, with shards, rows and rejects."""

import time
from collections.abc import Callable

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tasks.core.config import DatasetSpec
from tasks.core.errors import FatalError, PipelineError
from tasks.local.follow import Chain, Progress, Step
from tasks.local.stack import StackDown

POLL_SECONDS = 1.0
# How often the services are looked after while a chain is followed.
MEND_SECONDS = 20.0
# A chain that makes no progress for this long is reported instead of waited for.
PATIENCE_SECONDS = 900.0
WHERE_TO_APPROVE = (
    "waiting for a person: approve or reject the release in the Airflow UI under Browse > Required Actions"
)
_STYLES = {
    "success": "green",
    "running": "yellow",
    "failed": "bold red",
    "upstream_failed": "red",
    "up_for_retry": "magenta",
}


def patience(spec: DatasetSpec) -> float:
    """Return how many seconds a chain may stand still: a model server that loads its weights makes no rows."""
    served = [model.serve.start_seconds for model in spec.models.values() if model.serve]
    return PATIENCE_SECONDS + max(served, default=0.0)


def follow(
    chain: Chain,
    console: Console,
    title: str,
    *,
    mend: Callable[[], object] = lambda: None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Progress:
    """Show the chain until its release is published; `mend` is called now and then to restart what has died.

    Raises FatalError naming the tasks that failed, and where there was no progress for `patience_seconds`.
    """
    started = last_change = mended = time.monotonic()
    seen, asked = None, False
    progress = Progress()
    with Live(console=console, refresh_per_second=4, transient=not console.is_terminal) as live:
        while not progress.ended:
            try:
                if time.monotonic() - mended > MEND_SECONDS:
                    mended = time.monotonic()
                    mend()
                progress = chain.poll()
            except StackDown:
                raise
            except PipelineError as error:
                progress = Progress(progress.steps)
                live.console.print(Text.assemble(("waiting:", "yellow"), f" {error}"))
            if console.is_terminal:
                live.update(_table(progress, title, time.monotonic() - started))
            if progress.failed:
                break
            if any(step.state == "awaiting_input" for step in progress.steps):
                last_change = time.monotonic()  # a person takes as long as a person takes
                if not asked:
                    asked = True
                    live.console.print(WHERE_TO_APPROVE, markup=False, highlight=False)
            snapshot = [(s.name, s.state, s.done, s.sent) for s in progress.steps]
            if snapshot != seen:
                if not console.is_terminal:
                    _lines(console, seen, progress)
                seen, last_change = snapshot, time.monotonic()
            elif not progress.ended and time.monotonic() - last_change > patience_seconds:
                raise FatalError(
                    f"no progress for {patience_seconds:.0f} s; look at `backforth status` and the Airflow UI"
                )
            if not progress.ended:
                time.sleep(POLL_SECONDS)
    if not console.is_terminal:
        console.print(_table(progress, title, time.monotonic() - started))
    if progress.failed:
        raise FatalError(
            f"failed: {', '.join(progress.failed)}. The reason is in the task's log in the Airflow UI and in "
            "`backforth logs airflow`; mend it and run the same command again, finished work is kept"
        )
    return progress


def _lines(console: Console, seen: list[tuple[str, str, int, int]] | None, progress: Progress) -> None:
    """Where there is no terminal, print each step once, when it is done."""
    before = {name: state for name, state, _, _ in seen or []}
    for step in progress.steps:
        if step.state == "success" and step.done == step.total and before.get(step.name) != "success":
            console.print(
                f"  {step.family}.{step.name}: {step.done} done, {step.kept} rows kept, {step.rejected} rejected",
                markup=False,
            )


def _table(progress: Progress, title: str, seconds: float) -> Group:
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    table.add_column("stage", no_wrap=True, min_width=19)
    table.add_column("state", no_wrap=True)
    for column in ("shards", "rows in", "kept", "rejected", "asked", "reused"):
        table.add_column(column, justify="right", no_wrap=True)
    family = None
    for step in progress.steps:
        if step.family != family:
            family = step.family
            table.add_row(Text(family, style="bold"))
        table.add_row(*_cells(step))
    return Group(table, Text(f"{seconds:.0f} s", style="dim"))


def _cells(step: Step) -> list[Text]:
    def count(value: int) -> Text:
        return Text(str(value) if value else "")

    return [
        Text(f"  {step.name}"),
        Text(step.state, style=_STYLES.get(step.state, "dim")),
        Text(f"{step.done}/{step.total}" if step.total else ""),
        count(step.read),
        count(step.kept),
        count(step.rejected),
        count(step.sent),
        count(step.reused),
    ]
