"""Signs rather than letters and digits. After NeMo Curator's heuristics."""

import re

from tasks.core.filter_rules_pages import TooManyNonAlphanumeric
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_SIGNS = re.compile(r"(?:[^\w\s]|_)+")


def _fault(document: DocumentText, params: TooManyNonAlphanumeric) -> str | None:
    if not document.whole.words:
        return "no words"
    count = sum(map(len, _SIGNS.findall(document.text)))
    share = document.note("non_alpha_numeric_ratio", count / len(document.text))
    if share <= params.max_non_alpha_numeric_to_text_ratio:
        return None
    return f"{share:.0%} of the characters are no letters or digits"


RULE = plain(TooManyNonAlphanumeric, _fault)
