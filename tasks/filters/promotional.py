"""The page sells something: prices, calls to buy, offers."""

import re
from itertools import product

from tasks.core.filter_rules_pages import Promotional
from tasks.filters.document import DocumentText
from tasks.filters.prices import PRICE, may_have_prices
from tasks.filters.rule import plain


def _spelt(*parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return every way to put one of each part after the other."""
    return tuple("".join(words) for words in product(*parts))


_NOW = ("buy", "shop", "order", "book", "call", "enrol", "subscribe", "sign up"), (" ", " it "), ("now", "today")
# Calls by a word that a text with one of them must hold: so few of them are looked for.
_CALLS: dict[str, tuple[str, ...]] = {
    "cart": _spelt(("add to ", "add it to ", "add this to "), ("", "your "), ("cart",)),
    "basket": _spelt(("add to ", "add it to ", "add this to "), ("", "your "), ("basket",)),
    "bag": _spelt(("add to ",), ("", "your "), ("bag",)),
    "wishlist": ("add to wishlist", "add to your wishlist"),
    "now": (*_spelt(*_NOW[:2], ("now",)), "contact us now"),
    "today": (*_spelt(*_NOW[:2], ("today",)), "contact us today"),
    "free": _spelt(("free ",), ("shipping", "delivery", "returns", "quote", "trial", "consultation")),
    "offer": ("limited offer", "special offer", "limited time offer", "limited-time offer", "offer ends"),
    "offers": ("limited offers", "special offers", "limited time offers"),
    "sale": ("sale ends",),
    "stock": ("in stock", "out of stock", "while stock lasts"),
    "stocks": ("while stocks last",),
    "supplies": ("while supplies last",),
    "guarantee": ("money back guarantee", "money-back guarantee"),
    "price": ("best price",),
    "off": ("% off", "percent off"),
    "code": _spelt(("use ", "enter "), ("", "promo ", "coupon ", "discount "), ("code",)),
    "request": ("request a quote", "request a free quote", "request a demo"),
    "customers": ("customers also bought", "customers also viewed"),
    "checkout": ("proceed to checkout",),
    "miss": _spelt(("don't miss ", "don’t miss "), ("out", "this")),
    "guaranteed": ("satisfaction guaranteed",),
    "risk-free": ("risk-free",),
    "save": ("save up to",),
    "left": tuple(f"only {count} left" for count in range(1, 11)),
}


def _fault(document: DocumentText, params: Promotional) -> str | None:
    prose, words = document.prose, document.prose.plain_counts
    text = document.lower if prose is document.whole else prose.text.lower()
    calls = sorted(call for word, found in _CALLS.items() if word in words for call in found if call in text)
    # "Buy nowadays" is no call.
    calls = [call for call in calls if re.search(rf"(?<!\w){re.escape(call)}(?!\w)", text) or call == "% off"]
    density = document.note("calls_to_buy_per_1000_words", 1000 * len(calls) / (len(prose.words) or 1))
    prices = len(PRICE.findall(prose.text)) if calls and may_have_prices(prose.text) else 0
    if len(calls) < (params.min_calls_with_price if prices else params.min_calls):
        return None
    if density < params.min_calls_per_1000_words:
        return None
    return f"{prices} prices; {', '.join(calls[:4])}"


RULE = plain(Promotional, _fault)
