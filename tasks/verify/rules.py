"""Measures a response and asks the rules in order: the first fault found is the reason."""

from tasks.core.config import VerifyConfig
from tasks.core.errors import DataError
from tasks.verify import (
    copying,
    length,
    mentions_source_text,
    new_dates,
    new_names,
    new_numbers,
    new_quotations,
    web_furniture,
    wrapper_phrase,
)
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule

# Length first, as it explains the rest; then what a reader would name; the plain share of copied words last.
ORDER: tuple[Rule, ...] = (
    length.TOO_SHORT,
    length.TOO_LONG,
    wrapper_phrase.RULE,
    web_furniture.RULE,
    mentions_source_text.RULE,
    new_quotations.RULE,
    new_dates.RULE,
    new_numbers.RULE,
    new_names.RULE,
    copying.RULE,
)
_DEFAULT = VerifyConfig.model_validate({})


def check(
    response: str, *, document: str, instruction: str, language: str | None = None, config: VerifyConfig = _DEFAULT
) -> tuple[Grounding, DataError | None]:
    """Return all figures of `response`, and its first fault as the error that rejects the row, or None.

    `language` is the document's. Nothing is raised, whatever the texts.
    """
    figures = _measure(Case(response, document, instruction, language))
    for rule in ORDER:
        if (fault := rule.fault(figures, config)) is not None:
            return figures, DataError(rule.reason, fault)
    return figures, None


def _measure(case: Case) -> Grounding:
    return Grounding(
        length_ratio=length.length_ratio(case),
        copy_rate=copying.copy_rate(case),
        kept_numbers=new_numbers.kept_numbers(case),
        new_quotations=new_quotations.new_quotations(case),
        new_dates=new_dates.new_dates(case),
        new_numbers=new_numbers.new_numbers(case),
        lost_numbers=new_numbers.lost_numbers(case),
        new_names=new_names.new_names(case),
        premise_names=new_names.premise_names(case),
        wrapper_phrases=wrapper_phrase.found_in(case),
        source_mentions=mentions_source_text.source_mentions(case),
        web_furniture=web_furniture.web_furniture(case),
    )
