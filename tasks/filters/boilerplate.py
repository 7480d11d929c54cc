"""Notices on terms, privacy, cookies and rights rather than text. After NeMo Curator's heuristics and C4's lines."""

from tasks.core.filter_rules_pages import Boilerplate
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_NOTICES = (
    *("terms of use", "terms of service", "terms and conditions", "privacy policy", "privacy & cookies policy"),
    *("privacy and cookie policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"),
    *("all rights reserved", "unsubscribe at any time"),
)
# A longer paragraph says more than that.
_MAX_NOTICE_CHARS = 400


def _fault(document: DocumentText, params: Boilerplate) -> str | None:
    if not any(notice in document.lower for notice in _NOTICES):
        return None
    parts = document.whole.paragraphs
    parts = parts if len(parts) > 1 else document.whole.lines
    count = sum(1 for part in parts if len(part) <= _MAX_NOTICE_CHARS and _is_notice(part.lower()))
    share = document.note("boilerplate_ratio", count / len(parts))
    return f"{count} of {len(parts)} paragraphs are notices" if share > params.max_boilerplate_ratio else None


def _is_notice(part: str) -> bool:
    return any(notice in part for notice in _NOTICES)


RULE = plain(Boilerplate, _fault)
