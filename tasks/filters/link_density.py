"""Addresses and Markdown links rather than text. After NeMo Curator's heuristics; links as extractors write them."""

import re

from tasks.core.filter_rules_pages import LinkDensity
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_LINK = re.compile(r"\[[^\[\]\n]{1,300}\]\([^()\s]{1,2000}\)|\b[a-z][a-z0-9+.-]{1,15}://\S+|\bwww\.\S+", re.IGNORECASE)


def _fault(document: DocumentText, params: LinkDensity) -> str | None:
    text = document.text
    if "://" not in text and "](" not in text and "www." not in document.lower:
        document.note("url_to_text_ratio", 0)
        return None
    count = sum(map(len, _LINK.findall(text)))
    share = document.note("url_to_text_ratio", count / len(text))
    return f"{share:.0%} of the characters are links" if share > params.max_url_to_text_ratio else None


RULE = plain(LinkDensity, _fault)
