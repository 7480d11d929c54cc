"""Numbers with check digits: payment cards, bank accounts (IBAN), bitcoin addresses."""

import hashlib
import re
from collections.abc import Iterator

_CARD = re.compile(
    r"(?<![\w.+*-])(?<!\d )"
    r"(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5}|3[068]\d{2}([ -]?)\d{6}\3\d{4})"
    r"(?![\w-])(?![ .]\d)",
    re.ASCII,
)
# Issuers' ranges (ISO/IEC 7812): Visa, Mastercard, American Express, Diners Club, Discover, JCB.
_ISSUER = re.compile(
    r"4|5[1-5]|22(?!20|1)|2[3-6]|27[01]|2720|3[47]|3(?:0[0-5]|[68])|6(?:011|4[4-9]|5)|35(?:2[89]|[3-8])"
)
_ANY_CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)(?!\.\d)", re.ASCII)

_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", re.ASCII)
# Characters by country, from the IBAN registry of SWIFT (ISO 13616).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ DZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
# Numbers that payment providers and the registry print in their manuals, and two addresses that nobody can spend from.
_PRINTED = {
    *("4111111111111111", "4242424242424242", "4012888888881881", "5555555555554444", "5105105105105100"),
    *("378282246310005", "371449635398431", "6011111111111117", "6011000990139424", "3530111333300000"),
    *("30569309025904", "38520000023237", "4000056655665556", "2223003122003222", "4000000000000002"),
    *("GB82WEST12345698765432", "GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606"),
    *("NL91ABNA0417164300", "BE68539007547034", "CH9300762011623852957", "ES9121000418450200051332"),
    *("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BitcoinEaterAddressDontSendf59kuE"),
}

# The first character comes before what may not precede it, as the search then skips to such a character.
_BITCOIN = re.compile(
    r"[13b](?<![\w/].)(?:(?<!b)[1-9A-HJ-NP-Za-km-z]{25,34}|(?<=b)c1[02-9ac-hj-np-z]{11,71})(?!\w)", re.ASCII
)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def find_cards(text: str, careful: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each card number whose check digit is right."""
    for found in (_CARD if careful else _ANY_CARD).finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if passes_luhn(digits) and not (careful and (digits in _PRINTED or not _ISSUER.match(digits))):
            yield found.span()


def find_ibans(text: str, careful: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each bank account whose length and check digits are right."""
    for found in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(found[0][:2], 0)
        end = _end_after(text, found.start(), length)
        account = text[found.start() : end].replace(" ", "")
        if length and len(account) == length and passes_iban(account) and not (careful and account in _PRINTED):
            yield found.start(), end


def find_bitcoin(text: str, careful: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each bitcoin address whose checksum is right."""
    for found in _BITCOIN.finditer(text):
        passes = passes_bech32 if found[0].startswith("bc1") else passes_base58
        if passes(found[0]) and not (careful and found[0] in _PRINTED):
            yield found.span()


def passes_luhn(digits: str) -> bool:
    """Say whether the check digit of a card number is right (ISO/IEC 7812)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def passes_iban(account: str) -> bool:
    """Say whether the check digits of an account number are right (ISO 13616): 15 to 34 characters, no spaces."""
    rearranged = account[4:] + account[:4]
    return 15 <= len(account) <= 34 and int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1


def passes_base58(address: str) -> bool:
    """Say whether an address of the older forms ends in the right checksum: four bytes of a double sha256."""
    number = 0
    for character in address:
        number = number * 58 + _BASE58.index(character)
    if number >= 1 << 200:
        return False
    raw = number.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def passes_bech32(address: str) -> bool:
    """Say whether an address that begins with bc1 has the right checksum (BIP 173 and, for taproot, BIP 350)."""
    checksum = 1
    values = [3, 3, 0, 2, 3, *(_BECH32.index(character) for character in address[3:])]  # "bc", spread over five bits
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum in (1, 0x2BC830A3)


def _end_after(text: str, start: int, length: int) -> int:
    """Return where `length` characters that are no spaces end."""
    place = start
    while length and place < len(text):
        length -= text[place] != " "
        place += 1
    return place
