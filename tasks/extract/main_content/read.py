"""The tree of a page to boxes, in one walk; what the page says of itself on the way is collected.

Links and other inline elements vanish into the runs of text, which know how many of their characters are links.
Everything later works on the boxes, never on the tree again: a node costs a call into the parser.
"""

from dataclasses import dataclass, field
from typing import Any

from tasks.core.errors import DataError
from tasks.extract.main_content.acts import (
    BLOCK,
    BOLD,
    BREAK,
    CODE,
    INLINE,
    KEPT_EMPTY,
    LINK,
    NAMED,
    PRE,
    SCRIPT,
    SKIP,
    SUP,
    TEXT,
    act_of,
    by_number,
)
from tasks.extract.main_content.boxes import Box, run_of, size_of, verbatim_run
from tasks.extract.main_content.names import Kind, is_hidden, kind_of

MAX_DEPTH = 256  # browsers stop nesting at 512, real pages far below
LINE_BREAK = "\x00"  # no text node can hold it: the HTML standard has it replaced


@dataclass(slots=True)
class Reading:
    """A page as read: its boxes, the texts of its <h1>, JSON-LD scripts, and days of publication in document order."""

    body: Box
    titles: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)


class _Reader:
    """The state of the walk: the open boxes, and the pieces of the run that is being read."""

    __slots__ = ("boxes", "code_mark", "in_bold", "in_links", "linked", "pieces", "plain", "reading")

    def __init__(self, *, markdown: bool) -> None:
        self.boxes = [Box("body", Kind.PLAIN)]
        self.reading = Reading(self.boxes[0])
        self.pieces: list[str] = []
        self.linked = self.in_links = self.in_bold = self.plain = 0
        self.code_mark = "`" if markdown else ""

    def flush(self) -> None:
        """End the run that is being read."""
        pieces = self.pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        if LINE_BREAK in text:
            text = "\n".join([" ".join(line.split()) for line in text.split(LINE_BREAK)]).strip("\n")
        else:
            text = " ".join(text.split())
        if text:
            self.boxes[-1].parts.append(run_of(text, self.linked, bold=not self.plain))
        self.linked = self.plain = 0

    def line_break(self) -> None:
        """Add a <br>; the second in a row ends the paragraph."""
        pieces = self.pieces
        while pieces and pieces[-1].isspace():
            pieces.pop()
        if pieces and pieces[-1] == LINE_BREAK:
            self.flush()
        elif pieces:
            pieces.append(LINE_BREAK)

    def close(self) -> None:
        """End the open box, and put it into its parent when anything is in it."""
        if self.pieces:
            self.flush()
        box = self.boxes.pop()
        if box.parts:
            box.count()
        elif box.tag not in KEPT_EMPTY:
            return
        if not self.boxes:
            return
        parent = self.boxes[-1]
        parent.parts.append(box)
        parent.inner = True
        if box.tag == "h1":
            self.reading.titles.append(" ".join(part.text for part in box.parts if not isinstance(part, Box)))
            box.titled = True
        if box.titled:
            parent.titled = True

    def verbatim(self, node: Any) -> None:
        """Add a <pre> with all of its line ends and spaces."""
        if self.pieces:
            self.flush()
        attributes = node.attributes
        text = "" if attributes and kind_of("pre", attributes) >= Kind.HIDDEN else _verbatim_text(node)
        if text:
            self.boxes[-1].parts.append(verbatim_run(text))

    def begin(self, act: int, node: Any) -> str | None:
        """Begin an inline element; return what its end does, or None when its text is not wanted."""
        if act == BOLD:
            self.in_bold += 1
            return "b"
        if act == CODE:
            if self.code_mark and (node.text() or "").strip():
                self.pieces.append(self.code_mark)
                return self.code_mark
        elif act == SUP:
            return self._begin_sup(node)
        elif moment := node.attributes.get("datetime"):
            self.reading.times.append(moment)
        return ""

    def _begin_sup(self, node: Any) -> str | None:
        """Leave out marks of footnotes, and keep powers apart from their base: 10^6 is not 106."""
        text = (node.text() or "").strip()
        if text.strip("[]*").isdigit():
            if text.startswith("[") or node.css_first("a") is not None:
                return None
            if self.pieces and self.pieces[-1][-1:].isdigit():
                self.pieces.append("^")
        return ""

    def script(self, node: Any) -> None:
        """Keep JSON-LD, and the day of publication where a <meta> in the body states it."""
        attributes = node.attributes
        if attributes.get("type") == "application/ld+json":
            self.reading.scripts.append(node.text() or "")
        elif attributes.get("itemprop") == "datePublished":
            self.reading.times.append(attributes.get("content") or "")


def read(body: Any, *, markdown: bool = False) -> Reading:
    """Return what is below an element of a LexborHTMLParser tree; inline code is marked in Markdown.

    Raises DataError(hostile_markup).
    """
    reader = _Reader(markdown=markdown)
    pieces, boxes = reader.pieces, reader.boxes
    ends: list[tuple[Any, str]] = []  # open elements, and what their end does
    node = body.first_child
    while True:
        while node is None:
            if not ends:
                reader.close()
                return reader.reading
            node, end = ends.pop()
            if end:
                if end == "box":
                    reader.close()
                elif end == "a":
                    reader.in_links -= 1
                elif end == "b":
                    reader.in_bold -= 1
                else:
                    pieces.append(end)
            node = node.next
        act, tag = by_number.get(node.tag_id) or act_of(node)
        if act == TEXT:
            text = node.text_content
            if text.isspace():
                if pieces:
                    pieces.append(" ")
            else:
                pieces.append(text)
                if reader.in_links:
                    reader.linked += size_of(text.strip())
                if not reader.in_bold:
                    reader.plain += 1
            node = node.next
            continue
        inner: str | None = None
        if act == BLOCK:
            if pieces:
                reader.flush()
            attributes = node.attributes
            start = (attributes.get("start") or "") if tag == "ol" else ""
            boxes.append(Box(tag, kind_of(tag, attributes), start))
            inner = "box"
        elif act == INLINE:
            inner = ""
        elif act == NAMED:
            attributes = node.attributes
            inner = None if attributes and is_hidden(attributes) else ""
        elif act == LINK:
            attributes = node.attributes
            if not (attributes and is_hidden(attributes)):
                reader.in_links += 1
                inner = "a"
        elif act == BREAK:
            reader.line_break()
        elif act == PRE:
            reader.verbatim(node)
        elif act == SCRIPT:
            reader.script(node)
        elif act != SKIP:
            inner = reader.begin(act, node)
        if inner is None:
            node = node.next
        else:
            ends.append((node, inner))
            if len(ends) >= MAX_DEPTH:
                raise DataError("hostile_markup", f"elements nested {MAX_DEPTH} deep or more")
            node = node.first_child


def _verbatim_text(node: Any) -> str:
    if "<br" in (node.html or ""):  # the look takes a fifth of the time of the search
        for line_break in node.css("br"):
            line_break.replace_with("\n")
    lines = [line.rstrip() for line in (node.text() or "").expandtabs(4).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)
