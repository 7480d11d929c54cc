"""What earlier partitions of a dataset tell about the next: lengths of answers, and the share that each stage keeps.

Where there are none, the figures of the papers stand in (arXiv 2408.04614, and 2308.06259 for a threshold of 4).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tasks.core.config import DatasetSpec
from tasks.core.runtime import LineageStore, ObjectStore
from tasks.storage.manifest import StageCounts, load_snapshot

# Partitions that are looked at, the newest first.
MAX_PARTITIONS = 6
EARLIER = "earlier partitions"
PAPER = "the paper"
NO_FIGURE = "no figure: all are kept"

# Tokens of an answer: mean length of an instruction (after filtering) and of a distilled response, and what our judging
# prompt usually gets (two or three sentences and the score).
ANSWER_TOKENS = {"backtranslate": 69.0, "score": 150.0, "distil": 567.0, "faithfulness": 150.0}
# A rewritten response had 468 tokens where its document had 499: it follows the document's length.
REWRITE_RATIO = 468 / 499
# Share of the judgements that hold a score, and of the pairs that are scored 5; at least 4 has Humpback's figure.
PARSED = 0.88
SCORED_5, SCORED_4 = 0.136, 0.388


@dataclass(frozen=True)
class Span:
    """A figure, with the lowest and the highest that is likely."""

    low: float
    mid: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> "Span":
        return cls(value, value, value)

    def __mul__(self, other: "Span") -> "Span":
        return Span(self.low * other.low, self.mid * other.mid, self.high * other.high)

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.mid + other.mid, self.high + other.high)


@dataclass(frozen=True)
class Known:
    """A figure and where it is from."""

    span: Span
    source: str


@dataclass
class Experience:
    """What is known of a dataset. `partitions` are those it is known from."""

    partitions: list[str] = field(default_factory=list)
    answer_tokens: dict[str, float] = field(default_factory=dict)
    requests_per_row: dict[str, float] = field(default_factory=dict)
    funnels: list[list[StageCounts]] = field(default_factory=list)

    def kept(self, stage: str, spec: DatasetSpec) -> Known:
        """Return the share of its rows that `stage` keeps: over all earlier partitions, and between which of them."""
        lines = [line for funnel in self.funnels for line in funnel if line.stage == stage and line.read]
        if lines:
            shares = [line.kept / line.read for line in lines]
            middle = sum(line.kept for line in lines) / sum(line.read for line in lines)
            return Known(Span(min(shares), middle, max(shares)), EARLIER)
        share = {"score": _scored(spec), "curate": _curated(spec)}.get(stage)
        return Known(Span.exactly(1.0), NO_FIGURE) if share is None else Known(Span.exactly(share), PAPER)

    def tokens(self, stage: str, document: Span) -> Known:
        """Return the mean length of an answer of `stage`, about documents of that length."""
        if stage in self.answer_tokens:
            return Known(Span.exactly(self.answer_tokens[stage]), EARLIER)
        if stage == "rewrite":
            return Known(Span.exactly(REWRITE_RATIO) * document, PAPER)
        return Known(Span.exactly(ANSWER_TOKENS[stage]), PAPER)


def _scored(spec: DatasetSpec) -> float:
    return PARSED if spec.score.mode == "text" else 1.0


def _curated(spec: DatasetSpec) -> float | None:
    """Return the share of scored pairs at or above the threshold; the papers give none for one of 3 or less."""
    if spec.curate.min_score > 4:
        return SCORED_5 / PARSED
    return SCORED_4 / PARSED if spec.curate.min_score > 3 else None


def look_back(spec: DatasetSpec, partition_key: str, *, objects: ObjectStore, lineage: LineageStore) -> Experience:
    """Return what the other partitions of the dataset tell."""
    found = Experience()
    for row in lineage.fetch("answers_by_stage", dataset=spec.name, partition_key=partition_key):
        found.answer_tokens[row["stage"]] = float(row["output_tokens"])
        found.requests_per_row[row["stage"]] = float(row["requests_per_row"])
    for row in lineage.fetch(
        "newest_commits", dataset=spec.name, kind="pairs", partition_key=partition_key, row_limit=MAX_PARTITIONS
    ):
        manifest, _ = load_snapshot(objects, row["manifest_uri"])
        found.partitions.append(row["partition_key"])
        found.funnels.append(manifest.funnel)
    return found


def total(spans: Iterable[Span]) -> Span:
    """Add up."""
    return sum(spans, Span.exactly(0.0))
