"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

from tasks.local.settings import HOME_VARIABLE

Home = Annotated[
    Path | None,
    typer.Option("--home", envvar=HOME_VARIABLE, help="Folder of the embedded stack.", show_default=".local"),
]
