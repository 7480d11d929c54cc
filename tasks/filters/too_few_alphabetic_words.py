"""Too many words without a letter: numbers, prices, rules. Gopher (Rae et al. 2021, arXiv 2112.11446), A.1.1."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

MIN_ALPHABETIC_SHARE = 0.8


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    words = document.words
    alphabetic = sum(1 for word in words if any(character.isalpha() for character in word))
    if alphabetic >= MIN_ALPHABETIC_SHARE * len(words):
        return None
    return f"{alphabetic} of {len(words)} words have a letter"


RULE = Rule("too_few_alphabetic_words", _fault)
