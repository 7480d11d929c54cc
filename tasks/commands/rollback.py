"""`backforth rollback`: which release `latest` means, when the newest is not the one."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tasks.commands.download import find_release
from tasks.commands.options import Home
from tasks.core.errors import ConfigError
from tasks.local.connect import local_runtime_parts
from tasks.local.settings import load_settings
from tasks.publish.release import write_latest


def rollback(
    version: Annotated[str, typer.Argument(help="the published version that `latest` is to mean, or newest")],
    reason: Annotated[str, typer.Option(help="why; kept in lineage")],
    dataset: Annotated[str, typer.Option(help="dataset name")] = "demo",
    home: Home = None,
) -> None:
    """Pin `latest` to an earlier release; `newest` lifts the pin. No release is changed or removed by it.

    Example: backforth rollback 2026.10.0 --dataset web_instructions --reason "the judge of November was too mild"
    """
    objects, lineage = local_runtime_parts(load_settings(home))
    wanted = None if version == "newest" else str(find_release(lineage, dataset, version)["version"])
    with lineage.lock("publish", dataset):
        if not lineage.execute("pin_release", dataset=dataset, version=wanted, reason=reason):
            raise ConfigError(f"{dataset} {wanted}: was withdrawn meanwhile; nothing was pinned")
        write_latest(dataset, objects, lineage)
    now = find_release(lineage, dataset, "latest")
    told = f"{dataset}: latest is {now['version']}" + (
        f", until `backforth rollback newest --dataset {dataset} --reason ...`" if wanted else ", and follows new ones"
    )
    Console().print(Text(told), soft_wrap=True)
