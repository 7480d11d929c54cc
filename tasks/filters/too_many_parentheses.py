"""Round brackets everywhere. After NeMo Curator's heuristics."""

from tasks.core.filter_rules_pages import TooManyParentheses
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooManyParentheses) -> str | None:
    count = document.text.count("(") + document.text.count(")")
    share = document.note("parentheses_ratio", count / (len(document.text) or 1))
    return f"{share:.0%} of the characters are brackets" if share > params.max_parentheses_ratio else None


RULE = plain(TooManyParentheses, _fault)
