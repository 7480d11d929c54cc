"""Lines of capitals and lines of digits: RefinedWeb (Penedo et al. 2023, arXiv 2306.01116) as DCLM measures them."""

from collections.abc import Callable

from tasks.core.policy_config import NumericRatioLines, UppercaseRatioLines
from tasks.extract.edits.lines import edit_lines


def edit_uppercase(text: str, params: UppercaseRatioLines) -> str:
    """Return `text` without the lines whose share of capitals, of all characters, is above `max_ratio`."""
    return edit_lines(text, lambda line: line if _share(line, str.isupper) <= params.max_ratio else None)


def edit_numeric(text: str, params: NumericRatioLines) -> str:
    """Return `text` without the lines whose share of digits, of all characters, is above `max_ratio`."""
    return edit_lines(text, lambda line: line if _share(line, str.isdigit) <= params.max_ratio else None)


def _share(line: str, is_counted: Callable[[str], bool]) -> float:
    return sum(map(is_counted, line)) / len(line)
