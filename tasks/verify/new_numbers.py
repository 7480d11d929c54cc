"""The response states a number that neither the document nor the instruction holds."""

from tasks.core.config import VerifyConfig
from tasks.verify.grounding import MAX_LISTED, Grounding
from tasks.verify.numbers import known_numbers, stated_numbers
from tasks.verify.rule import Case, Rule


def new_numbers(case: Case) -> tuple[str, ...]:
    """Return the response's unknown numbers as they are written, each once."""
    known = known_numbers(case.document) | known_numbers(case.instruction)
    found = dict.fromkeys(number.text for number in stated_numbers(case.response) if not number.is_known(known))
    return tuple(found)[:MAX_LISTED]


def lost_numbers(case: Case) -> tuple[str, ...]:
    """Return the document's numbers that the response does not hold: evidence that went missing."""
    kept = known_numbers(case.response)
    found = dict.fromkeys(number.text for number in stated_numbers(case.document) if not number.is_known(kept))
    return tuple(found)[:MAX_LISTED]


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    if len(figures.new_numbers) <= config.max_new_numbers:
        return None
    return f"{len(figures.new_numbers)} not in the document: {', '.join(figures.new_numbers[:10])}"


RULE = Rule("new_numbers", _fault)
