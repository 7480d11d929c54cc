"""Too many short lines. FineWeb (Penedo et al. 2024, arXiv 2406.17557), section 3."""

from tasks.core.filter_rules_papers import FinewebShortLines
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: FinewebShortLines) -> str | None:
    lines = document.whole.lines
    count = sum(len(line) <= params.short_line_length for line in lines)
    share = document.note("short_line_ratio", count / (len(lines) or 1))
    if lines and share <= params.short_line_thr:
        return None
    return f"{count} of {len(lines)} lines have {params.short_line_length} characters or less"


RULE = plain(FinewebShortLines, _fault)
