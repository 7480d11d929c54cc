"""The prose is strewn with hash signs or ellipses. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

MAX_SYMBOL_WORD_RATIO = 0.1


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    word_count = len(document.words) or 1
    for name, count in (
        ("hash signs", document.prose.count("#")),
        ("ellipses", document.prose.count("...") + document.prose.count("…")),
    ):
        if count / word_count > MAX_SYMBOL_WORD_RATIO:
            return f"{count} {name} to {word_count} words"
    return None


RULE = Rule("too_many_symbols", _fault)
