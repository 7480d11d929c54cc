"""`backforth validate` and `backforth schema`: is a dataset specification right, and what may stand in one."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.core.presets import flattened, values_of
from tasks.core.spec import json_schema, load_spec
from tasks.llm.budget import currency_of
from tasks.llm.server.command import servers_of
from tasks.llm.tokenizer import local_tokenizer


def validate(
    specs: Annotated[list[Path], typer.Argument(help="specification files, as in dags/datasets/")],
) -> None:
    """Check dataset specifications; say which file, which key, and what is allowed there.

    Example: backforth validate dags/datasets/*.yaml
    """
    say = partial(Console().print, markup=False, highlight=False, soft_wrap=True)
    failed = False
    for path in specs:
        try:
            spec = load_spec(path)
            _check_models(spec)
        except ConfigError as error:
            failed = True
            say(Text.assemble(("invalid", "red"), f"  {path}"))
            say(str(error))
        else:
            roles = ", ".join(f"{role}={model.name}" for role, model in spec.models.items())
            told = f"    {path}: dataset {spec.name}, {spec.schedule.cron!r}, {roles}"
            say(Text.assemble(("valid", "green"), told))
            for line in _preset_lines(spec):
                say(line)
    if failed:
        raise typer.Exit(1)


def _check_models(spec: DatasetSpec) -> None:
    """Raise ConfigError for what the parts of several models say together, which a task would find when it runs.

    A tokenizer is compared with its digest where its folder is on this machine.
    """
    servers_of(spec.models)
    currency_of(spec)
    for model in spec.models.values():
        if model.tokenizer and Path(model.tokenizer).is_dir():
            local_tokenizer(model)


def _preset_lines(spec: DatasetSpec) -> list[str]:
    """Return a line for each value that the specification's preset set, and one for what it cannot set."""
    values = flattened(spec.model_dump(mode="json"))
    lines = [
        f"         preset {spec.preset}: {key} = {json.dumps(value)}"
        for key, value in values_of(spec.preset).items()
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
