"""Too many line ends for so few words. After FineWeb (Penedo et al. 2024, arXiv 2406.17557) and its published code."""

from tasks.core.filter_rules_papers import FinewebNewLines
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: FinewebNewLines) -> str | None:
    count, words = document.text.count("\n"), len(document.whole.words)
    ratio = document.note("new_line_ratio", count / (words or 1))
    return f"{count} line ends to {words} words" if ratio > params.new_line_ratio else None


RULE = plain(FinewebNewLines, _fault)
