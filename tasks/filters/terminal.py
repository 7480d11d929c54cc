"""Terminal punctuation as C4 means it: the English marks and the closing quotation mark, and no ellipsis."""

_MARKS = (".", "?", "!", '"', "'", "”", "’")


def ends_in_terminal_punctuation(line: str) -> bool:
    """Say whether a line ends in a mark of C4 (Raffel et al. 2019, arXiv 1910.10683, section 2.2)."""
    return line.endswith(_MARKS) and not line.endswith("...")
