"""Hardly any sentence: captions, menus, tables. After C4 (Raffel et al. 2019, arXiv 1910.10683) and FineWeb
(Penedo et al. 2024, arXiv 2406.17557).
"""

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText, ends_sentence, is_list_item
from tasks.filters.rule import Rule

# C4 asks for five; our shortest documents are a paragraph of 400 characters.
MIN_SENTENCES = 3
# FineWeb drops pages where at most 12 % of the lines end in punctuation. Items of a list and lines of code need none.
MIN_SENTENCE_LINE_SHARE = 0.12


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    if document.sentence_count < MIN_SENTENCES:
        return f"{document.sentence_count} sentences"
    lines = [line for line in document.prose_lines if not is_list_item(line) or ends_sentence(line)]
    ended = sum(map(ends_sentence, lines))
    if ended >= MIN_SENTENCE_LINE_SHARE * len(lines):
        return None
    return f"{ended} of {len(lines)} lines end like a sentence"


RULE = Rule("too_few_sentences", _fault)
