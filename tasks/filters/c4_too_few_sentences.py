"""Too few sentences. C4 (Raffel et al. 2019, arXiv 1910.10683), section 2.2: five, in lines of three words or more that
end in terminal punctuation.
"""

from tasks.core.filter_rules_papers import C4TooFewSentences
from tasks.filters.document import DocumentText
from tasks.filters.passage import sentence_count
from tasks.filters.rule import plain
from tasks.filters.terminal import ends_in_terminal_punctuation


def _fault(document: DocumentText, params: C4TooFewSentences) -> str | None:
    count = 0
    for line in document.whole.lines:
        if params.terminal_punctuation and not ends_in_terminal_punctuation(line):
            continue
        if (
            params.min_words_per_line <= 1
            or len(line.split(None, params.min_words_per_line)) >= params.min_words_per_line
        ):
            count += sentence_count(line)
    document.note("c4_sentences", count)
    return f"{count} sentences, at least {params.min_sentences} wanted" if count < params.min_sentences else None


RULE = plain(C4TooFewSentences, _fault)
