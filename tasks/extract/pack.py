"""Packs saved HTML pages into a WARC file. The same pages give the same bytes: no clock, no random ids."""

import html
import io
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tasks.core.errors import ConfigError
from tasks.core.ids import content_id, sha256_bytes
from tasks.extract.warc import MAX_VALUE_BYTES

DEFAULT_DATE = "2026-01-01T00:00:00Z"
CONTENT_TYPES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml"}
_HEAD_BYTES = 65_536
_LINK = re.compile(rb"<link\b[^>]{0,4000}>", re.IGNORECASE)
_CANONICAL = re.compile(rb"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_SOFTWARE = "backforth corpus from-html"


@dataclass(frozen=True, slots=True)
class PageSource:
    """One page as a web server would send it; `date` is ISO 8601 in UTC, `headers` are sent beside Content-Type."""

    url: str
    body: bytes
    content_type: str = "text/html"
    status: int = 200
    date: str = DEFAULT_DATE
    headers: tuple[tuple[str, str], ...] = ()


def pack_folder(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    base_url: str = "https://pages.example/",
    date: str = DEFAULT_DATE,
    on_page: Callable[[], object] | None = None,
) -> int:
    """Write the HTML files below `folder` to the WARC file `out`, in the order of their paths; return how many.

    A page's address is its canonical link when it names one, else `base_url` and its path. `on_page` is called
    after each page. Raises ConfigError when there is no HTML file.
    """
    root = Path(folder)
    files, left_out = html_files(root)
    if not files:
        raise ConfigError(
            f"{root}: no HTML file in it ({left_out} other files); pages must end in {', '.join(CONTENT_TYPES)}"
        )
    return pack_pages((_page(root, path, base_url, date) for path in files), out, date=date, on_page=on_page)


def html_files(root: Path) -> tuple[list[Path], int]:
    """Return the HTML files below `root` in the order of their paths, and how many other files there are."""
    if not root.is_dir():
        raise ConfigError(f"{root}: no such folder")
    files = [path for path in root.rglob("*") if path.is_file()]
    pages = [path for path in files if path.suffix.lower() in CONTENT_TYPES]
    return sorted(pages, key=lambda path: path.relative_to(root).as_posix()), len(files) - len(pages)


def pack_pages(
    pages: Iterable[PageSource],
    out: str | os.PathLike[str],
    *,
    date: str = DEFAULT_DATE,
    on_page: Callable[[], object] | None = None,
) -> int:
    """Write `pages` to the WARC file `out`, compressed when it ends in .gz; return how many there were.

    Pages are taken one at a time. The file appears under its name only when it is complete.
    """
    target = Path(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    count = 0
    try:
        with partial.open("wb") as file:
            writer = WARCWriter(file, gzip=target.suffix == ".gz")
            writer.write_record(_warcinfo(writer, date))
            for page in pages:
                writer.write_record(_response(writer, page))
                count += 1
                if on_page:
                    on_page()
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _page(root: Path, path: Path, base_url: str, date: str) -> PageSource:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); change its permissions or move it away"
        ) from error
    relative = quote(path.relative_to(root).as_posix().encode("utf-8", "surrogateescape"))
    url = canonical_url(body) or base_url.rstrip("/") + "/" + relative
    return PageSource(url=url, body=body, content_type=CONTENT_TYPES[path.suffix.lower()], date=date)


def canonical_url(body: bytes) -> str | None:
    """Return the address in a page's <link rel="canonical">, when it is a whole http address."""
    for link in _LINK.finditer(body[:_HEAD_BYTES]):
        if _CANONICAL.search(link[0]) and (href := _HREF.search(link[0])):
            value = next(group for group in href.groups() if group is not None)
            url = html.unescape(value.decode("utf-8", "replace")).strip()
            if _is_web_address(url):
                return url
    return None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    usable = url.isprintable() and " " not in url and "\ufffd" not in url and len(url.encode()) <= MAX_VALUE_BYTES
    return usable and parts.scheme in {"http", "https"} and bool(parts.netloc)


def _warcinfo(writer: WARCWriter, date: str) -> Any:
    record = writer.create_warcinfo_record(None, {"software": _SOFTWARE, "format": "WARC File Format 1.0"})
    record.rec_headers.replace_header("WARC-Date", date)
    record.rec_headers.replace_header("WARC-Record-ID", _urn("warcinfo", _SOFTWARE, date))
    return record


def _response(writer: WARCWriter, page: PageSource) -> Any:
    headers = [("Content-Type", page.content_type), ("Content-Length", str(len(page.body))), *page.headers]
    return writer.create_warc_record(
        page.url,
        "response",
        payload=io.BytesIO(page.body),
        http_headers=StatusAndHeaders(
            f"{page.status} {'OK' if page.status == 200 else 'Status'}", headers, protocol="HTTP/1.1"
        ),
        warc_headers_dict={
            "WARC-Date": page.date,
            "WARC-Record-ID": _urn("page", page.url, page.status, sha256_bytes(page.body), page.date),
        },
    )


def _urn(kind: str, *parts: Any) -> str:
    return f"<urn:uuid:{content_id(kind, *parts)}>"
