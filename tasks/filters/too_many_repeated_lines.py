"""The same lines again and again. Gopher (Rae et al. 2021, arXiv 2112.11446), table A1, its first two measures."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

MAX_REPEATED_LINE_SHARE = 0.3
MAX_REPEATED_CHARACTER_SHARE = 0.2


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    seen: set[str] = set()
    repeated: list[str] = []
    for line in document.prose_lines:
        (repeated.append if line in seen else seen.add)(line)
    line_share = len(repeated) / (len(document.prose_lines) or 1)
    character_share = sum(map(len, repeated)) / (len(document.prose) or 1)
    if line_share <= MAX_REPEATED_LINE_SHARE and character_share <= MAX_REPEATED_CHARACTER_SHARE:
        return None
    return f"{line_share:.0%} of the lines and {character_share:.0%} of the characters repeat earlier lines"


RULE = Rule("too_many_repeated_lines", _fault)
