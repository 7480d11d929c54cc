"""What a search engine or a shop's search answered, or that it found nothing."""

import re

from tasks.core.filter_rules_pages import SearchResults
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_SIGNS = (
    r"(?:showing|displaying|viewing|results?) (?:results? )?[\d,]+ ?(?:-|–|to) ?[\d,]+"
    r"(?: (?:of|from|out of)(?: about)? [\d,]+)?\b.{0,40}$",
    r"(?:about |approximately |found )?[\d,.]+ (?:search )?(?:results?|matches|hits)"
    r"(?: found| for\b.{0,60}| in [\d.]+ s\w*|\W.{0,40})?$",
    r"(?:search )?results? for\b.{1,80}$|search results?\W*$|you searched for\b.{1,80}$",
    r"(?:sort(?:ed)? by|order by|filter by|filter results|refine (?:by|your (?:search|results))|narrow (?:by"
    r"|your results))\b"
    r"(?!.*\.$).{0,60}$",
    r"did you mean\b.{1,60}\?$",
    r"no (?:results|matches)(?: were)?(?: found)?\b.{0,60}$"
    r"|your search\b.{0,60}(?:did not match|returned|found)\b.{0,60}$",
    r"(?:results per page|show \d+ per page|\d+ per page|relevance|related searches|people also (?:ask"
    r"|search for))\W*$",
)
_SIGN = re.compile("|".join(f"({sign})" for sign in _SIGNS))
_URL = re.compile(r"[/?&](?:search|s|q|query|find)(?:[/=?]|$|\.\w{2,4}\?)", re.IGNORECASE)
_WORDS = ("result", "sort", "refine", "filter by", "did you mean", "search", "per page", "relevance", "matches", "hits")


def _fault(document: DocumentText, params: SearchResults) -> str | None:
    if not any(word in document.lower for word in _WORDS):
        return None
    kinds = len({match.lastindex for match in map(_SIGN.match, document.whole.labels) if match})
    document.note("search_signs", kinds)
    if kinds >= params.min_signs or (kinds and _URL.search(document.url)):
        return f"{kinds} kinds of line that only search results have"
    return None


RULE = plain(SearchResults, _fault)
