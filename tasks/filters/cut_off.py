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


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    last = document.prose_lines[-1] if document.prose_lines else ""
    if not document.text.rstrip().endswith(last):
        return None  # ends in code, which need not end like a sentence
    if _TEASER.search(last):
        return f"ends in {last[-40:]!r}"
    is_paragraph = len(last) >= MIN_PARAGRAPH_CHARS and not is_list_item(last)
    if len(document.text) < MIN_TEXT_CHARS or not is_paragraph or ends_sentence(last):
        return None
    return f"ends in mid-sentence: {last[-40:]!r}" if _BROKEN_END.search(last) else None


RULE = Rule("cut_off", _fault)
