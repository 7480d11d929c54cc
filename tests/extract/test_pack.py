"""Packing saved pages into WARC files."""

import gzip
import re
from pathlib import Path

import pytest

from tasks.core.errors import ConfigError
from tasks.extract.pack import PageSource, canonical_url, pack_folder, pack_pages
from tasks.extract.warc import SourceRecord, read

LIMIT = 1_000_000


def pages(path: Path) -> list[SourceRecord]:
    found = list(read(path, max_record_bytes=LIMIT))
    assert all(isinstance(one, SourceRecord) for one in found)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pages"
    (root / "sub dir").mkdir(parents=True)
    (root / "b.html").write_text("<p>B</p>")
    (root / "sub dir" / "ä.HTM").write_text("<p>A umlaut</p>")
    (root / "c.xhtml").write_text('<link href="https://site.example/c?x=1&amp;y=2" rel="canonical"/><p>C</p>')
    (root / "style.css").write_text("p {}")
    return root


def test_a_folder_becomes_a_warc_in_the_order_of_its_paths(folder: Path, tmp_path: Path) -> None:
    """Each HTML file is a response under its canonical address, or one made from its path."""
    seen: list[int] = []
    out = tmp_path / "out" / "pages.warc.gz"
    assert pack_folder(folder, out, base_url="https://base.example/x", on_page=lambda: seen.append(1)) == 3
    assert [(one.target_uri, one.content_type, one.status, one.record_at) for one in pages(out)] == [
        ("https://base.example/x/b.html", "text/html", 200, "2026-01-01T00:00:00Z"),
        ("https://site.example/c?x=1&y=2", "application/xhtml+xml", 200, "2026-01-01T00:00:00Z"),
        ("https://base.example/x/sub%20dir/%C3%A4.HTM", "text/html", 200, "2026-01-01T00:00:00Z"),
    ]
    assert pages(out)[0].payload == b"<p>B</p>"
    assert len(seen) == 3


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_two_packings_give_the_same_bytes(folder: Path, tmp_path: Path, name: str) -> None:
    """No clock and no random number goes into the file, nor does its name."""
    for target in ("one", "two"):
        pack_folder(folder, tmp_path / target / name)
    data = (tmp_path / "one" / name).read_bytes()
    assert data == (tmp_path / "two" / name).read_bytes()
    plain = gzip.decompress(data) if name.endswith(".gz") else data
    assert set(re.findall(rb"WARC-Date: (.*)\r", plain)) == {b"2026-01-01T00:00:00Z"}


def test_a_changed_page_changes_its_record_only(folder: Path, tmp_path: Path) -> None:
    """Record ids are made from the content."""
    pack_folder(folder, tmp_path / "one.warc.gz")
    (folder / "b.html").write_text("<p>B changed</p>")
    pack_folder(folder, tmp_path / "two.warc.gz")
    before, after = pages(tmp_path / "one.warc.gz"), pages(tmp_path / "two.warc.gz")
    assert [old.record_name == new.record_name for old, new in zip(before, after, strict=True)] == [False, True, True]


def test_a_folder_without_pages_says_so(tmp_path: Path) -> None:
    """An empty corpus is a mistake of the caller, with the number of files that were left out."""
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(ConfigError, match=r"no HTML file in it \(1 other"):
        pack_folder(tmp_path, tmp_path / "out.warc.gz")
    with pytest.raises(ConfigError, match="no such folder"):
        pack_folder(tmp_path / "missing", tmp_path / "out.warc.gz")
    assert not (tmp_path / "out.warc.gz").exists()


def test_a_failure_leaves_no_half_file(tmp_path: Path) -> None:
    """The file appears under its name only when it is complete."""

    def broken():
        yield PageSource("https://pages.example/1", b"<p>1</p>")
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        pack_pages(broken(), tmp_path / "out.warc.gz")
    assert list(tmp_path.iterdir()) == []


def test_pages_with_their_own_status_headers_and_date(tmp_path: Path) -> None:
    """Everything a server may send can be packed, broken pages included."""
    page = PageSource(
        "https://pages.example/x",
        b"",
        content_type="text/plain",
        status=404,
        date="2025-05-06T07:08:09Z",
        headers=(("X-A", "b"),),
    )
    assert pack_pages([page], tmp_path / "out.warc.gz") == 1
    (found,) = pages(tmp_path / "out.warc.gz")
    assert (found.status, found.content_type, found.payload, found.record_at) == (
        404,
        "text/plain",
        b"",
        "2025-05-06T07:08:09Z",
    )


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ('<link rel="canonical" href="https://a.example/x">', "https://a.example/x"),
        ("<LINK HREF='http://a.example/' REL=canonical>", "http://a.example/"),
        ("<link rel=canonical href=https://a.example/y>", "https://a.example/y"),
        ('<link rel="canonical" href="/relative">', None),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="https://a.example/a b">', None),
        ('<link rel="canonical" href="https://[broken">', None),
        ('<link rel="canonical">', None),
        ('<link rel="stylesheet" href="https://a.example/s.css">', None),
    ],
)
def test_canonical_links(html: str, url: str | None) -> None:
    """Only a whole web address is taken from a page."""
    assert canonical_url(html.encode()) == url
