"""A word that no language has: encoded data, or text without spaces. C4's code has the same bound."""

from tasks.core.filter_rules_pages import TooLongWord
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooLongWord) -> str | None:
    longest = int(document.note("longest_word", max(map(len, document.whole.words), default=0)))
    return f"a word of {longest} characters" if longest > params.max_word_length else None


RULE = plain(TooLongWord, _fault)
