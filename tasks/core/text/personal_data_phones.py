"""Telephone numbers: international ones, those of North America, and national ones where their form or a word says so.

A stretch of digits and separators is found first, as most texts have few; the forms are tried in it alone.
"""

import re
from collections.abc import Iterator

_STRETCH = re.compile(r"[+(]{0,2}\d[\d ().\-/\u2011-\u2013]{5,}+", re.ASCII)
_NO_DIGITS = re.compile(r"[^0-9]")
MIN_DIGITS, MAX_DIGITS = 7, 15  # ITU-T E.164 allows 15

_SEPARATOR = r"(?:[ .\-/\u2011-\u2013]{1,2}|[ .-]?\(|\) ?)"
_INTERNATIONAL = re.compile(
    rf"(?<![\w.+-])\+\(?[1-9]\d{{0,14}}+(?:{_SEPARATOR}\d{{1,14}}+){{0,7}}(?![\w-])(?!\.\d)", re.ASCII
)
_NORTH_AMERICAN = re.compile(
    r"(?<![\w.+/$£€-])(?:1[ .-])?"
    r"(?:\([2-9]\d\d\) ?[2-9]\d\d[ .\-\u2011-\u2013]|[2-9]\d\d([.\-\u2011-\u2013])[2-9]\d\d\1)\d{4}"
    r"(?![\w-])(?!\.\d)",
    re.ASCII,
)
# With the zero that is dialled before an area code, in groups of at least two digits.
_TRUNK = re.compile(
    r"(?<![\w.+/$£€-])(?<!\d[ :])(?:\(0[1-9]\d{0,4}\)[ /-]?|0[1-9]\d{0,4}[ ./-]{1,2})\d{2,8}+(?:[ .-]\d{2,8}+){0,4}"
    r"(?![\w-])(?!\.\d)",
    re.ASCII,
)
_NAMED = re.compile(r"(?<![\w.+-])\(?\d(?:[ .\-/]?\(?\d\)?){6,14}(?![\w-])(?!\.\d)", re.ASCII)
# What stands in every word that announces a number; the signs are a telephone and a mobile one.
_NAMES = (
    *("tel", "phone", "fax", "mobil", "móvil", "movil", "cell", "handy", "whatsapp", "hotline", "helpline", "landline"),
    *("pager", "tél", "\u260e", "\u2706", "\U0001f4de", "\U0001f4f1"),
)
_NAME_BEFORE = re.compile(
    r"(?:\b(?:tel|t[ée]l[ée]?phone|telefono?|telefone|phone|fax|telefax|mobile?|m[óo]vil|cell|cellular|handy|whatsapp"
    r"|hotline|helpline|landline|pager)\b\.?|[\u260e\u2706\U0001f4de\U0001f4f1])"
    r"(?:[ \t]?(?:numbers?|no\.?|nr\.?|us|is|at|on|:|#|\(\w{1,8}\)|-|=|\u2013)){0,3}[ \t\ufe0f]*$",
    re.IGNORECASE,
)
MAX_NAME_CHARS = 48

_DATE = re.compile(
    r"[0-3]?\d[ ./-][0-3]?\d[ ./-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d[./-][01]\d[./-][0-3]\d(?!\d)", re.ASCII
)
# 555-0100 to 555-0199 are kept for fiction (NANPA), as are these of Ofcom and of ARCEP.
_FICTION = re.compile(r"5550?1\d\d$|207946 ?0\d{3}$|7700900\d{3}$|1632960\d{3}$|1[1-9]1?4960\d{3}$|[1-5]9900\d{4}$")
_TYPED = re.compile(r"(\d)\1{6}|1234567|2345678|9876543|8765432")
# Those that are given out (ITU-T E.164).
_COUNTRY_CODE = re.compile(
    r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-69]\d|35\d|37\d|38\d|42[013]|50\d|59\d|67\d"
    r"|68\d|69\d|8[05]\d|87\d|88\d|96\d|97\d|99\d"
)
_NORTH_AMERICAN_PLAN = re.compile(r"1[2-9]\d\d[2-9]\d{6}$")


def find(text: str, careful: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each number, some perhaps twice in another form.

    `careful` leaves numbers of fiction and those that are typed as the keys lie.
    """
    forms = _FORMS if _is_named(text.lower()) else _FORMS[:-1]
    for stretch in _STRETCH.finditer(text):
        if len(_NO_DIGITS.sub("", stretch[0])) < MIN_DIGITS:
            continue
        # Three characters more, for what may not follow a number.
        for pattern, fits in forms if "+" in stretch[0] else forms[1:]:
            for found in pattern.finditer(text, stretch.start(), min(len(text), stretch.end() + 3)):
                until = _within(found[0]) + found.start()
                digits = _NO_DIGITS.sub("", text[found.start() : until])
                if fits(text, found.start(), until, digits) and not (careful and _is_nobodys(digits)):
                    yield found.start(), until


def _is_named(lower: str) -> bool:
    return any(name in lower for name in _NAMES)


def _within(written: str) -> int:
    """Return how much of `written` is one number: whole groups of 15 digits at most, as another may follow it."""
    while len(_NO_DIGITS.sub("", written)) > MAX_DIGITS:
        shorter = re.sub(r"\D+\d+\D*$", "", written)
        if shorter == written:
            break
        written = shorter
    return len(written.rstrip(" (./-"))


def _fits_international(text: str, start: int, end: int, digits: str) -> bool:
    if not 9 <= len(digits) <= MAX_DIGITS or not _COUNTRY_CODE.match(digits):
        return False
    groups = re.findall(r"\d+", text[start:end])
    return (not digits.startswith("1") or bool(_NORTH_AMERICAN_PLAN.match(digits))) and len(digits) >= 2 * len(
        groups
    ) - 1


def _fits_north_american(text: str, start: int, end: int, digits: str) -> bool:
    return True


def _fits_trunk(text: str, start: int, end: int, digits: str) -> bool:
    """Ten or eleven digits; pairs alone may be drawn numbers or times, so that one pair must be above 59."""
    if not 10 <= len(digits) <= 11 or len(set(digits)) < 4 or _DATE.match(text, start):
        return False
    groups = re.findall(r"\d+", text[start:end])
    return any(len(group) > 2 for group in groups) or any(int(group) > 59 for group in groups)


def _fits_named(text: str, start: int, end: int, digits: str) -> bool:
    return (
        MIN_DIGITS <= len(digits) <= MAX_DIGITS
        and not digits.endswith("000")
        and not _DATE.match(text, start)
        and bool(_NAME_BEFORE.search(text[max(0, start - MAX_NAME_CHARS) : start]))
    )


def _is_nobodys(digits: str) -> bool:
    return bool(_FICTION.search(digits) or _TYPED.search(digits))


_FORMS = (
    (_INTERNATIONAL, _fits_international),
    (_NORTH_AMERICAN, _fits_north_american),
    (_TRUNK, _fits_trunk),
    (_NAMED, _fits_named),
)
