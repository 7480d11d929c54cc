"""The document is no running text: it lacks the commonest words of its language. Gopher (Rae et al. 2021, arXiv
2112.11446), appendix A.1.1: at least two of eight English ones.
"""

from itertools import islice

from tasks.core.filter_rules_papers import TooFewStopWords
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooFewStopWords) -> str | None:
    if params.language is not None and document.language[0] != params.language:
        return None
    part = document.of(params.of)
    lower = document.lower if part is document.whole else part.text.lower()
    if params.distinct:
        # Words between spaces are found much faster, and nearly always enough.
        plainly = (word for word in set(params.stop_words) if f" {word} " in lower)
        enough = len(list(islice(plainly, params.min_stop_words)))
        if enough == params.min_stop_words:
            document.note("stop_words_at_least", enough)
            return None
    counts = part.plain_counts
    found = [counts[word] for word in set(params.stop_words) if word in counts]
    count = int(document.note("stop_words", len(found) if params.distinct else sum(found)))
    if count >= params.min_stop_words:
        return None
    return f"{count} of the {len(params.stop_words)} commonest words"


RULE = plain(TooFewStopWords, _fault)
