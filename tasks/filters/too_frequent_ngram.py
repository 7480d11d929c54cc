"""One group of words makes up too much of the text. Gopher (Rae et al. 2021, arXiv 2112.11446), table A1."""

from tasks.core.filter_rules_papers import TooFrequentNgram
from tasks.filters.document import DocumentText
from tasks.filters.repetition import top_share, top_share_bounds
from tasks.filters.rule import plain

SIZES = (2, 3, 4)


def _fault(document: DocumentText, params: TooFrequentNgram) -> str | None:
    part = document.of(params.of)
    if not part.plain_words:
        return "no words"
    highest = (params.top_2_gram, params.top_3_gram, params.top_4_gram)
    bounds = top_share_bounds(part, SIZES, highest)
    for n, bound in zip(SIZES, highest, strict=True):
        if bounds[n] <= bound:
            document.note(f"top_{n}_gram_at_most", bounds[n])
            continue
        share = document.note(f"top_{n}_gram", top_share(part, n))
        if share > bound:
            return f"one group of {n} words covers {share:.0%} of the characters"
    return None


RULE = plain(TooFrequentNgram, _fault)
