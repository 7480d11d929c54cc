"""The pages of the corpus part: packed once, and repeated without a change to a record."""

from pathlib import Path

import pytest

from tasks.core.errors import ConfigError
from tasks.extract.warc import read
from tests.bench import corpus_pages


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two folders of pages in place of the packages'."""
    for name in ("a/one.html", "a/deep/two.html", "b/three.html", "b/empty.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("" if "empty" in name else f"<p>{name}</p>")
    folders = [(tmp_path / name, f"https://{name}.example/", 10) for name in "ab"]
    monkeypatch.setattr(corpus_pages, "FOLDERS", folders)


@pytest.mark.usefixtures("pages")
def test_pages_have_the_addresses_of_their_folders(tmp_path: Path) -> None:
    """Empty files are no pages; so many as are asked for are taken, in the order of the folders."""
    assert {url for _, url in corpus_pages.found_pages()} == {
        "https://a.example/one.html",
        "https://a.example/deep/two.html",
        "https://b.example/three.html",
    }
    assert {url[:16] for _, url in corpus_pages.found_pages(2)} == {"https://a.exampl"}


@pytest.mark.usefixtures("pages")
def test_a_repeated_file_has_every_record_so_many_times(tmp_path: Path) -> None:
    """Joined WARC files are a WARC file."""
    assert corpus_pages.pack(tmp_path / "x.warc.gz")[0] == 3
    corpus_pages.repeat(tmp_path / "x.warc.gz", 4, tmp_path / "many.warc.gz")
    records = [*read(tmp_path / "many.warc.gz", max_record_bytes=10**6)]
    assert len(records) == 12
    assert len({record.record_sha256 for record in records}) == 3


def test_without_the_packages_it_says_which_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the names that apt-get takes."""
    monkeypatch.setattr(corpus_pages, "FOLDERS", [(tmp_path, "https://a.example/", 10)])
    with pytest.raises(ConfigError, match="debian-handbook"):
        corpus_pages.pack(tmp_path / "x.warc.gz")
