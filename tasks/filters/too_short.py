"""The document is shorter than the dataset's band: one sentence makes the rewriter invent the rest (method.md, 5.1)."""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    length = len(document.text)
    return f"{length} characters, at least {config.min_chars} wanted" if length < config.min_chars else None


RULE = Rule("too_short", _fault)
