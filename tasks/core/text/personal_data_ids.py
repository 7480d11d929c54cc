"""Numbers that a state gives to a person, of the forms that are hardly ever anything else."""

import re
from collections.abc import Iterator
from datetime import date

# United States: social security number; parts of zeros, 666 and 900 to 999 are not given out.
_SSN = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])", re.ASCII)
# Used in advertisements, and what everybody types.
_PRINTED_SSN = {"078-05-1120", "219-09-9999", "123-45-6789", "111-11-1111"}
# United Kingdom: national insurance number, as it is printed; the letters are those given out.
_NINO = re.compile(
    r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] \d\d \d\d \d\d [A-D](?!\w)", re.ASCII
)
# Brazil: CPF with two check digits.
_CPF = re.compile(r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d\d(?![\w-])", re.ASCII)
# China: identity number with a date of birth and a check character.
_CHINESE = re.compile(r"(?<![\w.-])[1-9]\d{5}((?:19|20)\d\d)(\d\d)(\d\d)\d{3}[\dX](?![\w-])", re.ASCII)
# Italy: codice fiscale; its form is enough.
_ITALIAN = re.compile(r"(?<!\w)[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z](?!\w)", re.ASCII)


def find(text: str, careful: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each number; `careful` leaves those that forms and manuals print."""
    for found in _SSN.finditer(text):
        if not careful or found[0] not in _PRINTED_SSN:
            yield found.span()
    for found in _CPF.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if passes_cpf(digits) and not (careful and (len(set(digits)) == 1 or digits == "12345678909")):
            yield found.span()
    for found in _CHINESE.finditer(text):
        if passes_chinese(found[0]) and _is_date(*(int(part) for part in found.groups())):
            yield found.span()
    for pattern in (_NINO, _ITALIAN):
        for found in pattern.finditer(text):
            yield found.span()


def passes_cpf(digits: str) -> bool:
    """Say whether both check digits of eleven are right (weights fall to 2, modulo 11)."""
    for length in (9, 10):
        total = sum(int(digit) * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != int(digits[length]):
            return False
    return True


def passes_chinese(number: str) -> bool:
    """Say whether the last of 18 characters is right (GB 11643, which is ISO 7064 mod 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
