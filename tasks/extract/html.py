"""HTML to main text: readable plain text with its paragraphs, lists, headings and code blocks."""

import importlib.metadata
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from tasks.core.errors import DataError
from tasks.extract.charset import decode

EXTRACTOR = f"resiliparse@{importlib.metadata.version('resiliparse')}"
MAX_TITLE_CHARS = 300

# The engine's time grows with the square of these two; real pages stay far below (browsers stop nesting at 512).
MAX_DEPTH = 256
MAX_ATTRIBUTES = 4_000
_TOO_DEEP = "*>" * (MAX_DEPTH - 1) + "*"
_TOO_MANY_ATTRIBUTES = re.compile(
    r"""<[a-zA-Z](?:[\s/]*+(?:[^\s/"'<>]++|<|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))){"""
    f"{MAX_ATTRIBUTES},}}+"
)

# The engine takes every <ul> less than four levels below <body> for site navigation, and a recipe's ingredients
# with it. It is believed where the list is mostly links or lies in a part of the page that is no content.
_SHALLOW_LISTS = "body > ul, body > * > ul, body > * > * > ul"
_NO_CONTENT = "nav, header, footer, aside, menu, [role=navigation]"
MAX_LINK_SHARE = 0.5

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, zero-width space, soft hyphen, direction overrides, byte order mark, interlinear and
# replacement characters, lone surrogates, non-characters. The zero-width joiners stay: scripts need them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
# How the engine writes list items; each level is two spaces, the first one included.
_BULLET = re.compile(r"^(?:  )?( *)• ?", re.MULTILINE)
_NUMBER = re.compile(r"^  ( *\d{1,3}\. )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """The main text of one page. `charset` is what it was decoded with, `extractor` is name@version."""

    text: str
    title: str | None
    charset: str
    extractor: str = EXTRACTOR


def extract(html: bytes, *, content_type: str | None = None) -> Page:
    """Return the main text of a page; the same bytes always give the same text.

    Raises DataError: `undecodable`, `hostile_markup` (nesting or attributes without end) or `empty_text`.
    """
    markup, charset = decode(html, content_type=content_type)
    tree = parse(markup)
    title = _title(tree)
    _keep_lists(tree)
    text = normalise(extract_plain_text(tree, main_content=True, comments=False, post_meta=False))
    if not text:
        raise DataError("empty_text", "the page has no main text")
    return Page(text=text, title=title, charset=charset)


def parse(markup: str) -> Any:
    """Return the HTMLTree of a page. Raises DataError(hostile_markup) before time is lost on it."""
    if _TOO_MANY_ATTRIBUTES.search(markup):
        raise DataError("hostile_markup", f"a tag with about {MAX_ATTRIBUTES} attributes or more")
    tree: Any = HTMLTree.parse(markup)  # typed Any: its stubs let every node be None
    if tree.document.query_selector(_TOO_DEEP) is not None:
        raise DataError("hostile_markup", f"elements nested {MAX_DEPTH} deep or more")
    return tree


def normalise(text: str) -> str:
    """Return `text` in NFC with plain line ends and spaces, nothing invisible, one blank line at most in a row."""
    text = _SPACES.sub(" ", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)))
    text = _TRAILING.sub("", unicodedata.normalize("NFC", text))
    text = _NUMBER.sub(r"\1", _BULLET.sub(r"\1- ", text))
    return _BLANK_LINES.sub("\n\n", text).strip("\n").rstrip()


def one_line(text: str, *, max_chars: int) -> str:
    """Return `text` on one line, cut at `max_chars`."""
    return " ".join(normalise(text).split())[:max_chars].rstrip()


def _title(tree: Any) -> str | None:
    for selector in ("title", "h1"):
        for element in tree.document.query_selector_all(selector):
            if title := one_line(element.text or "", max_chars=MAX_TITLE_CHARS):
                return title
    return None


def _keep_lists(tree: Any) -> None:
    """Put lists that are content deep enough in the tree for the engine to leave them in."""
    for element in tree.document.query_selector_all(_SHALLOW_LISTS):
        if element.closest(_NO_CONTENT) is None and _link_share(element) <= MAX_LINK_SHARE:
            outer, middle, inner = (tree.create_element("div") for _ in range(3))
            element.parent.replace_child(outer, element)
            outer.append_child(middle)
            middle.append_child(inner)
            inner.append_child(element)


def _link_share(element: Any) -> float:
    """Return the share of an element's text that lies in links; 1 when it has no text."""
    linked = sum(len((link.text or "").strip()) for link in element.query_selector_all("a"))
    return linked / (len((element.text or "").strip()) or 1)
