"""`backforth status`, `logs` and errors, on a home where nothing runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tasks.cli import app
from tasks.local import stack
from tasks.local.service import State
from tasks.local.settings import load_settings


def _run(home: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*arguments, "--home", str(home)], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_status_of_a_stack_that_is_down_is_an_error(tmp_path: Path) -> None:
    """A script can ask whether all is well."""
    code, output = _run(tmp_path, "status")
    assert code == 1
    assert output.count("down") == 7


def test_logs_show_the_end_of_one_or_of_all(tmp_path: Path) -> None:
    """One service's lines stand alone, those of several carry its name."""
    settings = load_settings(tmp_path)
    settings.log_file("s3").write_text("one\ntwo\nthree\n")
    settings.log_file("scheduler").write_text("four\n")
    assert _run(tmp_path, "logs", "s3", "-n", "2") == (0, "two\nthree\n")
    code, output = _run(tmp_path, "logs")
    assert code == 0
    assert "s3            | three" in output
    assert "scheduler     | four" in output
    assert _run(tmp_path, "logs", "airflow") == (0, "four\n")


def test_an_error_of_ours_is_shown_without_a_traceback(tmp_path: Path) -> None:
    """What went wrong and what to do, and status 1."""
    code, output = _run(tmp_path, "logs", "nothing")
    assert code == 1
    assert "no service nothing" in output
    assert "Traceback" not in output


def test_down_of_a_stack_that_is_down_is_fine(tmp_path: Path) -> None:
    """Nothing to stop is no error."""
    code, output = _run(tmp_path, "down")
    assert code == 0
    assert "no process" in output


def test_a_detail_in_brackets_is_shown_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a service says is no markup."""
    told = State("s3", "unhealthy", "http://[::1]:1", detail="answered [/RES]")
    monkeypatch.setattr(stack, "states", lambda settings: [told])
    code, output = _run(tmp_path, "status")
    assert code == 1
    assert "answered [/RES]" in output
