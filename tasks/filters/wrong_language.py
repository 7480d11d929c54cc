"""The document is in a language that the dataset does not take, or in none that can be told."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    language, probability = document.language
    if language in config.languages and probability >= config.min_language_probability:
        return None
    return f"{language} with probability {probability:.2f}"


RULE = Rule("wrong_language", _fault)
