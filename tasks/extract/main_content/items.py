"""The content box as a list of items: what is written, one after the other, without the furniture inside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.extract.main_content.boxes import HEADINGS, LISTS, Box, Run
from tasks.extract.main_content.names import Kind

# A list, a table or a group of lines with a larger share of links leads elsewhere; one of short items, such as a menu,
# with less.
MAX_LIST_LINKS = 0.8
MAX_MENU_LINKS = 0.5
MAX_MENU_ITEM_SIZE = 40
MAX_LINE_LINKS = 0.85
MAX_TERMS_LINKS = 0.95  # terms with linked definitions are a glossary still
# A cell with more is no cell of a data table.
MAX_CELL_SIZE = 600
MAX_CELLS = 20_000
CUT = "cut"


@dataclass(slots=True)
class Item:
    """One thing to write. `form` is p, h1 to h6, li, pre or table, or CUT where a list of links was left out."""

    form: str
    text: str
    size: int
    links: int
    depth: int = 0  # of lists
    mark: str = ""  # "- " or "1. " in front of the first line of a list item
    prose: int = 0
    quoted: bool = False
    bold: bool = False


def items_of(root: Box) -> list[Item]:
    """Return what the content box holds, in order."""
    return list(_items(root, depth=0, quoted=False, share=root.prose))


def _items(box: Box, *, depth: int, quoted: bool, share: int) -> Iterator[Item]:
    for part in box.parts:
        if isinstance(part, Run):
            yield _line(part, depth, quoted)
        elif part.tag in HEADINGS:
            yield from _heading(part, quoted)
        elif _leads_elsewhere(part):
            yield Item(CUT, "", 0, 0)
        elif part.tag in LISTS:
            yield from _list(part, depth=depth, quoted=quoted, share=share)
        elif part.tag == "table":
            yield from _table(part, depth=depth, quoted=quoted, share=share)
        else:
            yield from _items(part, depth=depth, quoted=quoted or part.tag == "blockquote", share=share)


def _line(run: Run, depth: int, quoted: bool) -> Item:
    form = "pre" if run.verbatim else "p"
    return Item(form, run.text, run.size, run.links, depth, "", run.prose, quoted, run.bold)


def _heading(box: Box, quoted: bool) -> Iterator[Item]:
    text = " ".join(run.text.replace("\n", " ") for run in runs(box))
    yield Item(box.tag, text, box.size, box.links, quoted=quoted)


def runs(box: Box) -> Iterator[Run]:
    """Yield all runs of a box, in order."""
    for part in box.parts:
        if isinstance(part, Run):
            yield part
        else:
            yield from runs(part)


def _leads_elsewhere(box: Box) -> bool:
    """Tell whether a box is a menu, a list of articles or a share bar, whatever it is called."""
    if box.kind == Kind.NOTE or not box.size:
        return False
    if box.tag == "dl":
        return box.link_share > MAX_TERMS_LINKS
    if box.tag in LISTS or box.tag == "table":
        menu = box.size < MAX_MENU_ITEM_SIZE * len(box.parts)
        return box.link_share > (MAX_MENU_LINKS if menu and box.tag in LISTS else MAX_LIST_LINKS)
    if box.tag in ("p", "blockquote", "li", "dd", "dt", "td"):
        return False
    return box.link_share > MAX_LINE_LINKS


def _list(box: Box, *, depth: int, quoted: bool, share: int) -> Iterator[Item]:
    number = _start(box)
    for part in box.parts:
        if isinstance(part, Run):
            yield _line(part, depth, quoted)
            continue
        if part.tag in LISTS:
            yield from _list(part, depth=depth + 1, quoted=quoted, share=share)
            continue
        mark = f"{number}. " if box.tag == "ol" else "- "
        number += 1
        first = True
        for item in _items(part, depth=depth + 1, quoted=quoted, share=share):
            if item.form == CUT:
                continue
            if first and item.form != "pre" and not item.mark:
                item.mark = mark
                if item.form != "table" and item.form[0] != "h":
                    item.form = "li"
            first = False
            yield item


def _start(box: Box) -> int:
    start = box.start or "1"
    return int(start) if start.isascii() and start.isdigit() and len(start) < 5 else 1


def _table(box: Box, *, depth: int, quoted: bool, share: int) -> Iterator[Item]:
    rows = list(_rows(box))
    if _is_data(rows):
        cells = [[" ".join(" ".join(run.text.split()) for run in runs(cell)) for cell in row] for row in rows]
        lines = ["\t".join(row) for row in cells]
        yield Item("table", "\n".join(lines), box.size, box.links, depth, "", box.size - box.links, quoted)
    else:
        yield from _items_of_layout(box, depth=depth, quoted=quoted, share=share)


def _items_of_layout(box: Box, *, depth: int, quoted: bool, share: int) -> Iterator[Item]:
    for part in box.parts:
        if isinstance(part, Run):
            yield _line(part, depth, quoted)
        elif part.tag in ("tbody", "thead", "tfoot", "tr", "colgroup"):
            yield from _items_of_layout(part, depth=depth, quoted=quoted, share=share)
        elif not _leads_elsewhere(part) and (part.tag not in ("td", "th") or part.link_share <= MAX_LINE_LINKS):
            yield from _items(part, depth=depth, quoted=quoted, share=share)


def _rows(box: Box) -> Iterator[list[Box]]:
    for part in box.parts:
        if isinstance(part, Box):
            if part.tag == "tr":
                yield [cell for cell in part.parts if isinstance(cell, Box)]
            elif part.tag in ("tbody", "thead", "tfoot"):
                yield from _rows(part)


def _is_data(rows: list[list[Box]]) -> bool:
    """Tell whether rows of cells are data, and not a page laid out in a table."""
    cells = sum(map(len, rows))
    if len(rows) < 2 or cells > MAX_CELLS or max(map(len, rows)) < 2:
        return False
    return all(cell.size <= MAX_CELL_SIZE and not _has_blocks(cell) for row in rows for cell in row)


def _has_blocks(cell: Box) -> bool:
    return any(
        isinstance(part, Box) and part.tag in ("table", "pre", "h1", "h2", "h3", "h4") for part in cell.parts
    ) or any(isinstance(part, Run) and part.verbatim for part in cell.parts)
