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
from tasks.core.runtime import Row
from tasks.lineage.store import PostgresLineage
from tasks.local.connect import local_runtime_parts
from tasks.local.settings import load_settings
from tasks.storage.keys import check_key


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
    found = find_release(lineage, dataset, release)
    version = found["version"]
    folder = f"releases/{dataset}/{version}"
    out = out or Path(f"{dataset}-{version}")
    data = objects.get(f"{folder}/manifest.json")
    if hashlib.sha256(data).hexdigest() != found["manifest_sha256"]:
        raise FatalError(f"{folder}/manifest.json: its bytes do not have the recorded digest; nothing was copied")
    manifest = json.loads(data)
    for file in track(manifest["files"], description="downloading", console=console, transient=True):
        content = objects.get(f"{folder}/{check_key(file['path'])}")
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise FatalError(
                f"{folder}/{file['path']}: its bytes do not have the digest in manifest.json; nothing more was copied"
            )
        target = out / file["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (out / "manifest.json").write_bytes(data)
    console.print(f"{dataset} {version}: {manifest['row_count']} rows in {out}/", markup=False)


def find_release(lineage: PostgresLineage, dataset: str, release: str) -> Row:
    """Return the published release that `release` names: a version, or `latest`.

    Raises ConfigError naming the published versions when there is none of this name, or it is not published.
    """
    if release == "latest":
        found = lineage.fetch("latest_release", dataset=dataset)
        missing = f"dataset {dataset} has no published release yet; run `backforth demo` or trigger its Dags"
    else:
        named = lineage.fetch("release_by_version", dataset=dataset, version=release)
        found = [row for row in named if row["state"] == "published"]
        missing = f"dataset {dataset} has no release {release}"
        if named:
            missing = f"release {release} of dataset {dataset} is {named[0]['state']}, not published"
    if found:
        return found[0]
    rows = lineage.fetch("all_releases")
    there = [row["version"] for row in rows if row["dataset"] == dataset and row["state"] == "published"]
    raise ConfigError(f"{missing}; published are: {', '.join(there) or 'none'}")


def resolve_release(lineage: PostgresLineage, dataset: str, release: str) -> str:
    """Return the version that `release` names."""
    return str(find_release(lineage, dataset, release)["version"])
