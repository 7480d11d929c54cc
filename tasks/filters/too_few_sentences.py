"""Hardly any sentence: captions, menus, tables. After C4 (Raffel et al. 2019, arXiv 1910.10683) and FineWeb
(Penedo et al. 2024, arXiv 2406.17557), asked of the prose.
"""

from tasks.core.filter_rules_pages import TooFewSentences
from tasks.filters.code_lines import ends_sentence, is_list_item, is_table_row
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

# A list item of so many words says something, with or without a full stop.
MIN_ITEM_WORDS = 5


def _fault(document: DocumentText, params: TooFewSentences) -> str | None:
    sentences = document.prose.full_stop_count
    count = ended = 0
    for line in document.prose.lines:
        if ends_sentence(line):
            ended += 1
            count += 1
        elif is_list_item(line):
            says = line.count(" ") >= MIN_ITEM_WORDS
            sentences, ended, count = sentences + says, ended + says, count + says
        elif not is_table_row(line):
            count += 1
    document.note("sentences", sentences)
    if sentences < params.min_sentences:
        return f"{sentences} sentences"
    share = document.note("sentence_line_ratio", ended / (count or 1))
    return None if share >= params.min_sentence_line_ratio else f"{ended} of {count} lines end like a sentence"


RULE = plain(TooFewSentences, _fault)
