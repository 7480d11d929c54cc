"""`backforth accept-canary`: what it accepts, and for which model."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tasks.commands import accept_canary as module
from tasks.core.errors import ConfigError

app = typer.Typer()
app.command()(module.accept_canary)


@pytest.fixture
def accepted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(module, "local_runtime_parts", lambda settings: (None, None))
    monkeypatch.setattr(module, "accept", lambda lineage, name, revision: found.append((name, revision)))
    return found


def test_name_and_revision_are_told_apart_at_the_last_sign(accepted: list[tuple[str, str]], tmp_path: Path) -> None:
    """A revision holds no @, a name may."""
    done = CliRunner().invoke(app, ["org@home/judge-7b@0123abcd", "--home", str(tmp_path)])
    assert (done.exit_code, accepted) == (0, [("org@home/judge-7b", "0123abcd")])
    assert "clear the failed tasks" in done.output


@pytest.mark.parametrize("model", ["judge-7b", "@0123", "judge-7b@"])
def test_half_a_name_is_refused(accepted: list[tuple[str, str]], tmp_path: Path, model: str) -> None:
    """Nothing is accepted for a model that was not named."""
    done = CliRunner().invoke(app, [model, "--home", str(tmp_path)])
    assert isinstance(done.exception, ConfigError)
    assert accepted == []
