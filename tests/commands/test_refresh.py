"""The display of a refresh, over a chain that says what it is told to say, on a clock that the test moves."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from tasks.commands import refresh
from tasks.commands.refresh import PATIENCE_SECONDS, follow, patience
from tasks.core.config import ServeConfig
from tasks.core.errors import FatalError, RetriableError
from tasks.local.dataset import spec_of
from tasks.local.follow import Progress, Step


class FakeChain:
    """Answers each look with the next of `looks`; an error is raised."""

    def __init__(self, *looks: Progress | Exception) -> None:
        self._looks: Iterator[Progress | Exception] = iter(looks)

    def poll(self) -> Progress:
        look = next(self._looks)
        if isinstance(look, Exception):
            raise look
        return look


class Clock:
    """`time` as the display sees it: sleeping is how it passes, an hour of it at a time."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += PATIENCE_SECONDS + 1


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(refresh, "time", made)
    return made


def shown(
    *looks: Progress | Exception, title: str = "made 2026-10", terminal: bool = False, **options: float
) -> tuple[Progress, str]:
    console = Console(file=io.StringIO(), width=200, force_terminal=terminal)
    chain: Any = FakeChain(*looks)
    progress = follow(chain, console, title, **options)
    return progress, console.file.getvalue()  # type: ignore[attr-defined]


def waiting(state: str) -> Progress:
    return Progress([Step("dataset_release", "approve", state, 0, 1)])


def test_a_chain_that_stands_still_is_reported() -> None:
    """After a while; not at the first look."""
    with pytest.raises(FatalError, match="no progress for 900 s"):
        shown(waiting("running"), waiting("running"), waiting("running"))


def test_a_server_that_loads_its_weights_is_waited_for() -> None:
    """For as long as its specification gives it, on top of the patience that everything has."""
    spec = spec_of("demo")
    assert patience(spec) == PATIENCE_SECONDS
    serve = ServeConfig(model_path="/m", start_seconds=7200)
    slow = spec.models["rewriter"].model_copy(update={"serve": serve})
    patient = patience(spec.model_copy(update={"models": {**spec.models, "rewriter": slow}}))
    assert patient == PATIENCE_SECONDS + 7200
    looks = [waiting("running")] * 4
    assert shown(*looks, Progress(finished=True), patience_seconds=patient)[0].finished


@pytest.mark.parametrize("terminal", [False, True])
def test_a_person_is_waited_for(terminal: bool) -> None:
    """As long as it takes, and is told once where to approve."""
    looks = [waiting("awaiting_input")] * 5
    progress, output = shown(*looks, Progress(finished=True), terminal=terminal)
    assert progress.finished
    assert output.count("Browse > Required Actions") == 1


def test_patience_begins_anew_when_a_person_has_answered() -> None:
    """The time they took is not held against what follows."""
    with pytest.raises(FatalError, match="no progress"):
        shown(waiting("awaiting_input"), waiting("running"), waiting("running"), waiting("running"))
    assert shown(waiting("awaiting_input"), waiting("running"), Progress(finished=True))[0].finished


@pytest.mark.parametrize("end", [Progress(skipped="no data"), Progress(refused="no"), Progress(finished=True)])
def test_it_ends_when_the_chain_does(end: Progress) -> None:
    """And hands back what it saw last, for the caller to tell."""
    assert shown(Progress(), end)[0] is end


def test_text_from_outside_is_no_markup() -> None:
    """An answer over HTTP, a title."""
    error = RetriableError("answered 500: [/RES] [red]x[/]")
    _, output = shown(error, Progress(finished=True), title="made [/x]")
    assert "waiting: answered 500: [/RES] [red]x[/]" in output
    assert "made [/x]" in output


def test_failed_tasks_are_named() -> None:
    """With what to do."""
    with pytest.raises(FatalError, match=r"failed: web_corpus__made\.dedup\..*run the same command again"):
        shown(Progress(failed=["web_corpus__made.dedup"]))
