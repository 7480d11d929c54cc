"""(instruction, document) -> score: a judge rates the pair on the five-point rubric, once or in several votes.

Rows that were scored before (by the judge of an earlier round) are scored anew: the new score takes the place of the
old one, which stays on record.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tasks.core.config import ScoreConfig
from tasks.core.errors import DataError
from tasks.core.ids import content_id
from tasks.core.records import INSTRUCTION, SCORED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.llm.generate import Generated, generate
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.score.modes import read_judgement
from tasks.score.parse_rate import ParseRate
from tasks.score.votes import decide, score_rows
from tasks.storage.stage import run_stage

VERSION = 2
STAGE = Stage("score", VERSION, reads=INSTRUCTION, writes=SCORED)
# Outcomes that are recorded at once.
_BATCH_ROWS = 256


def values(row: Row) -> dict[str, str]:
    """Return what fills the prompt for one pair."""
    return {"instruction": row["instruction"], "document": row["text"]}


@dataclass(frozen=True)
class Judging:
    """How judgements that were asked for with `sampling` are filled in and read: the stage, to those who verify."""

    sampling: Mapping[str, Any]

    def values(self, row: Row) -> dict[str, str]:
        return values(row)

    def read_answer(self, answer: Answer) -> float:
        return read_judgement(answer, self.sampling)


def run(shard: ShardRef, config: ScoreConfig, rt: Runtime) -> ShardRef:
    """Score every pair of `shard`; the manifest's facts hold the histogram and the unparseable count.

    Raises FatalError when fewer judgements hold a score than `config.min_parse_rate` wants.
    """
    histogram: Counter[str] = Counter()
    unparseable = 0

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        nonlocal unparseable
        rate = ParseRate(config)
        # Closed also where this ends with an error, so that what was answered is written before the task ends.
        with closing(_insisting(judge(rows, config, rt, shard_key=shard.sha256, rate=rate), rate)) as judged:
            for item in _recorded(judged, rt):
                if isinstance(item, Rejected):
                    unparseable += 1
                    yield item
                else:
                    histogram[f"{item.value:g}"] += 1
                    yield item.columns()

    def facts() -> dict[str, Any]:
        return {"scores": dict(sorted(histogram.items())), "unparseable": unparseable}

    return run_stage(STAGE, shard, config, rt, process, facts=facts)


@dataclass(frozen=True)
class Scored:
    """A pair with its score and the judgements behind it, (generation id, value) in the order of the votes."""

    row: Row
    value: float
    judgements: list[tuple[str, float]]

    def columns(self) -> Row:
        """Return the row as it goes downstream."""
        return {
            **self.row,
            "draft_pair_id": draft_pair_id(self.row),
            "score_generation_id": self.judgements[0][0],
            "score": self.value,
        }


def judge(
    rows: Iterable[Row], config: ScoreConfig, rt: Runtime, *, shard_key: str, rate: ParseRate
) -> Iterator[Scored | Rejected]:
    """Yield what the judge says of each row, in their order; `rate` counts the judgements that hold a score."""
    for item in generate(
        rows,
        prompt=load_prompt("score", config.prompt),
        values=values,
        instruction_id=lambda row: row["instruction_generation_id"],
        parse=rate.read,
        config=config,
        rt=rt,
        shard_key=shard_key,
        samples=config.votes,
    ):
        yield _score(item, config)


def draft_pair_id(row: Row) -> str:
    """Return the id of the pair whose response is the document itself."""
    return content_id("pair", row["document_id"], row["instruction_generation_id"], None)


def _insisting(judged: Iterator[Scored | Rejected], rate: ParseRate) -> Generator[Scored | Rejected, None, None]:
    """Stop as soon as the judge is known to be the wrong model."""
    for item in judged:
        rate.insist(is_complete=False)
        yield item
    rate.insist(is_complete=True)


def _score(item: Generated | Rejected, config: ScoreConfig) -> Scored | Rejected:
    if isinstance(item, Rejected):
        return item
    judgements = [(parsed.answer.generation_id, float(parsed.value)) for parsed in item.answers]
    try:
        value = decide([value for _, value in judgements], config.votes, config.sampling())
    except DataError as error:
        return Rejected(item.row, error.reason, error.detail)
    return Scored(item.row, value, judgements)


def _recorded(scored: Iterable[Scored | Rejected], rt: Runtime) -> Iterator[Scored | Rejected]:
    """Pass on what came out, after its pairs and scores are on record."""
    todo = iter(scored)
    while batch := list(islice(todo, _BATCH_ROWS)):
        pairs = [
            {
                "pair_id": draft_pair_id(item.row),
                "document_id": item.row["document_id"],
                "instruction_id": item.row["instruction_generation_id"],
                "response_id": None,
            }
            for item in batch
        ]
        scores = [
            row
            for item in batch
            if isinstance(item, Scored)
            for row in score_rows(draft_pair_id(item.row), item.judgements, item.value, rt.run.run_id)
        ]
        rt.lineage.insert_all([("pair", pairs), ("score", scores)])
        yield from batch
