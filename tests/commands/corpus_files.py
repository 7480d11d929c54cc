"""Small WARC files for the commands of the corpus half, made of pages whose fate is certain."""

from pathlib import Path

from tasks.extract.pack import PageSource, pack_pages
from tests.filters.texts import GOOD, TECHNICAL


def html(text: str, title: str = "A page") -> bytes:
    """A page whose article is `text`."""
    title_line, *paragraphs = text.strip().split("\n\n")
    body = "".join(f"<p>{part}</p>" for part in paragraphs)
    page = f"<html><head><title>{title}</title></head><body><main><article><h1>{title_line}</h1>{body}</article></main>"
    return page.encode()


TREE = PageSource(url="https://garden.example/tree", body=html(GOOD, "How to prune an old apple tree"))
FILE = PageSource(url="https://code.example/file", body=html(TECHNICAL.replace("<", "&lt;"), "Reading a file"))
COPY = PageSource(url="https://mirror.example/tree", body=TREE.body)
SHORT = PageSource(url="https://garden.example/short", body=html("Soon\n\nThis page will have a text one day."))
GONE = PageSource(url="https://garden.example/gone", body=html("Gone\n\nNot here."), status=404)


def warc(path: Path, *pages: PageSource) -> Path:
    """Pack `pages` into the file at `path`."""
    pack_pages(pages, path)
    return path
