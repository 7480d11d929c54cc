"""Too many lines end in no full stop or its kin. C4 (Raffel et al. 2019, arXiv 1910.10683), section 2.2, drops such
lines; as a verdict on the page it has the bound of NeMo Curator.
"""

from tasks.core.filter_rules_papers import C4TerminalPunctuation
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain
from tasks.filters.terminal import ends_in_terminal_punctuation


def _fault(document: DocumentText, params: C4TerminalPunctuation) -> str | None:
    lines = document.whole.lines
    without = len(lines) - sum(map(ends_in_terminal_punctuation, lines))
    share = document.note("lines_without_terminal_punctuation", without / (len(lines) or 1))
    if lines and share <= params.max_lines_without_ratio:
        return None
    return f"{without} of {len(lines)} lines end in no terminal punctuation"


RULE = plain(C4TerminalPunctuation, _fault)
