"""`backforth up | down | status | logs`: the embedded stack."""

import time
from collections import deque
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasks.commands.options import Home
from tasks.commands.progress import StackProgress
from tasks.commands.spending import spending_table
from tasks.core.errors import ConfigError, PipelineError
from tasks.lineage.store import PostgresLineage
from tasks.local import stack
from tasks.local.settings import UI_USER, Settings, load_settings

COLOURS = {"healthy": "green", "unhealthy": "yellow", "down": "red"}

Only = Annotated[list[str] | None, typer.Option("--only", help="Only this service; may be repeated.")]
ServiceName = Annotated[str | None, typer.Argument(help="A service, or airflow for its four; all by default.")]


def up(only: Only = None, home: Home = None) -> None:
    """Start what does not run of PostgreSQL, S3, the stand-in model server and Airflow, and wait until all is well."""
    settings = load_settings(home)
    console = Console()
    started = time.monotonic()
    with StackProgress(console, stack.service_names(settings, only)) as progress:
        stack.up(settings, only=only, report=progress)
    console.print(f"up after {time.monotonic() - started:.0f} s")
    if not only:
        console.print(f"Airflow: {settings.airflow_url}  user {UI_USER}  password {settings.secrets['ui_password']}")


def down(home: Home = None) -> None:
    """Stop everything, and see that no process is left."""
    settings = load_settings(home)
    console = Console()
    with StackProgress(console, [*reversed(stack.service_names(settings))]) as progress:
        stack.down(settings, report=progress)
    console.print(f"down: no process of {settings.home} is left", markup=False, highlight=False)


def status(home: Home = None) -> None:
    """Show how each service is, and what was spent on models; status 1 when a service is not healthy."""
    settings = load_settings(home)
    table = Table(box=None, pad_edge=False)
    for title in ("service", "state", "pid", "up", "address", ""):
        table.add_column(title, overflow="fold")
    states = stack.states(settings)
    for state in states:
        table.add_row(
            state.service,
            Text(state.state, style=COLOURS[state.state]),
            str(state.pid or ""),
            _duration(state.uptime_seconds) if state.pid else "",
            Text(state.url),
            Text(state.detail.splitlines()[0] if state.detail else ""),
        )
    Console().print(table)
    if any((state.service, state.state) == ("postgres", "healthy") for state in states):
        _show_spending(settings)
    if any(state.state != "healthy" for state in states):
        raise typer.Exit(1)


def _show_spending(settings: Settings) -> None:
    lineage = PostgresLineage(settings.lineage_url)
    try:
        table = spending_table(lineage.fetch("spending", dataset=None, partition_key=None))
    except PipelineError as error:  # such as a database that is not migrated yet
        table = None
        Console().print(Text.assemble("\nspending: ", str(error)))
    finally:
        lineage.close()
    if table:
        Console().print()
        Console().print(table)


def logs(
    service: ServiceName = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="How many lines to begin with, of each.")] = 50,
    home: Home = None,
) -> None:
    """Show the end of a service's log, or of all."""
    settings = load_settings(home)
    names = stack.service_names(settings, [service] if service else None)
    files = [path for path in (settings.log_file(name) for name in names) if path.exists()]
    if not files:
        raise ConfigError(f"no log in {settings.log_folder} yet: `backforth up` starts the services")
    places = {path: _print_tail(path, lines, titled=len(files) > 1) for path in files}
    while follow:
        try:
            time.sleep(0.3)
        except KeyboardInterrupt:
            return
        for path, place in places.items():
            places[path] = _print_from(path, place, titled=len(files) > 1)


def _print_tail(path: Path, lines: int, *, titled: bool) -> int:
    """Print the last lines and return the place after them."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in deque(file, maxlen=lines):
            _print_line(path, line, titled=titled)
        return file.tell()


def _print_from(path: Path, place: int, *, titled: bool) -> int:
    with path.open(encoding="utf-8", errors="replace") as file:
        file.seek(place)
        while line := file.readline():
            _print_line(path, line, titled=titled)
        return file.tell()


def _print_line(path: Path, line: str, *, titled: bool) -> None:
    typer.echo(f"{path.stem:13} | {line.rstrip()}" if titled else line.rstrip())


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
