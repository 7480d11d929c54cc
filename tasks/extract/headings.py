"""Marks in a page's tree that say, in the extracted text, where each heading begins and of which level it is."""

import re
from typing import Any

from tasks.core.errors import DataError

HEADINGS = "h1, h2, h3, h4, h5, h6"
# A page with more headings is a list of links, or made to cost time.
MAX_HEADINGS = 1_000
# Around the level. Of the private use area: no page means anything by them, and its own are taken out first.
OPEN, CLOSE = "\ue000", "\ue001"
# As characters and as character references, which the parser would turn into them.
_MARKS = re.compile(f"[{OPEN}{CLOSE}]|&#(?:x0*e00[01]|0*5734[45])(?:;|(?![0-9a-f]))", re.IGNORECASE)


def mark_headings(tree: Any) -> None:
    """Put the level of each heading into the tree, in front of its text.

    Raises DataError(too_many_headings).
    """
    found = tree.document.query_selector_all(HEADINGS)
    if len(found) > MAX_HEADINGS:
        raise DataError("too_many_headings", f"{len(found)} headings, more than {MAX_HEADINGS}")
    for heading in found:
        mark = tree.create_text_node(f"{OPEN}{heading.tag[1]}{CLOSE}")
        first = heading.first_child
        if first is None:
            heading.append_child(mark)
        else:
            heading.insert_before(mark, first)


def without_marks(markup: str) -> str:
    """Return a page's markup without the characters that mark headings here."""
    return _MARKS.sub("", markup)
