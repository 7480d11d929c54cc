"""The response states a number that neither the document nor the instruction holds.

Numbers that are part of a date are left to new_dates.py, so that no finding is told twice; a bare year is a number.
"""

import re

from tasks.core.config import VerifyConfig
from tasks.verify.dates import known_dates, without_dates
from tasks.verify.grounding import Grounding
from tasks.verify.numbers import Number, known_numbers, stated_numbers
from tasks.verify.rule import Case, Rule, too_many

_YEAR = re.compile(r"[12][0-9]{3}")


def new_numbers(case: Case) -> tuple[str, ...]:
    """Return the response's unknown numbers as they are written, each once."""
    known = known_numbers(case.document) | known_numbers(case.instruction)
    unknown = [n.text for n in stated_numbers(without_dates(case.response)) if not n.is_known(known)]
    if any(_YEAR.fullmatch(text) for text in unknown):
        # The year of 3/12/19 is known, though its digits are not.
        dates = known_dates(case.document) | known_dates(case.instruction)
        unknown = [text for text in unknown if not (_YEAR.fullmatch(text) and ("y", int(text)) in dates)]
    return tuple(dict.fromkeys(unknown))


def lost_numbers(case: Case) -> tuple[str, ...]:
    """Return the document's numbers that the response does not hold: evidence that went missing."""
    kept = known_numbers(case.response)
    return tuple(number.text for number in _distinct(case.document) if not number.is_known(kept))


def kept_numbers(case: Case) -> float | None:
    """Return the share of the document's different numbers that the response holds; None where it states none."""
    stated = _distinct(case.document)
    if not stated:
        return None
    kept = known_numbers(case.response)
    return round(sum(number.is_known(kept) for number in stated) / len(stated), 4)


def _distinct(text: str) -> list[Number]:
    return list({number.text: number for number in stated_numbers(without_dates(text))}.values())


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return too_many(figures.new_numbers, config.max_new_numbers)


RULE = Rule("new_numbers", _fault)
