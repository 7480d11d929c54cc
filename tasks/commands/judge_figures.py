"""How well a judge agrees with people: the figures of `backforth audit-judge`, in formulas that fit on a page.

The trivial baseline is the length of the response: a judge that does no better than it reads nothing. (The judge of
arXiv 2308.06259 had precision 0.44 and recall 0.09 after the seed data, 0.52 and 0.44 a round later.)
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tasks.commands.judge_labels import Labels

SCALE = range(1, 6)


@dataclass(frozen=True)
class Kept:
    """What keeping some of the pairs is worth; a figure is None where it divides by nothing."""

    kept: int
    precision: float | None
    recall: float | None
    f1: float | None
    spearman: float | None


@dataclass(frozen=True)
class Figures:
    """Everything that is printed. `length` is None without responses, agreement and confusion with labels of 0 and 1.

    `confusion[h - 1][j - 1]` counts the pairs with score h by people and j by the judge; fractions count as the nearer
    whole score, the lower of two as near. Pairs without a readable judgement are not kept, and count in no other
    figure.
    """

    rows: int
    positives: int
    threshold: float
    parse_rate: float
    reasons: dict[str, int]
    judge: Kept
    length: Kept | None
    agreement: float | None
    kappa: float | None
    confusion: list[list[int]] | None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return asdict(self)


def figures(labels: Labels, threshold: float) -> Figures:
    """Return how well the judge's scores agree with the people's, where `threshold` and more is kept."""
    pairs = labels.pairs
    wanted = [bool(pair.human) if labels.is_binary else pair.human >= threshold for pair in pairs]
    kept = [pair.judge is not None and pair.judge >= threshold for pair in pairs]
    read = [(pair.human, pair.judge) for pair in pairs if pair.judge is not None]
    human, judge = [one for one, _ in read], [other for _, other in read]
    whole = None if labels.is_binary else [(one, nearest(other)) for one, other in read]
    return Figures(
        rows=len(pairs),
        positives=sum(wanted),
        threshold=threshold,
        parse_rate=len(read) / len(pairs),
        reasons=dict(Counter(pair.reason for pair in pairs if pair.reason).most_common()),
        judge=_kept(kept, wanted, spearman(human, judge)),
        length=_by_length(labels, wanted, sum(kept)),
        agreement=sum(one == other for one, other in whole) / len(whole) if whole else None,
        kappa=kappa(whole) if whole else None,
        confusion=_confusion(whole) if whole is not None else None,
    )


def _kept(kept: Sequence[bool], wanted: Sequence[bool], correlation: float | None) -> Kept:
    hits = sum(one and other for one, other in zip(kept, wanted, strict=True))
    precision = hits / sum(kept) if any(kept) else None
    recall = hits / sum(wanted) if any(wanted) else None
    f1 = 2 * hits / (sum(kept) + sum(wanted)) if any(kept) or any(wanted) else None
    return Kept(sum(kept), precision, recall, f1, correlation)


def _by_length(labels: Labels, wanted: Sequence[bool], kept_count: int) -> Kept | None:
    """Keep as many of the pairs as the judge does, those with the longest responses."""
    lengths = [len(pair.response) for pair in labels.pairs if pair.response is not None]
    if len(lengths) < len(labels.pairs):
        return None
    longest = set(sorted(range(len(lengths)), key=lambda index: -lengths[index])[:kept_count])
    kept = [index in longest for index in range(len(lengths))]
    return _kept(kept, wanted, spearman([pair.human for pair in labels.pairs], lengths))


def nearest(score: float) -> int:
    """Return the whole score that is nearest; half-way the lower."""
    return math.ceil(score - 0.5)


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return the correlation of the ranks, None where one side does not vary."""
    one, other = _ranks(first), _ranks(second)
    if len(set(one)) < 2 or len(set(other)) < 2:
        return None
    mean = (len(one) + 1) / 2
    product = math.fsum((a - mean) * (b - mean) for a, b in zip(one, other, strict=True))
    squares = (math.fsum((a - mean) ** 2 for a in side) for side in (one, other))
    return product / math.sqrt(math.prod(squares))


def _ranks(values: Sequence[float]) -> list[float]:
    """Return ranks from 1; equal values share the mean of theirs."""
    counts = Counter(values)
    rank, seen = {}, 0
    for value in sorted(counts):
        rank[value] = seen + (counts[value] + 1) / 2
        seen += counts[value]
    return [rank[value] for value in values]


def kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Return Cohen's kappa (1960): agreement beyond chance; None where chance alone agrees always."""
    total = len(pairs)
    agreed = sum(one == other for one, other in pairs) / total
    first, second = (Counter(side) for side in zip(*pairs, strict=True))
    by_chance = sum(first[score] * second[score] for score in SCALE) / total**2
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else None


def _confusion(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    counts = Counter(pairs)
    return [[counts[human, judge] for judge in SCALE] for human in SCALE]
