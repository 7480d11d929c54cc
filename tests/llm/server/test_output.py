"""A server's output: bounded on the disk, and its last lines as PostgreSQL takes them."""

import io
from pathlib import Path

import pytest

from tasks.llm.server import output
from tasks.llm.server.output import TAIL_LINE_CHARS, TAIL_LINES, ServerLog


def test_everything_is_copied_and_the_last_lines_are_told(tmp_path: Path) -> None:
    """The file holds the bytes as they came; the tail is counted, so that a reader knows what is new."""
    lines = [b"line %d\n" % number for number in range(100)]
    log = ServerLog(tmp_path / "logs" / "x.log")
    log.copy(io.BytesIO(b"".join(lines)))
    log.close()
    count, tail = log.tail()
    assert count == 100
    assert tail.splitlines() == [f"line {number}" for number in range(100 - TAIL_LINES, 100)]
    assert (tmp_path / "logs" / "x.log").read_bytes() == b"".join(lines)
    assert (tmp_path / "logs" / "x.log").stat().st_mode & 0o077 == 0


def test_the_tail_is_text(tmp_path: Path) -> None:
    """NUL, broken UTF-8, progress bars and endless lines do not reach the database as such."""
    log = ServerLog(tmp_path / "x.log")
    log.copy(io.BytesIO(b"a\0b\xff\n" + b"1%\r50%\r100%\n" + b"y" * 20_000 + b"\n\x85z"))
    log.close()
    shown = log.tail()[1].split("\n")
    assert shown[:2] == ["ab\ufffd", "100%"]
    assert {len(line) for line in shown[2:-1]} == {TAIL_LINE_CHARS}
    assert shown[-1].endswith("z")


def test_the_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that writes for weeks has two files of the largest size, no more; the newest lines are kept."""
    monkeypatch.setattr(output, "MAX_BYTES", 1_000)
    log = ServerLog(tmp_path / "x.log")
    log.copy(io.BytesIO(b"".join(b"%09d\n" % number for number in range(1_000))))
    log.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["x.log", "x.log.1"]
    assert all(file.stat().st_size <= 1_010 for file in files)
    assert files[0].read_bytes().endswith(b"000000999\n")
