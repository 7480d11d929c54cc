"""Too many words without a letter: numbers, prices, rules. Gopher (Rae et al. 2021, arXiv 2112.11446), A.1.1."""

import re

from tasks.core.filter_rules_papers import TooFewAlphabeticWords
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_LETTER = re.compile(r"[^\W\d_]")


def _fault(document: DocumentText, params: TooFewAlphabeticWords) -> str | None:
    part = document.of(params.of)
    words = part.words
    without = [word for word in words if not (word.isalpha() or _LETTER.search(word))]
    # The frame of a Markdown table is no word.
    total = len(words) - sum(1 for word in without if not word.strip("|-:"))
    alphabetic = len(words) - len(without)
    share = document.note("alphabetic_words_ratio", alphabetic / (total or 1))
    if total and share >= params.min_alphabetic_words_ratio:
        return None
    return f"{alphabetic} of {total} words have a letter"


RULE = plain(TooFewAlphabeticWords, _fault)
