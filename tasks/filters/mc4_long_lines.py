"""Too few long lines. mC4 (Xue et al. 2020, arXiv 2010.11934), section 3.1: three of 200 characters."""

from tasks.core.filter_rules_papers import Mc4LongLines
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: Mc4LongLines) -> str | None:
    count = sum(len(line) >= params.min_line_length for line in document.whole.lines)
    document.note("long_lines", count)
    if count >= params.min_lines:
        return None
    return f"{count} lines of {params.min_line_length} characters, at least {params.min_lines} wanted"


RULE = plain(Mc4LongLines, _fault)
