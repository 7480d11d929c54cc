"""C4's rules for lines: Raffel et al. 2019, arXiv 1910.10683, section 2.2."""

import re

from tasks.core.policy_config import C4Lines
from tasks.extract.edits.lines import edit_lines
from tasks.extract.edits.remove_citations import without_citations

# What the paper calls terminal punctuation.
_TERMINAL = (".", "!", "?", '"', "”")
_ELLIPSES = ("...", "…")
_POLICY = re.compile(
    r"terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies", re.IGNORECASE
)


def edit(text: str, params: C4Lines) -> str:
    """Return `text` with the lines that C4 keeps."""

    def line_of(line: str) -> str | None:
        if params.remove_citations:
            line = without_citations(line)
        words = line.split()
        if any(len(word) > params.max_word_length for word in words) or len(words) < params.min_words_per_line:
            return None
        if params.filter_no_terminal_punct and not _ends(line.rstrip()):
            return None
        if params.filter_javascript and "javascript" in line.lower():
            return None
        return None if params.filter_policy and _POLICY.search(line) else line

    return edit_lines(text, line_of)


def _ends(line: str) -> bool:
    return line.endswith(_TERMINAL) and not line.endswith(_ELLIPSES)
