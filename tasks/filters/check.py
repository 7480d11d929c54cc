"""Asks all rules of one text."""

from dataclasses import dataclass
from typing import Any

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rules import rules_of

_DEFAULT = FilterConfig.model_validate({})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` and `detail` are of the first rule that found a fault, None and empty for a kept document."""

    kept: bool
    reason: str | None
    detail: str
    language: str
    figures: dict[str, Any]


def check(text: str, *, url: str | None = None, config: FilterConfig = _DEFAULT) -> Verdict:
    """Return whether a document passes, and what is wrong with it otherwise.

    Figures: characters, words, sentences, lines, and the probability of the language. Raises ConfigError when
    the configuration names an unknown rule.
    """
    document = DocumentText(text, url=url)
    reason, detail = None, ""
    for rule in rules_of(config):
        fault = rule.fault(document, config)
        if fault is not None:
            reason, detail = rule.name, fault
            break
    language, probability = document.language
    figures = {
        "chars": len(text),
        "words": len(document.words),
        "sentences": document.sentence_count,
        "lines": len(document.lines),
        "language_probability": probability,
    }
    return Verdict(kept=reason is None, reason=reason, detail=detail, language=language, figures=figures)
