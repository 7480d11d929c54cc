"""`backforth corpus from-html`: a folder of saved pages becomes a file that `backforth run --warc` takes."""

from pathlib import Path

from typer.testing import CliRunner

from tasks.cli import app
from tasks.extract.warc import SourceRecord, read


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["corpus", "from-html", *arguments], env={"COLUMNS": "300"})
    return done.exit_code, done.output


def test_a_folder_becomes_a_warc(tmp_path: Path) -> None:
    """It says how many pages, and what to do next."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text("<p>A</p>")
    (tmp_path / "in" / "b.htm").write_text("<p>B</p>")
    out = tmp_path / "pages.warc.gz"
    code, output = _run(str(tmp_path / "in"), "--out", str(out), "--base-url", "https://tea.example/")
    assert code == 0
    assert "2 pages in" in output and f"backforth run --warc {out}" in output.replace("\n", "")
    pages = [one for one in read(out, max_record_bytes=10**6) if isinstance(one, SourceRecord)]
    assert [page.target_uri for page in pages] == ["https://tea.example/a.html", "https://tea.example/b.htm"]


def test_a_file_in_brackets_is_a_file(tmp_path: Path) -> None:
    """Its name is no markup."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text("<p>A</p>")
    (tmp_path / "[/RES]").mkdir(parents=True)
    code, output = _run(str(tmp_path / "in"), "--out", str(tmp_path / "[/RES]" / "p.warc.gz"))
    assert code == 0
    assert "[/RES]/p.warc.gz" in output.replace("\n", "")


def test_a_folder_without_pages_is_an_error(tmp_path: Path) -> None:
    """Said without a traceback; no file is left behind."""
    (tmp_path / "notes.txt").write_text("x")
    code, output = _run(str(tmp_path), "--out", str(tmp_path / "pages.warc.gz"))
    assert code == 1
    assert "no HTML file" in output.replace("\n", " ")
    assert not (tmp_path / "pages.warc.gz").exists()


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """Before anything is written."""
    code, _ = _run(str(tmp_path / "none"), "--out", str(tmp_path / "pages.warc.gz"))
    assert code != 0
    assert list(tmp_path.iterdir()) == []
