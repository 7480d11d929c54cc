"""The document is no running text: it lacks the commonest words of its language. After Gopher, appendix A.1.1."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

# Gopher (Rae et al. 2021, arXiv 2112.11446): at least two of these eight, for English.
STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})
MIN_STOP_WORDS = 2


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    if document.language[0] != "en":
        return None
    found = STOP_WORDS.intersection(document.lower_words)
    return f"{len(found)} of the {len(STOP_WORDS)} commonest words" if len(found) < MIN_STOP_WORDS else None


RULE = Rule("too_few_stop_words", _fault)
