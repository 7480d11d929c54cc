"""What a rule of the grounding checks is: a reason, and a judgement of the figures."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.core.config import VerifyConfig
from tasks.verify.grounding import MAX_LISTED, MAX_SHOWN_CHARS, Grounding


@dataclass(frozen=True)
class Case:
    """One response with all that it is compared to; `language` is the document's ISO 639-1 code or None."""

    response: str
    document: str
    instruction: str
    language: str | None


@dataclass(frozen=True)
class Rule:
    """One rule. `fault` returns what is wrong in words for people, or None."""

    reason: str
    fault: Callable[[Grounding, VerifyConfig], str | None]


def first_of(found: tuple[str, ...]) -> str | None:
    """Return the first finding as a fault, or None where nothing was found."""
    return found[0] if found else None


def too_many(found: tuple[str, ...], most: int) -> str | None:
    """Return the findings as a fault where there are more than `most` of them."""
    if len(found) <= most:
        return None
    return f"{len(found)} not in the document: {', '.join(text[:MAX_SHOWN_CHARS] for text in found[:MAX_LISTED])}"
