"""Numbers rather than text. After NeMo Curator's heuristics."""

import re

from tasks.core.filter_rules_pages import TooManyDigits
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_DIGITS = re.compile(r"\d+")


def _fault(document: DocumentText, params: TooManyDigits) -> str | None:
    count = sum(map(len, _DIGITS.findall(document.text)))
    share = document.note("number_to_text_ratio", count / (len(document.text) or 1))
    return f"{share:.0%} of the characters are digits" if share > params.max_number_to_text_ratio else None


RULE = plain(TooManyDigits, _fault)
