"""The same paragraphs again and again. Gopher (Rae et al. 2021, arXiv 2112.11446), table A1."""

from tasks.core.filter_rules_papers import TooManyRepeatedParagraphs
from tasks.filters.document import DocumentText
from tasks.filters.repetition import repeated_shares
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooManyRepeatedParagraphs) -> str | None:
    paragraphs = document.of(params.of).paragraphs
    share, character_share = repeated_shares(paragraphs, count_first=params.count_first)
    document.note("repeated_paragraph_fraction", share)
    document.note("repeated_paragraph_character_fraction", character_share)
    if not paragraphs:
        return "no paragraphs"
    if share <= params.max_paragraph_fraction and character_share <= params.max_character_fraction:
        return None
    return f"{share:.0%} of the paragraphs and {character_share:.0%} of the characters repeat other paragraphs"


RULE = plain(TooManyRepeatedParagraphs, _fault)
