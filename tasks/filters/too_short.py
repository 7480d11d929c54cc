"""The document is shorter than the dataset's band: one sentence makes the rewriter invent the rest."""

from tasks.core.filter_rules_papers import TooShort
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooShort) -> str | None:
    length = len(document.text)
    return f"{length} characters, at least {params.min_chars} wanted" if length < params.min_chars else None


RULE = plain(TooShort, _fault)
