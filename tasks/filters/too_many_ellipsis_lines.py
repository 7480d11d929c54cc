"""Too many lines that break off. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

MAX_ELLIPSIS_LINE_SHARE = 0.3


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    count = sum(1 for line in document.prose_lines if line.endswith(("...", ". . .", "…", "...]", "…]")))
    if count <= MAX_ELLIPSIS_LINE_SHARE * len(document.prose_lines):
        return None
    return f"{count} of {len(document.prose_lines)} lines end in an ellipsis"


RULE = Rule("too_many_ellipsis_lines", _fault)
