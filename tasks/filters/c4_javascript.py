"""Lines that ask for Javascript. C4 (Raffel et al. 2019, arXiv 1910.10683), section 2.2, which drops the lines."""

from tasks.core.filter_rules_papers import C4Javascript
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: C4Javascript) -> str | None:
    if "javascript" not in document.lower:
        return None
    lines = document.whole.lines
    count = sum("javascript" in line.lower() for line in lines)
    share = document.note("javascript_line_ratio", count / len(lines))
    return f"{count} of {len(lines)} lines speak of Javascript" if share > params.max_line_ratio else None


RULE = plain(C4Javascript, _fault)
