"""Items to text: paragraphs apart, lists with marks, code and tables as they stand, plain or as light Markdown."""

from tasks.extract.headings import CLOSE, OPEN
from tasks.extract.main_content.items import Item

FENCE = "```"


def write(items: list[Item], *, markdown: bool = False, marks: bool = False) -> str:
    """Return the text of a page. With `marks` each heading begins with the mark of headings.py."""
    pieces: list[str] = []
    before: Item | None = None
    for item in items:
        if before is not None:
            pieces.append("\n" if _same_list(before, item) else "\n\n")
        pieces.append(_shown(item, markdown, marks))
        before = item
    return "".join(pieces)


def _same_list(before: Item, item: Item) -> bool:
    return before.form == item.form == "li"


def _shown(item: Item, markdown: bool, marks: bool) -> str:
    text = item.text
    if item.form[0] == "h":
        mark = f"{OPEN}{item.form[1]}{CLOSE}" if marks else ""
        if markdown:
            mark = "#" * int(item.form[1]) + " " + mark
        return item.mark + mark + text
    if item.form == "pre":
        indent = "  " * (item.depth + 1) if item.depth else ""
        if markdown:
            text = f"{FENCE}\n{text}\n{FENCE}"
        return item.mark + "\n".join(indent + line if line else "" for line in text.split("\n"))
    if item.form == "table":
        return item.mark + _table(text, markdown)
    indent = "  " * (item.depth - 1) if item.mark else "  " * item.depth
    if item.quoted and markdown:
        indent += "> "
    lines = text.split("\n")
    inner = indent + "  " if item.mark else indent
    return indent + item.mark + ("\n" + inner).join(lines)


def _table(text: str, markdown: bool) -> str:
    rows = [row.split("\t") for row in text.split("\n")]
    if not markdown:
        return "\n".join(" | ".join(row).rstrip(" |") for row in rows)
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))).replace("\n", " ") + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])
