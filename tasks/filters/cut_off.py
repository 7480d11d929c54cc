"""The text breaks off: a teaser that ends in "read more", or a page cut in the middle of a sentence."""

import re

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText, ends_sentence, is_list_item
from tasks.filters.rule import Rule

_TEASER = re.compile(
    r"(?:\.\.\.|…|[\[(](?:\.\.\.|…)[\])])$"
    r"|\b(?:read more|continue reading|(?:read|see|view) the (?:full|rest of the) \w+)\W{0,5}$",
    re.IGNORECASE,
)
# A last line this long is a paragraph; shorter ones are headings, captions and the like, which need no full stop.
MIN_PARAGRAPH_CHARS = 60
MIN_TEXT_CHARS = 600
_BROKEN_END = re.compile(r"[\w,;–—-]$")
# No heading ends in one of these either.
_DANGLING = re.compile(r"\w\W+(?:the|an?|of|and|or|but|to|in|is|are|was|were|that|which|with|for|because)$|\w,$")


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    last = document.prose_lines[-1] if document.prose_lines else ""
    if not document.text.rstrip().endswith(last):
        return None  # ends in code, which need not end like a sentence
    if _TEASER.search(last):
        return f"ends in {last[-40:]!r}"
    if len(document.text) < MIN_TEXT_CHARS or is_list_item(last) or ends_sentence(last):
        return None
    broken = _DANGLING.search(last) or (len(last) >= MIN_PARAGRAPH_CHARS and _BROKEN_END.search(last))
    return f"ends in mid-sentence: {last[-40:]!r}" if broken else None


RULE = Rule("cut_off", _fault)
