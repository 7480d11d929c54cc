"""The tree of a page: refused when it was made to cost time, and arranged so that the engine keeps what is content."""

import re
from typing import Any

from resiliparse.parse.html import HTMLTree

from tasks.core.errors import DataError

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


def parse(markup: str) -> Any:
    """Return the HTMLTree of a page. Raises DataError(hostile_markup) before time is lost on it."""
    if _TOO_MANY_ATTRIBUTES.search(markup):
        raise DataError("hostile_markup", f"a tag with about {MAX_ATTRIBUTES} attributes or more")
    tree: Any = HTMLTree.parse(markup)  # typed Any: its stubs let every node be None
    if tree.document.query_selector(_TOO_DEEP) is not None:
        raise DataError("hostile_markup", f"elements nested {MAX_DEPTH} deep or more")
    return tree


def arrange(tree: Any) -> None:
    """Change the tree where the engine would lose content or its form: shallow lists, and code beside other blocks."""
    _keep_lists(tree)
    _set_code_apart(tree)


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


def _set_code_apart(tree: Any) -> None:
    """Give code blocks a blank line before and after, and all of their lines the indent of the list they are in."""
    for code in tree.document.query_selector_all("pre"):
        depth = _list_depth(code)
        if depth:
            code.text = (code.text or "").rstrip().replace("\n", "\n" + "  " * (depth + 1))
        paragraph = tree.create_element("p")
        code.parent.replace_child(paragraph, code)
        paragraph.append_child(code)


def _list_depth(element: Any) -> int:
    depth = 0
    while element is not None:
        depth += element.tag in ("ul", "ol")
        element = element.parent
    return depth
