"""How edits that look at one line after the other go over a text."""

import re
from collections.abc import Callable

from tasks.extract.headings import OPEN

_BLANK_LINES = re.compile(r"\n{3,}")
# What becomes of a line: itself, another text, or nothing. A blank line is never asked about.
LineEdit = Callable[[str], str | None]


def edit_lines(text: str, edit: LineEdit) -> str:
    """Return `text` with each line that is not blank as `edit` returns it, without those for which it returns None.

    Lines that begin a segment stay as they are, or the text below them would be taken for a part of another one. At
    most one blank line in a row is left, and none around the text.
    """
    kept = []
    for line in text.split("\n"):
        edited = line if not line.strip() or OPEN in line else edit(line)
        if edited is not None:
            kept.append(edited)
    return tidy("\n".join(kept))


def tidy(text: str) -> str:
    """Return `text` with one blank line at most in a row, and none around it."""
    return _BLANK_LINES.sub("\n\n", text).strip("\n").rstrip()
