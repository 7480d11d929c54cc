"""Goods with prices, one after the other."""

import re

from tasks.core.filter_rules_pages import ProductList
from tasks.filters.code_lines import ends_sentence
from tasks.filters.document import DocumentText
from tasks.filters.prices import PRICE, may_have_prices
from tasks.filters.rule import plain

_SHOP = re.compile(
    r"\b(?:add to (?:cart|basket|bag|wish ?list)|quick ?view|in stock|out of stock|sold out|sku\b"
    r"|(?:customer )?reviews?\b|"
    r"on sale|free (?:shipping|delivery)|compare|buy now|items? per page|sort by|checkout|was [$€£]|from [$€£]"
    r"|incl\. vat)"
)
_MAX_CHARS = 140
# So many prices need no further sign of a shop.
SURE_RATIO = 0.3


def _fault(document: DocumentText, params: ProductList) -> str | None:
    if not may_have_prices(document.text):
        return None
    lines = document.whole.lines
    priced = sum(1 for line in lines if len(line) <= _MAX_CHARS and PRICE.search(line) and not ends_sentence(line))
    share = document.note("price_line_ratio", priced / len(lines))
    if priced < params.min_products or share < params.min_price_line_ratio:
        return None
    if share < SURE_RATIO and not _SHOP.search(document.lower):
        return None
    return f"{priced} of {len(lines)} lines have a price"


RULE = plain(ProductList, _fault)
