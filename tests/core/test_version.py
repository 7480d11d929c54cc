"""Which code runs is read from git's files, without git."""

from pathlib import Path

import pytest

from tasks.core.version import _commit, code_version

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_of_this_checkout() -> None:
    """A release, and a commit where there is one."""
    release, _, commit = code_version().partition("+")
    assert release[0].isdigit()
    if (Path(__file__).parents[2] / ".git").is_dir():
        assert len(commit) == 12 and int(commit, 16) >= 0


@pytest.mark.parametrize("where", ["detached", "loose", "packed"])
def test_the_three_places_of_a_commit(tmp_path: Path, where: str) -> None:
    """In HEAD itself, in the branch's file, or packed."""
    ref = "refs/heads/a/main"
    (tmp_path / "HEAD").write_text(f"{COMMIT}\n" if where == "detached" else f"ref: {ref}\n")
    if where == "loose":
        (tmp_path / ref).parent.mkdir(parents=True)
        (tmp_path / ref).write_text(f"{COMMIT}\n")
    (tmp_path / "packed-refs").write_text(
        f"# pack-refs with: peeled\n{'f' * 40} {ref}-other\n{'e' * 40} x/{ref}\n"
        + (f"{COMMIT} {ref}\n" if where == "packed" else "")
    )
    assert _commit(tmp_path) == COMMIT


def test_outside_a_checkout(tmp_path: Path) -> None:
    """No commit, no error: an image has no .git, and a worktree's .git is a file."""
    assert _commit(tmp_path / "none") == ""
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert _commit(tmp_path / ".git") == ""
    (tmp_path / "HEAD").write_text("ref: refs/heads/unborn\n")
    assert _commit(tmp_path) == ""
