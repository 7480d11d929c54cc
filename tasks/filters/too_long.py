"""The document is longer than the dataset's band: draft and rewrite would not fit the model's context."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    length = len(document.text)
    return f"{length} characters, at most {config.max_chars} wanted" if length > config.max_chars else None


RULE = Rule("too_long", _fault)
