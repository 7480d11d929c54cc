"""The text breaks off: a teaser that ends in "read more", or a page cut in the middle of a sentence."""

import re

from tasks.core.filter_rules_pages import CutOff
from tasks.filters.code_lines import is_list_item, is_table_row
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_TEASER = re.compile(
    r"(?:\.\.\.|…|[\[(](?:\.\.\.|…)[\])])$"
    r"|\b(?:read more|continue reading|(?:read|see|view) the (?:full|rest of the) \w+)\W{0,5}$",
    re.IGNORECASE,
)
# Names, titles and numbers may end a last line; a word in small letters ends a sentence that was cut.
_BROKEN_END = re.compile(r"(?:\s[^\W\d_A-Z]+(?:['’-][^\W\d_A-Z]+)*|[,;–—-])$")
# No heading ends in one of these either.
_DANGLING = re.compile(r"\w\W+(?:the|an?|of|and|or|but|to|in|is|are|was|were|that|which|with|for|because)$|\w,$")
_END_CHARS = 200


def _fault(document: DocumentText, params: CutOff) -> str | None:
    lines = document.prose.lines
    last = lines[-1] if lines else ""
    if not document.text.rstrip().endswith(last):
        return None  # ends in code, which need not end like a sentence
    end = last[-_END_CHARS:]
    if _TEASER.search(end):
        return f"ends in {last[-40:]!r}"
    if len(document.text) < params.min_text_chars or is_list_item(last) or is_table_row(last):
        return None
    broken = _DANGLING.search(end) or (len(last) >= params.min_paragraph_chars and _BROKEN_END.search(end))
    return f"ends in mid-sentence: {last[-40:]!r}" if broken else None


RULE = plain(CutOff, _fault)
