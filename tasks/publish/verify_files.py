"""Are the files of a release still those that its manifest names?"""

import hashlib
import json
from typing import Any

from tasks.core.ids import sha256_bytes
from tasks.core.runtime import ObjectStore
from tasks.publish.files import COPY_BYTES


def verify_release_files(
    objects: ObjectStore, dataset: str, version: str, *, manifest_sha256: str | None = None
) -> list[str]:
    """Compare every file of a release with the digest in its manifest; return what is wrong, best nothing.

    `manifest_sha256` is the digest of the release as the lineage store has it; without it the manifest is trusted.
    """
    folder = f"releases/{dataset}/{version}"
    try:
        data = objects.get(f"{folder}/manifest.json")
    except KeyError:
        return [f"{folder}/manifest.json: is missing; the release was never completed or was deleted"]
    if manifest_sha256 and sha256_bytes(data) != manifest_sha256:
        return [f"{folder}/manifest.json: digest {sha256_bytes(data)}, recorded {manifest_sha256}; it was changed"]
    try:
        files: list[dict[str, Any]] = json.loads(data)["files"]
    except (ValueError, KeyError, TypeError) as error:
        return [f"{folder}/manifest.json: cannot be read ({type(error).__name__}: {error})"]
    problems = [problem for file in files if (problem := _compare(objects, f"{folder}/{file['path']}", file))]
    expected = {f"{folder}/{file['path']}" for file in files} | {f"{folder}/manifest.json"}
    strays = sorted(set(objects.list(f"{folder}/")) - expected)
    return problems + [f"{key}: is not named by the manifest" for key in strays]


def _compare(objects: ObjectStore, key: str, file: dict[str, Any]) -> str:
    digest = hashlib.sha256()
    try:
        with objects.open(key) as stream:
            while block := stream.read(COPY_BYTES):
                digest.update(block)
    except KeyError:
        return f"{key}: is missing"
    found = digest.hexdigest()
    return (
        "" if found == file["sha256"] else f"{key}: digest {found}, the manifest says {file['sha256']}; it was changed"
    )
