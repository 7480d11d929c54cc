"""The document is longer than the dataset's band: draft and rewrite would not fit the model's context."""

from tasks.core.filter_rules_papers import TooLong
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooLong) -> str | None:
    length = len(document.text)
    return f"{length} characters, at most {params.max_chars} wanted" if length > params.max_chars else None


RULE = plain(TooLong, _fault)
