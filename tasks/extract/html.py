"""HTML to main text: readable plain text with its paragraphs, lists, headings and code blocks."""

import importlib.metadata
from dataclasses import dataclass
from typing import Any

from resiliparse.extract.html2text import extract_plain_text

from tasks.core.errors import DataError
from tasks.extract.charset import decode
from tasks.extract.headings import mark_headings, without_marks
from tasks.extract.text import normalise, one_line, plain_lists
from tasks.extract.tree import arrange, parse

EXTRACTOR = f"resiliparse@{importlib.metadata.version('resiliparse')}"
MAX_TITLE_CHARS = 300


@dataclass(frozen=True, slots=True)
class Page:
    """The main text of one page. `charset` is what it was decoded with, `extractor` is name@version."""

    text: str
    title: str | None
    charset: str
    extractor: str = EXTRACTOR


def extract(html: bytes, *, content_type: str | None = None, with_headings: bool = False) -> Page:
    """Return the main text of a page; the same bytes always give the same text.

    With `with_headings` each heading begins with the mark of headings.py. Raises DataError: `undecodable`,
    `hostile_markup` (nesting or attributes without end), `too_many_headings` or `empty_text`.
    """
    markup, charset = decode(html, content_type=content_type)
    tree = parse(without_marks(markup) if with_headings else markup)
    title = _title(tree)
    if with_headings:
        mark_headings(tree)
    arrange(tree)
    text = normalise(plain_lists(extract_plain_text(tree, main_content=True, comments=False, post_meta=False)))
    if not text:
        raise DataError("empty_text", "the page has no main text")
    return Page(text=text, title=title, charset=charset)


def _title(tree: Any) -> str | None:
    for selector in ("title", "h1"):
        for element in tree.document.query_selector_all(selector):
            if title := one_line(element.text or "", max_chars=MAX_TITLE_CHARS):
                return title
    return None
