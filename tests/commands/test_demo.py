"""`backforth run`: what it starts and what it says, over a stack that is not there."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import demo as demo_module
from tasks.local.dataset import Published
from tasks.local.follow import Progress

ROW = {
    "id": "3f6b",
    "messages": [{"role": "user", "content": "What is [/RES]?"}, {"role": "assistant", "content": "[red]It[/] is."}],
    "score": 5,
    "source_url": "https://tea.example/[/x]",
}


class Fakes:
    """What the stack answers, and how the chain was started."""

    def __init__(self) -> None:
        self.new_count = 0
        self.progress = Progress(finished=True)
        self.published: Published | None = Published("2026.10.0", "releases/my_pages/2026.10.0", 70, [ROW])
        self.limit: int | None = None
        self.started: list[bool] = []

    def chain(self, *given: Any, **named: Any) -> Any:
        return SimpleNamespace(start=self._start)

    def _start(self, *, fresh: bool = False) -> bool:
        self.started.append(fresh)
        return not fresh

    def find(self, *given: Any, limit: int | None = None) -> Published | None:
        self.limit = limit
        return self.published


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    from tasks.local.rest import AirflowRest
    from tasks.local.settings import load_settings

    made = Fakes()
    monkeypatch.setattr(demo_module.stack, "up", lambda *given, **named: None)
    monkeypatch.setattr(
        demo_module, "connect", lambda settings: (None, None, AirflowRest(load_settings(settings.home)))
    )
    monkeypatch.setattr(demo_module, "put_sources", lambda *given: made.new_count)
    monkeypatch.setattr(demo_module, "wait_for_dags", lambda *given: None)
    monkeypatch.setattr(demo_module, "Chain", made.chain)
    monkeypatch.setattr(demo_module, "follow", lambda *given, **named: made.progress)
    monkeypatch.setattr(demo_module, "published", made.find)
    return made


def _run(tmp_path: Path) -> tuple[int, str]:
    warc, home = tmp_path / "pages.warc.gz", tmp_path / "[/home]"
    warc.touch()
    arguments = ["run", "--warc", str(warc), "--partition", "2026-10", "--home", str(home)]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "300"})
    return done.exit_code, done.output


@pytest.mark.parametrize(("new_count", "said"), [(0, "joined the refresh"), (1, "refreshing"), (2, "refreshing")])
def test_new_files_make_a_refresh_of_their_own(fakes: Fakes, tmp_path: Path, new_count: int, said: str) -> None:
    """A refresh under way may not have seen them; files that were there already need none."""
    fakes.new_count = new_count
    code, output = _run(tmp_path)
    assert code == 0, output
    assert fakes.started == [new_count > 0]
    assert said in output


def test_the_release_is_shown(fakes: Fakes, tmp_path: Path) -> None:
    """All its rows are counted, few are read, and brackets in them are no markup."""
    code, output = _run(tmp_path)
    assert code == 0
    assert "published my_pages 2026.10.0: 70 rows" in output and fakes.limit == 3
    for text in ("What is [/RES]?", "[red]It[/] is.", "https://tea.example/[/x]", "[/home]", "trace 3f6b"):
        assert text in output, text


def test_no_data_is_said_and_no_error(fakes: Fakes, tmp_path: Path) -> None:
    """In the words of the chain."""
    fakes.progress = Progress(skipped="web_corpus__my_pages: the partition has no data")
    code, output = _run(tmp_path)
    assert code == 0
    assert "nothing was published: web_corpus__my_pages: the partition has no data" in output
    assert "published my_pages" not in output


def test_a_refusal_is_an_error(fakes: Fakes, tmp_path: Path) -> None:
    """Even where an earlier release of the partition is published."""
    fakes.progress = Progress(refused="dataset_release__my_pages: refused by the person asked to approve it")
    code, output = _run(tmp_path)
    assert code == 1
    assert "refused by the person asked to approve it" in output
    assert "published my_pages" not in output
