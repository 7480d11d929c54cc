"""`backforth accept-canary`: a model answers differently, for a reason that a person knows."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tasks.commands.options import Home
from tasks.core.errors import ConfigError
from tasks.llm.canary import accept
from tasks.local.connect import local_runtime_parts
from tasks.local.settings import load_settings


def accept_canary(
    model: Annotated[str, typer.Argument(help="name@revision, as the failed task named it")],
    home: Home = None,
) -> None:
    """Take a model's newest refused answer for its own: another engine or GPU, but the weights that its revision names.

    Example: backforth accept-canary backforth-standin@rules-1
    """
    name, _, revision = model.rpartition("@")
    if not name or not revision:
        raise ConfigError(f"{model!r} is no name@revision")
    _, lineage = local_runtime_parts(load_settings(home))
    accept(lineage, name, revision)
    told = f"{model}: later answers are compared with the newest one; clear the failed tasks to go on"
    Console().print(Text(told), soft_wrap=True)
