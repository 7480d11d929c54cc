"""What a page says twice, and how many line ends stand between what it says."""

import re

from tasks.core.policy_config import MaxNewlines, WithinPageDedup
from tasks.extract.edits.lines import edit_lines, tidy
from tasks.extract.headings import OPEN

_PARAGRAPHS = re.compile(r"\n\s*\n")


def edit_repeated(text: str, params: WithinPageDedup) -> str:
    """Return `text` without the lines or paragraphs that it has had before."""
    seen: set[str] = set()

    def is_new(part: str) -> bool:
        form = part.strip().casefold() if params.normalize else part
        new = form not in seen
        seen.add(form)
        return new

    if params.granularity == "line":
        return edit_lines(text, lambda line: line if is_new(line) else None)
    return tidy("\n\n".join(part for part in _PARAGRAPHS.split(text) if OPEN in part or is_new(part)))


def edit_newlines(text: str, params: MaxNewlines) -> str:
    """Return `text` with at most so many line ends in a row."""
    most = params.max_consecutive
    return re.sub("\n" * (most + 1) + "+", "\n" * most, text)
