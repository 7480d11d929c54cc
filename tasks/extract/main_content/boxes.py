"""The text of a page as boxes: elements that begin a line of their own, with the runs of text in them, counted once."""

from typing import ClassVar

from tasks.extract.main_content.names import Kind

LISTS = frozenset(("ul", "ol", "menu", "dir"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# A run of this size reads like prose. In bytes of UTF-8, so that scripts with more meaning in a character weigh more.
PROSE_SIZE = 80
MAX_PROSE_LINKS = 0.4


class Run:
    """Text of one line or paragraph. A page has hundreds of runs and boxes, so both are bare.

    `size` is in bytes of UTF-8, `links` the part of it that is links, `prose` what reads like prose: 0 for short and
    for linked lines. `bold` says that all of it is.
    """

    __slots__ = ("bold", "links", "prose", "size", "text", "verbatim")
    kind: ClassVar[Kind] = Kind.PLAIN

    def __init__(self, text: str, size: int, links: int, prose: int, verbatim: bool, bold: bool) -> None:
        self.text = text
        self.size = size
        self.links = links
        self.prose = prose
        self.verbatim = verbatim
        self.bold = bold


class Box:
    """A block element: its parts in order, and the sums over all of them.

    `start` is that of a numbered list; `titled` says that an <h1> is in it, and `inner` that boxes are.
    """

    __slots__ = ("inner", "kind", "links", "parts", "prose", "size", "start", "tag", "titled")

    def __init__(self, tag: str, kind: Kind, start: str = "") -> None:
        self.tag = tag
        self.kind = kind
        self.start = start
        self.parts: list[Box | Run] = []
        self.size = self.links = self.prose = 0
        self.titled = self.inner = False

    def count(self) -> None:
        """Set the sums over all parts, which must be counted already."""
        size = links = prose = 0
        for part in self.parts:
            size += part.size
            links += part.links
            prose += part.prose
        self.size, self.links, self.prose = size, links, prose

    @property
    def link_share(self) -> float:
        """The share of the text that is links; 1 where there is no text."""
        return self.links / self.size if self.size else 1.0


def run_of(text: str, links: int, *, bold: bool = False) -> Run:
    """Return a run with its measures."""
    size = len(text) if text.isascii() else size_of(text)
    if links > size:
        links = size
    prose = size - links if size >= PROSE_SIZE and links <= MAX_PROSE_LINKS * size else 0
    return Run(text, size, links, prose, False, bold)


def verbatim_run(text: str) -> Run:
    """Return a run whose lines and spaces are kept."""
    size = size_of(text)
    return Run(text, size, 0, size, True, False)


def size_of(text: str) -> int:
    """Return the length of a text in bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
