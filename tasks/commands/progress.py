"""How `up` and `down` show what they are doing: a live line per service on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterable
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

DONE = {"healthy": "[green]healthy[/]", "stopped": "stopped"}


class StackProgress:
    """A context manager to be called with (service, what it is doing), as `tasks.local.stack.Report`."""

    def __init__(self, console: Console, names: Iterable[str]) -> None:
        self._console = console
        self._doing: dict[str, str] = dict.fromkeys(names, "")
        self._since: dict[str, float] = {}
        self._took: dict[str, float] = {}
        self._spinner = Spinner("dots")
        self._live = Live(get_renderable=self._render, console=console, transient=False)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def __call__(self, service: str, doing: str) -> None:
        """Note what `service` is doing now."""
        if self._doing.get(service) == doing:
            return
        now = time.monotonic()
        self._doing[service] = doing
        if doing in DONE:
            self._took[service] = now - self._since.get(service, now)
        else:
            self._since.setdefault(service, now)
        if not self._console.is_terminal:
            took = f" after {self._took[service]:.1f} s" if doing in DONE and service in self._since else ""
            self._console.print(f"{service}: {doing}{took}", highlight=False)

    def _render(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        for service, doing in self._doing.items():
            if doing in DONE:
                took = f"{self._took[service]:.1f} s" if service in self._since else ""
                table.add_row("", service, DONE[doing], took)
            elif doing:
                table.add_row(self._spinner, service, doing, f"{time.monotonic() - self._since[service]:.0f} s")
            else:
                table.add_row("", f"[dim]{service}[/]", "[dim]waiting[/]", "")
        return table
