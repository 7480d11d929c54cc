"""A page that asks for consent to cookies and shows little else."""

import re

from tasks.core.filter_rules_pages import CookieWall
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_SUBJECT = re.compile(
    r"\bcookies?\b|\bconsent\b|\btracking technolog|\bpersonal data\b|\bprivacy (?:policy|settings|choices)\b"
)
# What only the notice itself says; a manual on cookies does not.
_NOTICE = re.compile(
    r"\b(?:accept|reject|decline|allow|refuse) (?:all|optional|non-essential|the use of)?\s?(?:cookies|all|tracking)\b"
    r"|\b(?:we|this (?:web)?site|our (?:web)?site)(?:,? (?:and|along with) (?:our|\d+"
    r"|\w+) (?:\w+ )?partners,?)? (?:also )?(?:uses?|stores?|sets?|places?) cookies"
    r"|\b(?:manage|change|customi[sz]e|cookie) (?:your )?(?:preferences|settings|choices|consent)\b"
    r"|\b(?:by (?:continuing|clicking|using)|before you continue)\b.{0,80}\b(?:cookies|consent|agree)"
    r"|\bour (?:\d+ )?partners\b.{0,60}\b(?:store|access|process|data)"
)
_UNIT = re.compile(r"(?<=[.!?])\s+|\n+")
MIN_NOTICES = 2


def _fault(document: DocumentText, params: CookieWall) -> str | None:
    words = len(document.whole.words)
    if words > params.max_words or not ("cookie" in document.lower or "consent" in document.lower):
        return None
    units = [unit for unit in _UNIT.split(document.lower) if unit.strip()]
    spoken = sum(1 for unit in units if _SUBJECT.search(unit) or _NOTICE.search(unit))
    share = document.note("cookie_sentence_ratio", spoken / len(units))
    notices = len({match[0] for match in _NOTICE.finditer(document.lower)})
    if notices >= MIN_NOTICES and share >= params.min_sentence_ratio:
        return f"{spoken} of {len(units)} sentences and buttons are on cookies and consent"
    return None


RULE = plain(CookieWall, _fault)
