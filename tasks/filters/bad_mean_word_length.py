"""Words are too short or too long on average to be prose. Gopher (Rae et al. 2021, arXiv 2112.11446), A.1.1."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

MIN_MEAN_WORD_LENGTH = 3.0
MAX_MEAN_WORD_LENGTH = 10.0


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    words = document.words
    mean = sum(map(len, words)) / (len(words) or 1)
    return None if MIN_MEAN_WORD_LENGTH <= mean <= MAX_MEAN_WORD_LENGTH else f"{mean:.1f} characters per word"


RULE = Rule("bad_mean_word_length", _fault)
