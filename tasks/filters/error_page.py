"""A server's or a script's message that there is no page to see: "404 not found", "please enable JavaScript"."""

import re

from tasks.core.filter_rules_pages import ErrorPage
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_SIGNS = re.compile(
    r"\b(?:error )?(?:40[0-9]|410|429|50[0-4])\b[\s:|–—-]{0,4}(?:error\b|page |file )?"
    r"(?:not found|forbidden|unauthori[sz]ed|bad request|gone|error|service unavailable|bad gateway"
    r"|internal server error)"
    r"|\b(?:page|file|document|url|content|article)\b.{0,40}(?:could not|couldn['’]t|cannot|can['’]t|can not|was not"
    r"|wasn['’]t|not|no longer) (?:be )?(?:found|exists?|available|located)"
    r"|\b(?:page|resource|site) (?:you (?:are|were) looking for|you(?: have)? requested|you tried to (?:open|reach"
    r"|view))"
    r"|(?:enable|turn on|activate|allow) java ?script\b"
    r"|java ?script (?:is|must be|seems to be|appears to be|needs to be|has to be)(?: currently)? (?:disabled"
    r"|enabled|turned|switched|off|required)"
    r"|\byour browser (?:is (?:out of date|outdated|not supported|no longer supported)|does not support"
    r"|doesn['’]t support)"
    r"|\b(?:access (?:is |has been )?denied|request (?:was |has been )?blocked|too many requests|internal server error"
    r"|bad gateway|gateway time-?out|service (?:is )?(?:temporarily |currently )?unavailable)\b"
    r"|\b(?:checking (?:if )?(?:your browser|the site connection)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|are you a robot)\b"
    r"|\b(?:an? (?:unexpected |unknown |application )?error (?:has )?occurred|something went wrong)\b"
    r"|\b(?:down|closed|undergoing|under) (?:for )?(?:scheduled |planned )?maintenance\b"
)
# A message stands at the top; so far down it is quoted.
_TOP_CHARS = 250
_SHORT_WORDS = 60


def _fault(document: DocumentText, params: ErrorPage) -> str | None:
    words = len(document.whole.words)
    if words > params.max_words:
        return None
    found = [match[0] for match in _SIGNS.finditer(document.lower)]
    document.note("error_signs", len(found))
    if not found:
        return None
    at_top = _SIGNS.search(document.lower, 0, _TOP_CHARS)
    if at_top or words <= _SHORT_WORDS or len(found) > 1:
        return f"{found[0]!r} in {words} words"
    return None


RULE = plain(ErrorPage, _fault)
