"""The document is in a language that the dataset does not take, or in none that can be told."""

from functools import partial

from tasks.core.filter_rules_papers import WrongLanguage
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means, Question, Rule


def _fault(params: WrongLanguage, languages: tuple[str, ...], document: DocumentText) -> str | None:
    language, probability = document.language
    document.note("language_probability", probability)
    if language in languages and probability >= params.min_probability:
        return None
    return f"{language} with probability {probability:.2f}"


def _prepare(params: WrongLanguage, means: Means) -> Question:
    return partial(_fault, params, means.languages)


RULE = Rule(WrongLanguage, _prepare)
