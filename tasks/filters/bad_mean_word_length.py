"""Words are too short or too long on average to be prose. Gopher (Rae et al. 2021, arXiv 2112.11446), A.1.1."""

from tasks.core.filter_rules_papers import BadMeanWordLength
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: BadMeanWordLength) -> str | None:
    part = document.of(params.of)
    mean = document.note("mean_word_length", part.word_characters / (len(part.words) or 1))
    if part.words and params.min_mean_word_length <= mean <= params.max_mean_word_length:
        return None
    return f"{mean:.1f} characters per word"


RULE = plain(BadMeanWordLength, _fault)
