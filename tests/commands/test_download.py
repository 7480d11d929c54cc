"""`backforth download`: only what the lineage store vouches for is written."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import download as download_module
from tasks.core.ids import sha256_bytes
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

VERSION = "2026.10.0"
FOLDER = f"releases/made/{VERSION}"
FILES = {"data/a.parquet": b"PAR1", "README.md": b"# card"}


class Stack:
    """A store with one published release, in the place of the embedded stack."""

    def __init__(self) -> None:
        self.objects = MemoryObjects({f"{FOLDER}/{path}": data for path, data in FILES.items()})
        self.files = [{"path": path, "sha256": sha256_bytes(data)} for path, data in FILES.items()]
        self.lineage = RecordingLineage(
            {"release_by_version": self._release, "latest_release": self._latest, "all_releases": self._all}
        )
        self.state = "published"
        self.write_manifest()

    def write_manifest(self) -> None:
        """Store the manifest; lineage knows its digest."""
        data = json.dumps({"row_count": 3, "files": self.files}).encode()
        self.objects.content[f"{FOLDER}/manifest.json"] = data
        self.sha256 = sha256_bytes(data)

    def _all(self) -> list[dict[str, Any]]:
        return self._release("made", VERSION)

    def _latest(self, dataset: str) -> list[dict[str, Any]]:
        return self._release(dataset, VERSION) if self.state == "published" else []

    def _release(self, dataset: str, version: str) -> list[dict[str, Any]]:
        return [row for row in self._all() if (row["dataset"], row["version"]) == (dataset, version)]

    def _all(self) -> list[dict[str, Any]]:
        made = {"dataset": "made", "version": VERSION, "state": self.state, "manifest_sha256": self.sha256}
        return [made, {"dataset": "other", "version": "2025.1.0", "state": "published"}]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    made = Stack()
    monkeypatch.setattr(download_module, "local_runtime_parts", lambda settings: (made.objects, made.lineage))
    return made


def _run(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    given = ["download", "--dataset", "made", "--out", str(tmp_path / "out"), "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(app, [*given, *arguments], env={"COLUMNS": "300"})
    return done.exit_code, done.output


def written(tmp_path: Path) -> dict[str, bytes]:
    out = tmp_path / "out"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("release", ["latest", VERSION])
def test_a_release_is_copied_whole(stack: Stack, tmp_path: Path, release: str) -> None:
    """Every file and the manifest, byte for byte."""
    code, output = _run(tmp_path, "--release", release)
    assert code == 0
    assert f"made {VERSION}: 3 rows" in output
    found = written(tmp_path)
    assert found == {**FILES, "manifest.json": stack.objects.content[f"{FOLDER}/manifest.json"]}


def test_a_changed_file_is_refused(stack: Stack, tmp_path: Path) -> None:
    """It is named and not written, nor is the manifest that would vouch for it."""
    stack.objects.content[f"{FOLDER}/README.md"] = b"# changed"
    code, output = _run(tmp_path)
    assert code == 1
    assert f"{FOLDER}/README.md" in output and "Traceback" not in output
    assert set(written(tmp_path)) == {"data/a.parquet"}


def test_a_changed_manifest_is_refused(stack: Stack, tmp_path: Path) -> None:
    """The lineage store has its digest: a manifest that agrees with changed files is not enough."""
    stack.objects.content[f"{FOLDER}/README.md"] = b"# changed"
    data = json.dumps({"row_count": 3, "files": [{"path": "README.md", "sha256": sha256_bytes(b"# changed")}]})
    stack.objects.content[f"{FOLDER}/manifest.json"] = data.encode()
    code, output = _run(tmp_path)
    assert code == 1
    assert "manifest.json" in output
    assert written(tmp_path) == {}


@pytest.mark.parametrize("path", ["../../escaped", "/escaped", "data/../../../escaped"])
def test_a_manifest_cannot_write_elsewhere(stack: Stack, tmp_path: Path, path: str) -> None:
    """Not even one whose digest is right."""
    target = str(tmp_path) + path if path.startswith("/") else path
    stack.objects.content[f"{FOLDER}/{target}"] = b"x"
    stack.files.append({"path": target, "sha256": sha256_bytes(b"x")})
    stack.write_manifest()
    code, _ = _run(tmp_path)
    assert code == 1
    assert not list(tmp_path.rglob("escaped"))


def test_a_version_that_does_not_exist_is_an_error(stack: Stack, tmp_path: Path) -> None:
    """Said, not raised, with those there are."""
    code, output = _run(tmp_path, "--release", "9.9.9")
    assert code == 1
    assert "made has no release 9.9.9" in output and VERSION in output
    assert "Traceback" not in output


@pytest.mark.parametrize("state", ["staged", "withdrawn"])
def test_only_a_published_release_is_copied(stack: Stack, tmp_path: Path, state: str) -> None:
    """Neither one that was not checked yet nor one that was taken back."""
    stack.state = state
    code, output = _run(tmp_path, "--release", VERSION)
    assert code == 1
    assert f"release {VERSION} of dataset made is {state}, not published; published are: none" in output
    code, output = _run(tmp_path)
    assert code == 1
    assert "has no published release yet" in output
    assert not (tmp_path / "out").exists()


def test_a_folder_in_brackets_is_a_folder(stack: Stack, tmp_path: Path) -> None:
    """Its name is no markup."""
    code, output = _run(tmp_path, "--out", str(tmp_path / "[/RES]"))
    assert code == 0, output
    assert "[/RES]" in output
