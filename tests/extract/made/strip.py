"""Made pages with less to go by: what is left to tell the text by is its form, as on pages with names of their own."""

import re

_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_NAMES = re.compile(r"""\s(?:class|id|role|itemprop|aria-[a-z]+)=(?:"[^"]*"|'[^']*'|[^\s>]+)""")
_MEANING = re.compile(r"<(/?)(?:article|main|header|footer|nav|aside|section|figure|figcaption)(?=[\s>])")


def without_names(html: str) -> str:
    """Return a page without the attributes that say what an element is."""
    head, body, rest = html.partition("<body")
    return head + body + _TAG.sub(lambda tag: _NAMES.sub("", tag[0]), rest)


def without_meaning(html: str) -> str:
    """Return a page with a <div> for each element that says by its tag what it is."""
    return _MEANING.sub(r"<\1div", html)
