"""`backforth validate` and `backforth schema`: is a dataset specification right, and what may stand in one."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tasks.core.errors import ConfigError
from tasks.core.spec import json_schema, load_spec

console = Console()


def validate(
    specs: Annotated[list[Path], typer.Argument(help="specification files, as in dags/datasets/")],
) -> None:
    """Check dataset specifications; say which file, which key, and what is allowed there.

    Example: backforth validate dags/datasets/*.yaml
    """
    failed = False
    for path in specs:
        try:
            spec = load_spec(path)
        except ConfigError as error:
            failed = True
            console.print(Text.assemble(("invalid", "red"), f"  {path}"))
            console.print(str(error), markup=False, highlight=False)
        else:
            roles = ", ".join(f"{role}={model.name}" for role, model in spec.models.items())
            told = f"    {path}: dataset {spec.name}, {spec.schedule.cron!r}, {roles}"
            console.print(Text.assemble(("valid", "green"), told))
    if failed:
        raise typer.Exit(1)


def schema() -> None:
    """Print the JSON Schema of a specification, for editors.

    Example: backforth schema > dags/datasets/spec.schema.json
    """
    print(json.dumps(json_schema(), indent=2, sort_keys=True))
