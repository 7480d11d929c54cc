"""How near a text is to its gold text, by the measure of article-extraction-benchmark: runs of four words."""

import re
from collections import Counter

_WORD = re.compile(r"\w+")
RUN_WORDS = 4


def precision_recall(gold: str, text: str) -> tuple[float, float]:
    """Return (precision, recall) of the runs of `text`; (1, 1) when both are empty."""
    wanted, found = _runs(gold), _runs(text)
    shared = sum((wanted & found).values())
    precision = shared / found.total() if found else 1.0
    recall = shared / wanted.total() if wanted else 1.0
    return precision, recall


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(
        tuple(words[start : start + RUN_WORDS]) for start in range(max(1, len(words) - RUN_WORDS + 1)) if words
    )
