"""Too much of the text are groups of words that came before. Gopher (Rae et al. 2021, arXiv 2112.11446), table A1."""

from tasks.core.filter_rules_papers import TooManyDuplicateNgrams
from tasks.filters.document import DocumentText
from tasks.filters.repetition import duplicate_share_bound, duplicate_shares
from tasks.filters.rule import plain

SIZES = range(5, 11)


def _fault(document: DocumentText, params: TooManyDuplicateNgrams) -> str | None:
    part = document.of(params.of)
    if not part.plain_words:
        return "no words"
    highest = (
        params.dup_5_gram,
        params.dup_6_gram,
        params.dup_7_gram,
        params.dup_8_gram,
        params.dup_9_gram,
        params.dup_10_gram,
    )
    bound = duplicate_share_bound(part, min(SIZES))
    if bound <= min(highest):
        document.note("dup_n_gram_at_most", bound)
        return None
    shares = duplicate_shares(part, SIZES)
    for n, share in shares.items():
        document.note(f"dup_{n}_gram", share)
    for (n, share), most in zip(shares.items(), highest, strict=True):
        if share > most:
            return f"repeated groups of {n} words cover {share:.0%} of the characters"
    return None


RULE = plain(TooManyDuplicateNgrams, _fault)
