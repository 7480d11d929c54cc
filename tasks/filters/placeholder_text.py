"""Filler instead of content: blind text, parked domains, pages under construction. Blind text after C4
(Raffel et al. 2019, arXiv 1910.10683).
"""

import re

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

# The bare name is left alone, or an explanation of blind text would be taken for it.
_BLIND_TEXT = re.compile(r"lorem\s+ipsum\s+dolor\s+sit", re.IGNORECASE)
_EMPTY_PAGE = re.compile(
    r"\b(?:this|our) (?:page|site|website) is (?:currently )?(?:under construction|coming soon|parked)\b"
    r"|\bthis domain (?:name )?(?:is|may be) (?:for sale|parked|available for purchase)\b"
    r"|\[?(?:insert|enter|add|put) your (?:own )?(?:text|content|title|description) here\b",
    re.IGNORECASE,
)
# An article may quote such a sentence; an empty page has little else.
MAX_WORDS_AROUND = 150


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    if found := _BLIND_TEXT.search(document.text):
        return f"blind text at character {found.start()}"
    if len(document.words) <= MAX_WORDS_AROUND and (found := _EMPTY_PAGE.search(document.text)):
        return f"{found[0]!r}"
    return None


RULE = Rule("placeholder_text", _fault)
