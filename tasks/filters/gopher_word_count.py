"""Too few words or too many. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1: 50 to 100,000."""

from tasks.core.filter_rules_papers import GopherWordCount
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: GopherWordCount) -> str | None:
    count = len(document.of(params.of).words)
    document.note("words", count)
    if params.min_words <= count <= params.max_words:
        return None
    return f"{count} words, {params.min_words} to {params.max_words} wanted"


RULE = plain(GopherWordCount, _fault)
