"""HTML to main text: readable text with its paragraphs, lists, headings, code and tables; title and date apart."""

import gc
import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from tasks.core.errors import DataError
from tasks.extract.charset import decode
from tasks.extract.headings import count_headings, without_marks
from tasks.extract.main_content.extract import main_text
from tasks.extract.main_content.metadata import MAX_TITLE_CHARS, Metadata
from tasks.extract.main_content.read import read
from tasks.extract.text import normalise
from tasks.extract.tree import parse

# Ours, and the parser below it: another release of either may give other text.
EXTRACTOR = f"backforth@1+selectolax@{importlib.metadata.version('selectolax')}"
__all__ = ["EXTRACTOR", "MAX_TITLE_CHARS", "Form", "Page", "extract"]
# Below this many characters a page shows its text by script only, perhaps, and gives it elsewhere.
MIN_VISIBLE_CHARS = 250
Form = Literal["text", "markdown"]


@dataclass(frozen=True, slots=True)
class Page:
    """The main text of one page. `date` is YYYY-MM-DD, `charset` what it was decoded with, `extractor` name@version."""

    text: str
    title: str | None
    charset: str
    extractor: str = EXTRACTOR
    date: str | None = None


def extract(
    html: bytes,
    *,
    content_type: str | None = None,
    url: str | None = None,
    form: Form = "text",
    title_first: bool = False,
    with_headings: bool = False,
) -> Page:
    """Return the main text of a page; the same bytes always give the same text.

    With `title_first` the text begins with the title. With `with_headings` each heading begins with the mark of
    headings.py, the title's among them. Raises DataError: `undecodable`, `hostile_markup` (nesting, attributes or
    tags without end), `too_many_headings` or `empty_text`.
    """
    with _uncollected():
        return _extract(html, content_type, form, title_first, with_headings)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold back the search for cycles of garbage: a page's boxes have none, and it would go through them all."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _extract(html: bytes, content_type: str | None, form: Form, title_first: bool, with_headings: bool) -> Page:
    markup, charset = decode(html, content_type=content_type)
    if with_headings:
        markup = without_marks(markup)
    tree = parse(markup)
    if tree.body is None:
        raise DataError("empty_text", "the page has no body")
    reading = read(tree.body, markdown=form == "markdown")
    if with_headings:
        count_headings(reading.body)
    about = Metadata(tree.head, reading)
    title = about.page_title()
    text = normalise(main_text(reading.body, title=title or "", form=form, marks=with_headings))
    if len(text) < MIN_VISIBLE_CHARS:
        given = _given_text(about.text(), title=title or "", form=form, marks=with_headings)
        text = max(text, given, key=len)
    if not text:
        raise DataError("empty_text", "the page has no main text")
    if title_first and title and not with_headings and about.is_left_out(title):
        text = f"# {title}\n\n{text}" if form == "markdown" else f"{title}\n\n{text}"
    return Page(text=text, title=title, charset=charset, date=about.date())


def _given_text(body: str, *, title: str, form: Form, marks: bool) -> str:
    """Return the text of an article that stands in JSON-LD for scripts to show; it may hold markup."""
    if len(body) < MIN_VISIBLE_CHARS:
        return ""
    if "<" not in body:
        body = "<br><br>".join(body.split("\n"))
    tree = parse(without_marks(body) if marks else body)
    if tree.body is None:
        return ""
    boxes = read(tree.body, markdown=form == "markdown").body
    return normalise(main_text(boxes, title=title, form=form, marks=marks))
