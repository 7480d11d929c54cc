"""Too few lines end in punctuation. FineWeb (Penedo et al. 2024, arXiv 2406.17557), section 3."""

from tasks.core.filter_rules_papers import FinewebLinePunctuation
from tasks.filters.code_lines import ends_sentence
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: FinewebLinePunctuation) -> str | None:
    lines = document.whole.lines
    count = sum(map(ends_sentence, lines))
    share = document.note("line_punct_ratio", count / (len(lines) or 1))
    if lines and (share >= params.line_punct_thr or (not count and params.line_punct_exclude_zero)):
        return None
    return f"{count} of {len(lines)} lines end in punctuation"


RULE = plain(FinewebLinePunctuation, _fault)
