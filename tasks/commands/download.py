"""`backforth download`: a published release as a folder that `datasets.load_dataset` reads."""

import hashlib
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from tasks.commands.options import Home
from tasks.core.errors import ConfigError, FatalError
from tasks.lineage.store import PostgresLineage
from tasks.local.connect import local_runtime_parts
from tasks.local.settings import load_settings


def download(
    dataset: Annotated[str, typer.Option(help="dataset name")] = "demo",
    release: Annotated[str, typer.Option(help="version, or latest")] = "latest",
    out: Annotated[Path | None, typer.Option(help="folder to write; DATASET-VERSION by default")] = None,
    home: Home = None,
) -> None:
    """Copy a published release to a folder, checking every digest.

    Example: backforth download --dataset demo --out demo-set
    """
    console = Console()
    objects, lineage = local_runtime_parts(load_settings(home))
    version = resolve_release(lineage, dataset, release)
    folder = f"releases/{dataset}/{version}"
    out = out or Path(f"{dataset}-{version}")
    manifest = json.loads(objects.get(f"{folder}/manifest.json"))
    for file in track(manifest["files"], description="downloading", console=console, transient=True):
        data = objects.get(f"{folder}/{file['path']}")
        if hashlib.sha256(data).hexdigest() != file["sha256"]:
            raise FatalError(
                f"{folder}/{file['path']}: its bytes do not have the digest in manifest.json; nothing more was copied"
            )
        target = out / file["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (out / "manifest.json").write_bytes(objects.get(f"{folder}/manifest.json"))
    console.print(f"{dataset} {version}: {manifest['row_count']} rows in {out}/")


def resolve_release(lineage: PostgresLineage, dataset: str, release: str) -> str:
    """Return the version that `release` names: itself, or that of the latest published one."""
    rows = lineage.fetch("latest_release", dataset=dataset)
    if release != "latest":
        return release
    if not rows:
        raise ConfigError(f"dataset {dataset} has no published release yet; run `backforth demo` or trigger its Dags")
    return str(rows[0]["version"])
