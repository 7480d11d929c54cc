"""Filler instead of content: blind text, parked domains, pages under construction. Blind text after C4
(Raffel et al. 2019, arXiv 1910.10683).
"""

import re

from tasks.core.filter_rules_pages import PlaceholderText
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

# The bare name is left alone, or an explanation of blind text would be taken for it.
_BLIND_TEXT = re.compile(r"lorem\s+ipsum\s+dolor\s+sit")
_EMPTY_PAGE = re.compile(
    r"\b(?:this|our) (?:page|site|website|section) is (?:currently )?(?:under construction|coming soon|parked"
    r"|being updated)\b"
    r"|\bthis domain (?:name )?(?:is|may be) (?:for sale|parked|available for purchase)\b"
    r"|\[?(?:insert|enter|add|put) your (?:own )?(?:text|content|title|description) here\b"
    r"|\b(?:just another wordpress (?:site|weblog)|hello world! welcome to wordpress)\b",
)


def _fault(document: DocumentText, params: PlaceholderText) -> str | None:
    if "lorem" in document.lower and (found := _BLIND_TEXT.search(document.lower)):
        return f"blind text at character {found.start()}"
    if len(document.whole.words) <= params.max_words and (found := _EMPTY_PAGE.search(document.lower)):
        return f"{found[0]!r}"
    return None


RULE = plain(PlaceholderText, _fault)
