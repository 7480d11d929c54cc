"""White space rather than text. After NeMo Curator's heuristics."""

from tasks.core.filter_rules_pages import TooMuchWhiteSpace
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooMuchWhiteSpace) -> str | None:
    length = len(document.text)
    share = document.note("white_space_ratio", (length - document.whole.word_characters) / (length or 1))
    return f"{share:.0%} of the characters are white space" if share > params.max_white_space_ratio else None


RULE = plain(TooMuchWhiteSpace, _fault)
