"""Nothing but list items. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText, is_list_item
from tasks.filters.rule import Rule

MAX_LIST_LINE_SHARE = 0.9


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    items = sum(map(is_list_item, document.lines))
    if items <= MAX_LIST_LINE_SHARE * len(document.lines):
        return None
    return f"{items} of {len(document.lines)} lines are list items"


RULE = Rule("too_many_list_lines", _fault)
