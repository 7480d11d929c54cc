"""The same lines again and again. Gopher (Rae et al. 2021, arXiv 2112.11446), table A1."""

from tasks.core.filter_rules_papers import TooManyRepeatedLines
from tasks.filters.document import DocumentText
from tasks.filters.repetition import repeated_shares
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: TooManyRepeatedLines) -> str | None:
    lines = document.of(params.of).lines
    line_share, character_share = repeated_shares(lines, count_first=params.count_first)
    document.note("repeated_line_fraction", line_share)
    document.note("repeated_line_character_fraction", character_share)
    if not lines:
        return "no lines"
    if line_share <= params.max_line_fraction and character_share <= params.max_character_fraction:
        return None
    return f"{line_share:.0%} of the lines and {character_share:.0%} of the characters repeat other lines"


RULE = plain(TooManyRepeatedLines, _fault)
