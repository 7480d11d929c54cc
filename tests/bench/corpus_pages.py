"""The pages that the corpus part measures: HTML of Debian's documentation packages, packed into one WARC file."""

import hashlib
import io
import shutil
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tasks.core.errors import ConfigError
from tasks.extract.pack import DEFAULT_DATE

PACKAGES = ("debian-handbook", "python3-doc", "postgresql-doc-15")
PAGES = 2_000
DOC = Path("/usr/share/doc")
# Folders of pages, the address that they are given, and how many are taken at most.
FOLDERS = (
    (DOC / "debian-handbook/html/en-US", "https://debian-handbook.info/browse/en-US/", PAGES),
    (DOC / "python3.11/html", "https://docs.python.org/3.11/", PAGES),
    (DOC / "postgresql-doc-15/html", "https://www.postgresql.org/docs/15/", PAGES),
    (DOC / "debian-handbook/html/fr-FR", "https://debian-handbook.info/browse/fr-FR/", PAGES),
    (DOC / "debian-handbook/html/de-DE", "https://debian-handbook.info/browse/de-DE/", PAGES),
)


def found_pages(count: int = PAGES) -> list[tuple[Path, str]]:
    """Return (file, address) of `count` pages, or of all where there are fewer, the folders mixed.

    The same packages give the same pages in the same order. Raises ConfigError where there are none.
    """
    pages = []
    for folder, base, most in FOLDERS:
        files = sorted(path for path in folder.rglob("*.html") if path.is_file() and path.stat().st_size)
        pages += [(path, base + path.relative_to(folder).as_posix()) for path in files[:most]]
    if not pages:
        raise ConfigError(f"no pages below {DOC}: apt-get install {' '.join(PACKAGES)}")
    return sorted(pages[:count], key=lambda page: hashlib.sha256(page[1].encode()).digest())


def pack(out: Path, count: int = PAGES) -> tuple[int, int]:
    """Write the pages to the WARC file `out`; return how many they are, and their bytes of HTML."""
    pages = found_pages(count)
    with out.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for path, url in pages:
            body = path.read_bytes()
            sent = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
            http = StatusAndHeaders("200 OK", sent, protocol="HTTP/1.1")
            # As Common Crawl does; datatrove guesses without it, and takes pages with an XML declaration for no HTML.
            named = {"WARC-Date": DEFAULT_DATE, "WARC-Identified-Payload-Type": "text/html"}
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict=named
                )
            )
    return len(pages), sum(path.stat().st_size for path, _ in pages)


def repeat(file: Path, times: int, out: Path) -> None:
    """Write `file` so many times, one after the other: gzip members, and so WARC files, may be joined."""
    with out.open("wb") as target:
        for _ in range(times):
            with file.open("rb") as source:
                shutil.copyfileobj(source, target)
