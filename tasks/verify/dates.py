"""Dates in texts: "3 March 2019", "March 3, 2019", "3.3.2019" and 2019-03-03 are one; so are decades and centuries.

A date is a set of keys, such as ("ymd", 2019, 3, 3) or ("decade", 199). A text that is relied upon knows its dates
with all that they contain: 3 March 2019 tells of March 2019, of a 3 March and of the twenty-first century. A bare
year is a number here, see numbers.py, and counts as known time for decades and centuries.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.verify.date_words import ABBREVIATED, MONTHS, ORDINAL_WORDS, SHORT_DECADES

Key = tuple[str | int, ...]

_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b|(?P<short>{'|'.join(ABBREVIATED)})\b\.?"
# The last day of "15-17 June" is a reading of its own.
_DAY = (
    r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th|er|\.|º)?"
    r"(?:[ ]?(?:[-–]|to|and)[ ]?(?P<last>[0-3]?[0-9])(?:st|nd|rd|th|\.)?(?![0-9]))?"
)
_YEAR = r"(?P<year>[12][0-9]{3})"
_CENTURY = rf"(?:[0-9]{{1,2}}(?:st|nd|rd|th)|{'|'.join(ORDINAL_WORDS)})"
_EDGE, _END = r"(?<![\w./-])", r"(?![\w/]|[.-][0-9])"

_ISO = re.compile(
    rf"{_EDGE}(?P<year>[12][0-9]{{3}})([-/.])(?P<month>[01]?[0-9])\2(?P<day>[0-3]?[0-9])(?=T[0-9]|(?![\w/]|[.-][0-9]))"
)
_NUMERIC = re.compile(
    rf"{_EDGE}(?P<one>[0-3]?[0-9])(?P<sep>[-/.])(?P<two>[0-3]?[0-9])(?P=sep)(?P<year>[12][0-9]{{3}}|(?<!\.)[0-9]{{2}}){_END}"
)
_WRITTEN = (
    # 3 March 2019, 3rd of March, 3. März 2019, 3 de marzo de 2019
    re.compile(
        rf"(?<![\w.,/])(?<![0-9]-){_DAY}[ \u00a0-]+(?:(?:of|de)[ ]+)?(?:{_MONTH})"
        rf"(?:,?[ \u00a0-]+(?:(?:of|de|del)[ ]+)?{_YEAR}\b)?",
        re.I,
    ),
    # March 3, 2019; Mar. 3rd
    re.compile(
        rf"\b(?:{_MONTH})[ \u00a0]+(?:the[ ]+)?{_DAY}(?![\w:]|[.,][0-9])(?:,?[ \u00a0]+(?:of[ ]+)?{_YEAR}\b)?", re.I
    ),
    # March 2019, March of 2019
    re.compile(rf"\b(?:{_MONTH}),?[ \u00a0]+(?:(?:of|de)[ ]+)?{_YEAR}\b", re.I),
)
# A month alone is a time only after such a word; "may" and "march" are verbs as well.
_MONTH_ALONE = re.compile(
    r"\b(?:in|by|since|until|till|from|during|of|early|late|mid|last|next|this|every|each|through|before|after|"
    rf"between|and|to)[ \u00a0-]+(?P<month>{'|'.join(name.capitalize() for name in MONTHS)})\b"
)
_NAME = re.compile(r"[^\W\d_]{3,10}")
_NAMES = MONTHS.keys() | ABBREVIATED.keys()
# A date reaches no further than this from the name of its month, at either end.
_AROUND = 60
_DECADE = re.compile(r"(?<![\w.,])(?P<decade>[12][0-9]{2}0)['’]?s\b")
_SHORT_DECADE = re.compile(
    rf"(?:['’]|\bthe[ ]+['’]?)(?P<tens>[2-9])0['’]?s\b|\bthe[ ]+(?P<name>{'|'.join(SHORT_DECADES)})\b", re.I
)
_CENTURIES = re.compile(
    rf"\b(?P<one>{_CENTURY})(?:[ -]+(?:and|or|to|through)[ -]+(?:the[ ]+)?(?P<two>{_CENTURY}))?[ -]+centur(?:y|ies)\b"
    r"(?P<before>[ ]+(?:BCE?|B\.C\.))?",
    re.I,
)
_BARE_YEAR = re.compile(r"(?<![0-9.,])[12][0-9]{3}(?![0-9]|[.,][0-9])")
# Two digits of a year mean one of two centuries.
_CENTURIES_OF_SHORT_YEARS = (1900, 2000)


@dataclass(frozen=True)
class Date:
    """One date as it stands in a text, from `start` to `end`. It is known when one of its `readings` is."""

    text: str
    start: int
    end: int
    readings: tuple[Key, ...]

    def is_known(self, known: set[Key]) -> bool:
        """Say whether `known` holds the date, or both its parts: a day without a year, and the year."""
        return any(reading in known or _is_composed(reading, known) for reading in self.readings)


def stated_dates(text: str) -> list[Date]:
    """Return the dates that `text` states, in their order; none overlaps another."""
    found: list[Date] = []
    end = 0
    for date in sorted(_candidates(_plain(text)), key=lambda date: (date.start, -date.end)):
        if date.start >= end:
            found.append(date)
            end = date.end
    return found


def known_dates(text: str) -> set[Key]:
    """Return every date that `text` can be said to hold, with all that each of them contains."""
    plain = _plain(text)
    known: set[Key] = set()
    for date in _candidates(plain):
        for reading in date.readings:
            known.update(_contained(reading))
    for match in _BARE_YEAR.finditer(plain):
        known.update(_contained(("y", int(match[0]))))
    return known


def without_dates(text: str) -> str:
    """Return `text` with its dates blanked out; positions stay the same."""
    pieces: list[str] = []
    end = 0
    for date in stated_dates(text):
        pieces += [text[end : date.start], " " * (date.end - date.start)]
        end = date.end
    return "".join([*pieces, text[end:]])


def _plain(text: str) -> str:
    """Return `text` with plain digits; the length stays the same."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _candidates(text: str) -> Iterator[Date]:
    for match in _ISO.finditer(text):
        yield from _date(match, [_key(int(match["year"]), int(match["month"]), int(match["day"]))])
    for match in _NUMERIC.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        yield from _date(match, [_key(y, *md) for y in _years(match["year"]) for md in ((two, one), (one, two))])
    yield from _written_dates(text)
    low = text.casefold()
    if any(sign in low for sign in ("0s", "0's", "0’s", "ties")):
        yield from _decades(text)
    if "centur" in low:
        yield from _centuries(text)


def _written_dates(text: str) -> Iterator[Date]:
    """Yield the dates around names of months; the patterns are slow, so nothing else of the text is shown to them."""
    for start, end in _around_months(text):
        for pattern in _WRITTEN:
            for match in pattern.finditer(text, start, end):
                yield from _written(match)
        for match in _MONTH_ALONE.finditer(text, start, end):
            yield Date(match["month"], *match.span("month"), (("m", MONTHS[match["month"].lower()]),))


def _around_months(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of `text` in which months are named; none overlaps another."""
    start = end = 0
    for name in _NAME.finditer(text):
        if name[0].casefold() not in _NAMES:
            continue
        if name.start() - _AROUND > end:
            if end:
                yield start, end
            start = name.start() - _AROUND
        end = name.end() + _AROUND
    if end:
        yield max(0, start), end


def _decades(text: str) -> Iterator[Date]:
    for match in _DECADE.finditer(text):
        year = int(match["decade"])
        also: tuple[Key, ...] = (("century", year // 100 + 1),) if year % 100 == 0 else ()
        yield Date(match[0], *match.span(), (("decade", year // 10), ("short decade", year // 10 % 10), *also))
    for match in _SHORT_DECADE.finditer(text):
        tens = int(match["tens"]) if match["tens"] else SHORT_DECADES[match["name"].lower()]
        yield Date(match[0], *match.span(), (("any decade", tens), ("short decade", tens)))


def _centuries(text: str) -> Iterator[Date]:
    for match in _CENTURIES.finditer(text):
        for name in filter(None, (match["one"], match["two"])):
            century = ORDINAL_WORDS.get(name.lower()) or int(re.sub("[^0-9]", "", name))
            yield Date(match[0], *match.span(), (("century", -century if match["before"] else century),))


def _written(match: re.Match[str]) -> Iterator[Date]:
    found = match.groupdict()
    name = found["month"] or found["short"]
    # "may 3 people" and "march 5 miles" are no dates; with a year, or a capital, they are.
    if not found["year"] and (name in ("may", "march", "mars") or (found["short"] and name[0].islower())):
        return
    month = MONTHS.get(name.lower()) or ABBREVIATED[name.lower()]
    year = int(found["year"]) if found["year"] else None
    days = [int(day) for day in (found.get("day"), found.get("last")) if day] or [0]
    yield from _date(match, [_key(year, month, day) for day in days])


def _date(match: re.Match[str], keys: list[Key | None]) -> Iterator[Date]:
    readings = tuple(key for key in keys if key is not None)
    if readings:
        yield Date(" ".join(match[0].split()), *match.span(), readings)


def _key(year: int | None, month: int, day: int) -> Key | None:
    """Return the key of a date; `day` 0 is none. None where there is no such day or month."""
    if not 1 <= month <= 12 or day > 31:
        return None
    if year is None:
        return ("md", month, day) if day else None
    return ("ymd", year, month, day) if day else ("ym", year, month)


def _years(digits: str) -> list[int]:
    return [int(digits)] if len(digits) == 4 else [century + int(digits) for century in _CENTURIES_OF_SHORT_YEARS]


def _contained(key: Key) -> Iterator[Key]:
    """Yield `key` and all that whoever knows it knows as well."""
    yield key
    match key:
        case ("ymd", int(year), int(month), int(day)):
            yield from _contained(("ym", year, month))
            yield ("md", month, day)
        case ("ym", int(year), int(month)):
            yield ("m", month)
            yield from _contained(("y", year))
        case ("md", int(month), int(day)):
            yield ("yearless", month, day)
            yield ("yearless", month)
            yield ("m", month)
        case ("m", int(month)):
            yield ("yearless", month)
        case ("y", int(year)):
            yield from _contained(("decade", year // 10))
        case ("decade", int(decade)):
            yield ("any decade", decade % 10)
            yield ("century", decade // 10 + 1)


def _is_composed(key: Key, known: set[Key]) -> bool:
    """Say whether a text names the day or month without a year, and the year elsewhere."""
    match key:
        case ("ymd", int(year), int(month), int(day)):
            return ("yearless", month, day) in known and ("y", year) in known
        case ("ym", int(year), int(month)):
            return ("yearless", month) in known and ("y", year) in known
    return False
