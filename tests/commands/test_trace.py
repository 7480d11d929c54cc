"""`backforth verify`: what it says of a release, over a release that is told what is broken."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner

from tasks.audit.rederive import Broken
from tasks.cli import app
from tasks.commands import trace as trace_module

ROWS = [{"pair_id": "3f6b"}, {"pair_id": "9a00"}]


class FakeRelease:
    """A release of two rows; `broken` are links by pair id."""

    broken: ClassVar[dict[str, Broken]] = {}

    def __init__(self, **given: Any) -> None:
        self.given = given

    def rows(self) -> list[dict[str, Any]]:
        return ROWS

    def verify_files(self) -> list[Broken]:
        return []

    def verify(self, rows: list[dict[str, Any]]) -> Iterator[Broken | None]:
        for row in rows:
            yield self.broken.get(row["pair_id"])


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> type[FakeRelease]:
    monkeypatch.setattr(trace_module, "local_runtime_parts", lambda settings: (None, None))
    monkeypatch.setattr(trace_module, "resolve_release", lambda lineage, dataset, version: "2026.1.0")
    monkeypatch.setattr(trace_module, "Release", FakeRelease)
    monkeypatch.setattr(FakeRelease, "broken", {})
    return FakeRelease


def _verify(home: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["verify", *arguments, "--home", str(home)], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_a_sound_release_is_told_as_one(release: type[FakeRelease], tmp_path: Path) -> None:
    """With status 0."""
    code, output = _verify(tmp_path)
    assert code == 0
    assert "demo 2026.1.0: 2 rows derived again, every link holds" in output


@pytest.mark.parametrize("text", ["no [/RES] in the answer", "[red]x[/]", "[/]"])
def test_a_broken_link_is_named_as_it_is(release: type[FakeRelease], tmp_path: Path, text: str) -> None:
    """A model's answer stands in the message: brackets in it are no markup."""
    release.broken["9a00"] = Broken("9a00", "response", text)
    code, output = _verify(tmp_path)
    assert code == 1
    assert f"broken 9a00: response: {text}" in output
    assert "1 broken links in 2 rows" in output


def test_one_row_is_found_by_its_first_digits(release: type[FakeRelease], tmp_path: Path) -> None:
    """A row that is not there is an error, with the way to look further."""
    release.broken["9a00"] = Broken("9a00", "response", "x")
    assert _verify(tmp_path, "3f")[0] == 0
    code, output = _verify(tmp_path, "00")
    assert code == 1
    assert "backforth trace 00" in output
