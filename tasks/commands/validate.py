"""`backforth validate` and `backforth schema`: is a dataset specification right, and what may stand in one."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.core.presets import PRESETS, flattened
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
            for line in _preset_lines(spec):
                console.print(line, markup=False, highlight=False)
    if failed:
        raise typer.Exit(1)


def _preset_lines(spec: DatasetSpec) -> list[str]:
    """Return a line for each value that the specification's preset set, and one for what it cannot set."""
    values = flattened(spec.model_dump(mode="json"))
    lines = [
        f"         preset {spec.preset}: {key} = {json.dumps(value)}"
        for key, value in flattened(PRESETS[spec.preset]).items()
        if values[key] == value
    ]
    if spec.preset != "backforth" and not spec.release.seed_pairs:
        lines.append(f"         preset {spec.preset}: seed pairs are expected; name them in release.seed_pairs")
    return lines


def schema() -> None:
    """Print the JSON Schema of a specification, for editors.

    Example: backforth schema > dags/datasets/spec.schema.json
    """
    print(json.dumps(json_schema(), indent=2, sort_keys=True))
