"""Too many lines that break off. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1."""

from tasks.core.filter_rules_papers import TooManyEllipsisLines
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_ELLIPSES = ("...", ". . .", "…", "...]", "…]")


def _fault(document: DocumentText, params: TooManyEllipsisLines) -> str | None:
    lines = document.of(params.of).lines
    count = sum(line.endswith(_ELLIPSES) for line in lines)
    document.note("ellipsis_lines_ratio", count / (len(lines) or 1))
    if count < params.min_lines or count <= params.max_ellipsis_lines_ratio * len(lines):
        return None
    return f"{count} of {len(lines)} lines end in an ellipsis"


RULE = plain(TooManyEllipsisLines, _fault)
