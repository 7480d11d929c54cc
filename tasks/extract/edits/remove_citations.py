"""The marks of an encyclopaedia in running text: [1], [edit], [citation needed]."""

import re

from tasks.core.policy_config import RemoveCitations
from tasks.extract.edits.lines import edit_lines

_CITATION = re.compile(r"\[(?:[1-9][0-9]{0,3}|edit|citation needed)\]")
# x[1] and f(x[1]) in a line of code are no citations, and [1] that begins a line is the note itself.
_OF_CODE = re.compile(
    r"[\w\])]\[[0-9]{1,4}\](?:\s{0,3}(?:[=\[(:+*/<>-]|\.[a-z_]))|\w\([^\s()]{0,40}\w\[|^\s{0,40}\[[0-9]{1,4}\]\s|[={};]\s{0,3}$"
)


def edit(text: str, params: RemoveCitations) -> str:
    """Return `text` without these marks; a line that held nothing else is dropped."""
    return edit_lines(text, lambda line: without_citations(line) or None)


def without_citations(line: str) -> str:
    """Return one line without its citation marks, lines of code and notes as they are."""
    if "[" not in line or _OF_CODE.search(line):
        return line
    return _CITATION.sub("", line).rstrip()
