"""Nothing but list items. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1."""

from tasks.core.filter_rules_papers import TooManyListLines
from tasks.filters.code_lines import ends_sentence, has_bullet, is_list_item
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooManyListLines) -> str | None:
    lines = document.whole.lines
    is_item = is_list_item if params.numbered else has_bullet
    items = sum(1 for line in lines if is_item(line) and (params.sentences or not ends_sentence(line)))
    document.note("bullet_lines_ratio", items / (len(lines) or 1))
    if items <= params.max_bullet_lines_ratio * len(lines):
        return None
    return f"{items} of {len(lines)} lines are list items"


RULE = plain(TooManyListLines, _fault)
