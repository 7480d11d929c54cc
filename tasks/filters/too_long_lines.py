"""A line that is no paragraph: minified code or data. After DCLM's filters (Li et al. 2024, arXiv 2406.11794)."""

from tasks.core.filter_rules_pages import TooLongLines
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooLongLines) -> str | None:
    lines = document.whole.lines
    if not lines:
        return "no lines"
    length = document.whole.line_characters / len(lines) if params.mean else max(map(len, lines))
    document.note("mean_line_length" if params.mean else "longest_line", length)
    return f"{length:.0f} characters in a line" if length > params.max_length else None


RULE = plain(TooLongLines, _fault)
