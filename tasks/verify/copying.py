"""How much of a response is taken over from its document: a rewriter is asked to stay close to its draft."""

from tasks.core.config import VerifyConfig
from tasks.core.text.words import runs, words
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule

RUN_WORDS = 3


def copy_rate(case: Case) -> float:
    """Return the share of the response's 3-word runs that the document holds; shorter runs for shorter responses."""
    ours, theirs = words(case.response), words(case.document)
    length = min(RUN_WORDS, len(ours))
    if not length:
        return 0.0
    there = set(runs(theirs, length))
    found = [run in there for run in runs(ours, length)]
    return round(sum(found) / len(found), 4)


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    if figures.copy_rate >= config.min_copy_rate:
        return None
    return f"{figures.copy_rate} of its 3-word runs stand in the document, at least {config.min_copy_rate} wanted"


RULE = Rule("response_copies_too_little", _fault)
