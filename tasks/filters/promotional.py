"""The page sells something: prices, calls to buy, offers."""

import re

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

_CALL = re.compile(
    r"\b(?:add (?:it |this )?to (?:your )?(?:cart|basket|bag|wish ?list)"
    r"|(?:buy|shop|order|book|call|enrol|subscribe|sign up) (?:it )?(?:now|today)"
    r"|free (?:shipping|delivery|returns|quote|trial|consultation)"
    r"|(?:limited|special)[ -](?:time )?offers?|(?:sale|offer) ends"
    r"|while (?:stocks?|supplies) lasts?|in stock|out of stock|money[ -]back guarantee|best price"
    r"|(?:\d+ ?%|percent) off|(?:use|enter) (?:promo |coupon |discount )?code|request a (?:free )?(?:quote|demo)"
    r"|customers also (?:bought|viewed)|proceed to checkout|don['’]t miss (?:out|this)|satisfaction guaranteed"
    r"|contact us (?:now|today)|risk[ -]free|save up to|only \d+ left)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"(?:[$€£]\s?\d[\d,]*(?:\.\d\d)?|\b\d[\d,]*(?:[.,]\d\d)?\s?(?:€|£|USD|EUR|GBP)(?!\w))")
# An article on shops names one or two of these; an advertisement lives on them. Own choice, tried on real pages.
MIN_CALLS_WITH_PRICE = 2
MIN_CALLS = 4
MIN_CALLS_PER_1000_WORDS = 4.0


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    calls = {call.casefold() for call in _CALL.findall(document.prose)}
    prices = len(_PRICE.findall(document.prose))
    wanted = MIN_CALLS_WITH_PRICE if prices else MIN_CALLS
    if len(calls) < wanted or 1000 * len(calls) / (len(document.words) or 1) < MIN_CALLS_PER_1000_WORDS:
        return None
    return f"{prices} prices; {', '.join(sorted(calls)[:4])}"


RULE = Rule("promotional", _fault)
