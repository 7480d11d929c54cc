"""Which kinds of personal data a text may hold, told from its shape: what most texts are asked and no more.

Bytes are mapped to classes and searched for strings, which takes a twentieth of the time of the patterns.
"""

from collections.abc import Iterable

from tasks.core.text.personal_data_emails import SPELLED_SIGNS


def _table(classes: dict[str, Iterable[int]], *, keep: bytes = b"") -> bytes:
    """Return a table for bytes.translate: each class as its letter, what is kept as it is, all else as a line end."""
    table = bytearray(b"\n" * 256)
    for name, members in classes.items():
        for member in members:
            table[member] = ord(name)
    for member in keep:
        table[member] = member
    return bytes(table)


_DIGITS = range(ord("0"), ord("9") + 1)
_UPPER = range(ord("A"), ord("Z") + 1)
_LOWER = range(ord("a"), ord("z") + 1)
_FORMS = _table({"0": _DIGITS, "A": _UPPER}, keep=b" .-")
_NUMBERS = _table({"0": _DIGITS})
# The separators of telephone and card numbers; the last five are the bytes of the dashes U+2011 to U+2013 in UTF-8.
_SEPARATORS = b" ().-/\xe2\x80\x91\x92\x93"
_RUNS = _table({"x": (*_DIGITS, *_UPPER, *_LOWER, ord("_"), ord("-"))})

_IPV4_FORMS = (b"0.0.0", b"0.00.0", b"0.000.0")
_IPV6, _HEX = b":" * 7, b"0123456789abcdefABCDEF"
_ID_FORMS = (b"000-00-0000", b"000.000.000-00", b"0" * 17, b"AA 00 00 00 A", b"AAAAAA00A00A000A")
_SPELLED_SIGNS = tuple(sign.encode() for sign in SPELLED_SIGNS)
# The shortest telephone number, payment card, and key of a service or bitcoin address.
_PHONE = b"0" * 7
_CARD = b"0" * 13
_KEY = b"x" * 20
_SECRETS = (b"PRIVATE KEY", b"ecret", b"ECRET")


def _in_four_parts(data: bytes, forms: bytes) -> bool:
    return any(form in forms for form in _IPV4_FORMS) and b"..." in data.translate(_FORMS, b"0123456789")


def likely(text: str) -> set[str]:
    """Return the kinds that `text` may hold; it holds none of the others."""
    data = text.encode("utf-8", "replace")
    forms = data.translate(_FORMS)
    numbers = data.translate(_NUMBERS, _SEPARATORS)
    kinds = set()
    if _KEY in data.translate(_RUNS):
        kinds |= {"secret", "bitcoin_address"}
    if any(sign in data for sign in _SECRETS):
        kinds.add("secret")
    if b"@" in data or any(sign in data for sign in _SPELLED_SIGNS):
        kinds.add("email")
    if b"AA00" in forms:
        kinds.add("iban")
    if any(form in forms for form in _ID_FORMS):
        kinds.add("national_id")
    if _in_four_parts(data, forms) or b"::" in data or _IPV6 in data.translate(None, _HEX):
        kinds.add("ip_address")
    if _PHONE in numbers:
        kinds.add("phone")
        if _CARD in numbers:
            kinds.add("card")
    return kinds
