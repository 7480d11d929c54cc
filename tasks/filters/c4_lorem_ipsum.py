"""Blind text, named or quoted. C4 (Raffel et al. 2019, arXiv 1910.10683), section 2.2."""

from tasks.core.filter_rules_papers import C4LoremIpsum
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: C4LoremIpsum) -> str | None:
    place = document.lower.find("lorem ipsum")
    return None if place < 0 else f"at character {place}"


RULE = plain(C4LoremIpsum, _fault)
