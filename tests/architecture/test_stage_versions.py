"""A stage's VERSION is part of every key it writes, so it must not stay the same when the output changes."""

from pathlib import Path

import pytest

from tests.architecture import stage_versions
from tests.architecture.stage_versions import (
    STAGES,
    TASKS,
    TEXT,
    Stage,
    load,
    problem,
    read_stage,
    shared_texts,
    sources_sha256,
    update,
)

OLD = Stage(3, "a" * 64)


@pytest.mark.parametrize("name", STAGES)
def test_version_is_raised_with_the_output(name: str) -> None:
    """Changed sources come with a new VERSION, or with a line that says why the output stays the same."""
    assert problem(name, read_stage(TASKS / name), load().get(name)) == ""


def test_the_file_lists_exactly_the_stages() -> None:
    """A stage that is gone leaves no line behind."""
    assert tuple(load()) == STAGES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stage of three files."""
    folder = tmp_path / "stage"
    folder.mkdir()
    (folder / "run.py").write_text("VERSION = 3\n")
    (folder / "prompt_v1.jinja").write_text("Write.\n")
    (folder / "stop_words.txt").write_text("the\n")
    return folder


@pytest.mark.parametrize("name", ["run.py", "prompt_v1.jinja", "stop_words.txt", "new.py"])
def test_the_digest_sees_every_file(folder: Path, name: str) -> None:
    """Code, prompts and word lists all make the output."""
    before = sources_sha256(folder)
    with (folder / name).open("a") as file:
        file.write("# more\n")
    assert sources_sha256(folder) != before


def test_the_digest_sees_a_new_name(folder: Path) -> None:
    """The same bytes under another name are another source."""
    before = sources_sha256(folder)
    (folder / "stop_words.txt").rename(folder / "words.txt")
    assert sources_sha256(folder) != before


def test_the_digest_does_not_see_bytecode(folder: Path) -> None:
    """Running the code does not change it."""
    before = sources_sha256(folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "run.cpython-311.pyc").write_bytes(b"x")
    assert sources_sha256(folder) == before


@pytest.fixture
def shared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shared rules about texts, of which the stage imports one that imports another."""
    text = folder.parent / "tasks" / "core" / "text"
    text.mkdir(parents=True)
    (text / "words.py").write_text("from tasks.core.text.characters import printable\n")
    (text / "characters.py").write_text("SIGNS = 1\n")
    (text / "language.py").write_text("CODES = 1\n")
    (folder / "run.py").write_text("from tasks.core.text.words import words\nVERSION = 3\n")
    monkeypatch.setattr(stage_versions, "ROOT", folder.parent)
    monkeypatch.setattr(stage_versions, "TEXT", text)
    return text


@pytest.mark.parametrize(
    ("name", "is_seen"), [("words.py", True), ("characters.py", True), ("language.py", False), ("new.py", False)]
)
def test_the_digest_sees_the_shared_texts_that_are_imported(
    folder: Path, shared: Path, name: str, is_seen: bool
) -> None:
    """Also those that are imported by one of them; a change in the others asks nothing of this stage."""
    before = sources_sha256(folder)
    with (shared / name).open("a") as file:
        file.write("# more\n")
    assert (sources_sha256(folder) != before) == is_seen


def test_stages_that_share_texts_are_known() -> None:
    """On the real tree: the words of cleaning, and what parsing a rewrite needs through another file."""
    assert TEXT / "words.py" in shared_texts((TASKS / "clean").glob("*.py"))
    assert TEXT / "characters.py" in shared_texts([TASKS / "rewrite" / "parse.py"])
    assert shared_texts([TASKS / "curate" / "run.py"]) == []


def test_a_stage_without_a_version_is_an_error(folder: Path) -> None:
    """A VERSION that is computed, or missing, cannot be compared."""
    assert read_stage(folder).version == 3
    (folder / "run.py").write_text("VERSION = 1 + 2\n")
    with pytest.raises(ValueError, match="VERSION"):
        read_stage(folder)


@pytest.mark.parametrize(
    ("now", "known", "says"),
    [
        (OLD, OLD, ""),
        (OLD, Stage(3, OLD.sources_sha256, "no output change: renamed a variable"), ""),
        (OLD, Stage(3, OLD.sources_sha256, "renamed a variable"), "note"),
        (OLD, None, "not in"),
        (Stage(3, "b" * 64), OLD, "raise VERSION"),
        (Stage(4, "b" * 64), OLD, "--update"),
        (Stage(2, "b" * 64), OLD, "back to 2"),
    ],
)
def test_what_is_wrong_is_said(now: Stage, known: Stage | None, says: str) -> None:
    """Each way to be out of date has its own message, and being up to date has none."""
    found = problem("score", now, known)
    assert (says in found) if says else found == ""


def test_a_raised_version_is_taken_over_without_a_note() -> None:
    """The new number says it all."""
    assert update("score", Stage(4, "b" * 64), OLD, "why") == Stage(4, "b" * 64)
    assert update("score", OLD, None) == OLD


def test_an_unchanged_stage_keeps_its_line() -> None:
    """The reason given for one stage is not written down for the others."""
    known = Stage(3, OLD.sources_sha256, "no output change: a comment")
    assert update("score", OLD, known, "another reason") == known


def test_changed_sources_need_a_reason() -> None:
    """The same version over other sources is written down with its reason, and not without one."""
    now = Stage(3, "b" * 64)
    assert update("score", now, OLD, " a comment ") == Stage(3, "b" * 64, "no output change: a comment")
    for why in ("", "  "):
        with pytest.raises(ValueError, match="sources changed under VERSION 3"):
            update("score", now, OLD, why)
    with pytest.raises(ValueError, match="back to 2"):
        update("score", Stage(2, "b" * 64), OLD, "why")
