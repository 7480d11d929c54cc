"""The command `backforth`: assembled from the groups in `tasks/commands/`."""

from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from tasks.commands import (
    accept_canary,
    airflow,
    audit_judge,
    corpus,
    demo,
    diff,
    download,
    estimate,
    extract,
    inspect,
    rollback,
    stack,
    trace,
    try_prompt,
    validate,
)
from tasks.core.errors import PipelineError


class _Group(TyperGroup):
    """Shows our own errors as what they say, without a traceback, and ends with status 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except PipelineError as error:
            console = Console(stderr=True)
            console.print("[bold red]error[/]", end=" ")
            console.print(str(error), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=_Group,
    name="backforth",
    help="Web documents to instruction-tuning data by instruction back-and-forth translation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS = (
    demo.demo,
    demo.run,
    trace.trace,
    trace.verify,
    download.download,
    diff.diff,
    rollback.rollback,
    validate.validate,
    validate.schema,
    estimate.estimate,
    extract.extract,
    inspect.inspect,
    audit_judge.audit_judge,
    accept_canary.accept_canary,
    stack.up,
    stack.down,
    stack.status,
    stack.logs,
)
for command in COMMANDS:
    app.command()(command)
app.command("try")(try_prompt.try_prompt)
app.command(context_settings=airflow.CONTEXT)(airflow.airflow)
app.add_typer(corpus.app, name="corpus")

if __name__ == "__main__":
    app()
