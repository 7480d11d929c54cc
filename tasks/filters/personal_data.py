"""Somebody's address, number or account is in the text. What is said of it never repeats it."""

import ipaddress
import re
from collections.abc import Callable, Iterator

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@((?:[a-zA-Z0-9-]{1,63}\.){1,5}[a-zA-Z]{2,24})(?![\w-])(?!:)")
# RFC 2606 and 6761 set these names aside; the others are what manuals write instead.
_EXAMPLE_DOMAIN = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|org|net|edu))?|invalid|test|localhost|local)$"
    r"|(?:^|\.)(?:(?:your|my|some|the)?-?(?:domain|company|host|site|mail|server)|foo|bar|acme)\.(?:com|org|net)$",
    re.IGNORECASE,
)
_NOT_A_PERSON = {"git", "noreply", "no-reply", "user", "username", "you", "someone", "name"}

# Written as telephone numbers are: with a country code, or in the groups of North America.
_PHONE = re.compile(
    r"(?<![\w.+-])(?:\+\d{1,3}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})(?![\w-])(?!\.\d)"
)
# 555-0100 to 555-0199 are kept for fiction, and 123-4567 is nobody's.
_FICTION_PHONE = re.compile(r"555\D{0,3}01\d\d$|123\D?45\d?\D?\d{2,4}$|(\d)\1{6}")

_CARD = re.compile(
    r"(?<![\w.+*-])(?<!\d )(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\w-])(?![ .]\d)"
)
_CARD_PREFIX = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|5)|35")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
# Numbers that payment providers and the IBAN registry print in their manuals.
_PRINTED_NUMBERS = {
    *("4111111111111111", "4242424242424242", "4012888888881881", "5555555555554444", "5105105105105100"),
    *("378282246310005", "371449635398431", "6011111111111117", "3530111333300000"),
    *("GB82WEST12345698765432", "GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606"),
}
_IPV4 = re.compile(r"(?<![\w./:-])(?:\d{1,3}\.){3}\d{1,3}(?![\w./-])(?!\.\d)")
_VERSION_BEFORE = re.compile(r"(?:\bv|\bversions?|\brelease|\bbuild|[<>=~^])\s*$", re.IGNORECASE)
_PUBLIC_SERVICES = {"8.8.8.8", "8.8.4.4", "9.9.9.9"}
# Four small numbers are a version or a section far more often than an address; 0 and 255 name networks, not hosts.
MIN_LARGEST_OCTET = 32


def _emails(text: str) -> Iterator[int]:
    for found in _EMAIL.finditer(text):
        if found[1].lower() not in _NOT_A_PERSON and not _EXAMPLE_DOMAIN.search(found[2]):
            yield found.start()


def _phones(text: str) -> Iterator[int]:
    for found in _PHONE.finditer(text):
        if 10 <= sum(map(str.isdigit, found[0])) <= 15 and not _FICTION_PHONE.search(found[0]):
            yield found.start()


def _cards(text: str) -> Iterator[int]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if _CARD_PREFIX.match(digits) and digits not in _PRINTED_NUMBERS and passes_luhn(digits):
            yield found.start()


def _ibans(text: str) -> Iterator[int]:
    for found in _IBAN.finditer(text):
        account = found[0].replace(" ", "")
        if account not in _PRINTED_NUMBERS and passes_iban(account):
            yield found.start()


def _ip_addresses(text: str) -> Iterator[int]:
    for found in _IPV4.finditer(text):
        if found[0] in _PUBLIC_SERVICES or _VERSION_BEFORE.search(text, max(0, found.start() - 12), found.start()):
            continue
        octets = [int(octet) for octet in found[0].split(".")]
        if max(octets) < MIN_LARGEST_OCTET or max(octets) > 255 or octets[-1] in (0, 255):
            continue
        if ipaddress.IPv4Address(bytes(octets)).is_global:
            yield found.start()


def passes_luhn(digits: str) -> bool:
    """Say whether the check digit of a card number is right (ISO/IEC 7812)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def passes_iban(account: str) -> bool:
    """Say whether the check digits of an account number are right (ISO 13616): 15 to 34 characters, no spaces."""
    rearranged = account[4:] + account[:4]
    return 15 <= len(account) <= 34 and int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1


_KINDS: tuple[tuple[str, Callable[[str], Iterator[int]]], ...] = (
    ("an email address", _emails),
    ("a telephone number", _phones),
    ("a card number", _cards),
    ("a bank account", _ibans),
    ("a public IP address", _ip_addresses),
)


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    for kind, find in _KINDS:
        place = next(find(document.text), None)
        if place is not None:
            return f"{kind} at character {place}"
    return None


RULE = Rule("personal_data", _fault)
