"""The response states a date that neither the document nor the instruction holds."""

from tasks.core.config import VerifyConfig
from tasks.verify.dates import known_dates, stated_dates
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule, too_many


def new_dates(case: Case) -> tuple[str, ...]:
    """Return the response's unknown dates as they are written, each once."""
    known = known_dates(case.document) | known_dates(case.instruction)
    return tuple(dict.fromkeys(date.text for date in stated_dates(case.response) if not date.is_known(known)))


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return too_many(figures.new_dates, config.max_new_dates)


RULE = Rule("new_dates", _fault)
