"""Finds prices."""

import re

PRICE = re.compile(r"(?:[$€£]\s?\d[\d,]*(?:\.\d\d)?|\b\d[\d,]{0,12}(?:[.,]\d\d)?\s?(?:€|£|USD|EUR|GBP)(?!\w))")
_SIGNS = ("$", "€", "£", "USD", "EUR", "GBP")


def may_have_prices(text: str) -> bool:
    """Say whether a text has any sign of a currency."""
    return any(sign in text for sign in _SIGNS)
