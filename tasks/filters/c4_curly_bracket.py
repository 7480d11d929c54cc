"""A curly bracket, which is code more often than prose. C4 (Raffel et al. 2019, arXiv 1910.10683), section 2.2."""

from tasks.core.filter_rules_papers import C4CurlyBracket
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: C4CurlyBracket) -> str | None:
    place = document.text.find("{")
    return None if place < 0 else f"at character {place}"


RULE = plain(C4CurlyBracket, _fault)
