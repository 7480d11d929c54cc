"""The text is strewn with hash signs or ellipses. Gopher (Rae et al. 2021, arXiv 2112.11446), appendix A.1.1."""

from tasks.core.filter_rules_papers import TooManySymbols
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooManySymbols) -> str | None:
    part = document.of(params.of)
    text, word_count = part.text, len(part.words)
    hashes = text.count("#")
    if hashes and params.of == "prose":
        hashes = sum(line.lstrip("#").count("#") for line in part.lines)  # without the marks of Markdown headings
    ellipses = text.count("...") + text.count("…") + text.count(". . .")
    document.note("hash_to_word_ratio", hashes / (word_count or 1))
    document.note("ellipsis_to_word_ratio", ellipses / (word_count or 1))
    if not word_count:
        return "no words"
    worst = hashes + ellipses if params.combined else max(hashes, ellipses)
    if worst <= params.max_symbol_to_word_ratio * word_count:
        return None
    return f"{hashes} hash signs and {ellipses} ellipses to {word_count} words"


RULE = plain(TooManySymbols, _fault)
