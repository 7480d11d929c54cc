"""`backforth inspect`: pages that a rule threw away, beside what was made of them; what they hold is only text."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import inspect as inspect_module
from tasks.extract.pack import PageSource
from tests.commands.corpus_files import FILE, GONE, SHORT, TREE, html, warc

EVIL = PageSource(
    url="https://evil.example/\u202e<script>alert(1)</script>",
    body=html(
        "Soon &lt;script&gt;alert(2)&lt;/script&gt; \x1b[31m\x9b5m\n\nNo text yet.</p><script>alert(3)</script><p>",
        '"><img src="https://evil.example/x.png" onerror="alert(4)">',
    ),
)


class Found(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def run(command: str, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [command, *arguments], env={"COLUMNS": "160"})
    return done.exit_code, done.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return warc(tmp_path / "pages.warc.gz", TREE, SHORT, GONE, EVIL, FILE)


@pytest.fixture
def made(file: Path, tmp_path: Path) -> Path:
    """What `backforth extract` has made of the file."""
    assert run("extract", str(file), "--out", str(tmp_path / "out"), "--jobs", "1")[0] == 0
    return tmp_path / "out"


def test_a_rejected_page_is_shown_beside_its_text(made: Path) -> None:
    """With its address, the reason, what the rule found, and what the page says."""
    code, output = run("inspect", str(made), "--reason", "too_short")
    assert code == 0, output
    assert SHORT.url in output
    assert "too_short" in output
    shown = next(line for line in output.splitlines() if "will have a text one day" in line)
    assert shown.count("will have a text one day") == 2  # extracted, and all of the page


def test_a_page_that_no_text_was_extracted_from_is_shown_too(made: Path) -> None:
    """The page's own text stands beside the reason."""
    _, output = run("inspect", str(made), "--reason", "http_error_status")
    assert GONE.url in output
    assert "Not here." in output
    assert "none: see the reason" in output


def test_a_record_that_is_text_is_shown_as_it_came(tmp_path: Path) -> None:
    """Lines and rows have no markup."""
    (tmp_path / "a.jsonl").write_text('{"text": "Soon\\nThere will be a text here one day."}\n')
    code, output = run("inspect", str(tmp_path / "a.jsonl"), "--reason", "too_short")
    assert code == 0, output
    assert output.count("There will be a text here") == 2


def test_without_a_reason_they_are_counted(made: Path) -> None:
    """And the next command is told."""
    code, output = run("inspect", str(made))
    assert code == 0
    assert next(line for line in output.splitlines() if "too_short" in line).split()[:3] == [
        "too_short",
        "filters",
        "2",
    ]
    assert f"backforth inspect {made} --reason too_short" in output


def test_a_reason_that_there_is_not_names_those_there_are(made: Path) -> None:
    """With their counts."""
    code, output = run("inspect", str(made), "--reason", "too_shrt")
    assert code == 1
    assert "too_short (2)" in output


def test_a_file_goes_through_the_stages_first(file: Path) -> None:
    """Nothing is left of that."""
    code, output = run("inspect", str(file), "--reason", "too_short")
    assert code == 0, output
    assert SHORT.url in output
    assert {path.name for path in file.parent.iterdir()} == {file.name}


def test_the_page_holds_no_markup_from_the_web(made: Path, tmp_path: Path) -> None:
    """No script, no picture, no handler; the policy forbids what escaping might have missed, and texts are whole."""
    out = tmp_path / "rejects.html"
    code, _ = run("inspect", str(made), "--reason", "too_short", "--html", str(out))
    assert code == 0
    page = out.read_text(encoding="utf-8")
    found = Found(page)
    assert not found.tags & {"script", "img", "iframe", "object", "link", "a", "form"}
    assert not {name for name in found.attributes if name.startswith("on") or name in {"src", "href"}}
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "&lt;script&gt;alert(3)" in page
    assert not set(page) & {"\x1b", "\x9b", "\u202e"}


def test_a_terminal_gets_no_control_characters(made: Path) -> None:
    """Whatever the page holds."""
    _, output = run("inspect", str(made), "--reason", "too_short", "--limit", "5")
    assert "evil.example" in output
    assert not set(output) & {"\x1b", "\x9b", "\u202e"}


def test_the_choice_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    """And another one for another seed."""
    pages = [PageSource(url=f"https://x.example/{n}", body=html(f"Page {n}\n\nSoon.")) for n in range(30)]
    file = str(warc(tmp_path / "many.warc.gz", *pages))
    run("extract", file, "--out", str(tmp_path / "out"), "--jobs", "1")
    one, again, other = (
        run("inspect", str(tmp_path / "out"), "--reason", "too_short", "--limit", "3", "--seed", seed)[1]
        for seed in ("1", "1", "2")
    )
    assert one == again != other


def test_a_source_that_is_gone_costs_the_page_and_no_more(made: Path, file: Path) -> None:
    """The text that was extracted is still shown, and where the page was looked for."""
    file.unlink()
    code, output = run("inspect", str(made), "--reason", "too_short")
    assert code == 0
    assert "will have a text one day" in output
    assert "the page cannot be shown" in output


def test_a_folder_of_something_else_is_told(tmp_path: Path) -> None:
    """With the command that makes one."""
    code, output = run("inspect", str(tmp_path))
    assert code == 1
    assert "backforth extract" in output


def test_a_page_can_be_opened(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary one where none is named."""
    opened: list[str] = []
    monkeypatch.setattr(inspect_module.webbrowser, "open", opened.append)
    code, _ = run("inspect", str(made), "--reason", "too_short", "--open")
    assert code == 0
    path = Path(opened[0].removeprefix("file://"))
    assert SHORT.url in path.read_text(encoding="utf-8")
    path.unlink()
