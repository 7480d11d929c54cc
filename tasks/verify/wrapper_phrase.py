"""The response greets, announces itself, offers more help or speaks as an AI: chat habits, not the answer."""

from tasks.core.config import VerifyConfig
from tasks.core.text.response import wrapper_phrases
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule, first_of


def found_in(case: Case) -> tuple[str, ...]:
    """Return the wrapper phrases of the response as they are written."""
    return wrapper_phrases(case.response)


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return first_of(figures.wrapper_phrases)


RULE = Rule("wrapper_phrase", _fault)
