"""The boxes of a page to the text of its content."""

from tasks.extract.main_content.boxes import PROSE_SIZE, Box
from tasks.extract.main_content.items import Item, items_of
from tasks.extract.main_content.lines import trim
from tasks.extract.main_content.root import find_root
from tasks.extract.main_content.settle import settle
from tasks.extract.main_content.write import write

# A content box with less text than this, on a page with several times as much, was the wrong one.
MIN_CONTENT_SIZE = 250
MIN_GAIN = 2


def main_text(boxes: Box, *, title: str, form: str = "text", marks: bool = False) -> str:
    """Return the text of the main content of a page; `boxes` are all of its boxes, and are changed."""
    settle(boxes)
    root = find_root(boxes)
    items = _content(root, title, marks)
    if root is not boxes and (size := _size(items)) < MIN_CONTENT_SIZE:
        whole = _content(boxes, title, marks)
        if _size(whole) > max(MIN_GAIN * size, PROSE_SIZE):
            items = whole
    return write(items, markdown=form == "markdown", marks=marks)


def _content(root: Box, title: str, marks: bool) -> list[Item]:
    return trim(items_of(root), title=title, headings=marks)


def _size(items: list[Item]) -> int:
    return sum(item.size for item in items)
