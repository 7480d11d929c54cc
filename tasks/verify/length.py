"""How long a response is beside its document.

A rewrite that is much shorter has lost the evidence; one that grows a short note has invented the rest
(method notes: a one-sentence press note became a release of 300 words with made-up quotations).
"""

from tasks.core.config import VerifyConfig
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule


def length_ratio(case: Case) -> float:
    """Return characters of the response per character of the document."""
    return round(len(case.response.strip()) / max(1, len(case.document.strip())), 4)


def _too_short(figures: Grounding, config: VerifyConfig) -> str | None:
    if figures.length_ratio >= config.min_length_ratio:
        return None
    return f"{figures.length_ratio} of the document's length, at least {config.min_length_ratio} wanted"


def _too_long(figures: Grounding, config: VerifyConfig) -> str | None:
    if figures.length_ratio <= config.max_length_ratio:
        return None
    return f"{figures.length_ratio} of the document's length, at most {config.max_length_ratio} wanted"


TOO_SHORT = Rule("response_too_short", _too_short)
TOO_LONG = Rule("response_too_long", _too_long)
