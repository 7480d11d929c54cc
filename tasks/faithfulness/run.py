"""(document, response) -> score: a second judge looks for claims of the response that the document does not support.

What the rules of verification can see is gone already; a reason that was made up from known words is for a model to
find. Optional, see `FaithfulnessConfig`.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from tasks.core.config import FaithfulnessConfig
from tasks.core.ids import content_id
from tasks.core.records import VERIFIED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.faithfulness.parse import parse
from tasks.llm.generate import Generated, generate
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.storage.stage import config_id, run_stage

VERSION = 1
STAGE = Stage("faithfulness", VERSION, reads=VERIFIED, writes=VERIFIED)
METRIC = "faithfulness_5pt"
REASON = "unfaithful"
# Rows whose scores and decisions are recorded in one transaction: what memory is bounded by.
BLOCK_ROWS = 512


def values(row: Row) -> dict[str, str]:
    """Return what fills the prompt for one pair."""
    return {"document": row["text"], "response": row["response"]}


def read_answer(answer: Answer) -> int:
    """Return the score in a judgement; raise DataError with the reason when there is none."""
    return parse(answer.output_text, answer.finish_reason)


def run(shard: ShardRef, config: FaithfulnessConfig, rt: Runtime) -> ShardRef:
    """Keep the pairs of `shard` whose response the judge gives at least `config.min_score`.

    Every pair gets a decision, and every judgement a score, which are recorded before the rows of a block are handed
    on. The manifest's facts hold the histogram and the count of judgements without a score.
    """
    histogram: Counter[str] = Counter()
    unparseable = 0

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        nonlocal unparseable
        # Closed also where this ends with an error, so that what was answered is written before the task ends.
        with closing(_judged(rows, shard.sha256, config, rt)) as judged:
            while block := list(islice(judged, BLOCK_ROWS)):
                _record(block, config, rt)
                for item in block:
                    if isinstance(item, Rejected):
                        unparseable += 1
                        yield item
                    else:
                        histogram[str(item.value)] += 1
                        yield _outcome(item, config)

    def facts() -> dict[str, Any]:
        return {"scores": dict(sorted(histogram.items())), "unparseable": unparseable}

    return run_stage(STAGE, shard, config, rt, process, facts=facts)


def _judged(
    rows: Iterable[Row], shard_key: str, config: FaithfulnessConfig, rt: Runtime
) -> Generator[Generated | Rejected, None, None]:
    yield from generate(
        rows,
        prompt=load_prompt("faithfulness", config.prompt),
        values=values,
        instruction_id=lambda row: row["instruction_generation_id"],
        parse=read_answer,
        config=config,
        rt=rt,
        shard_key=shard_key,
    )


def _outcome(item: Generated, config: FaithfulnessConfig) -> Outcome:
    if item.value >= config.min_score:
        return item.row
    said = " ".join(item.answer.output_text.split())
    return Rejected(item.row, REASON, f"{item.value} < {config.min_score}: {said[:1_000]}")


def _record(block: list[Generated | Rejected], config: FaithfulnessConfig, rt: Runtime) -> None:
    scores: list[dict[str, Any]] = [
        {
            "score_id": content_id("score", item.row["pair_id"], METRIC, item.answer.generation_id),
            "pair_id": item.row["pair_id"],
            "metric": METRIC,
            "value": float(item.value),
            "generation_id": item.answer.generation_id,
            "config_id": None,
            "generated_by": rt.run.run_id,
        }
        for item in block
        if isinstance(item, Generated)
    ]
    rt.lineage.insert_all([("score", scores), ("decision", [_decision(item, config, rt) for item in block])])


def _decision(item: Generated | Rejected, config: FaithfulnessConfig, rt: Runtime) -> Row:
    score = item.value if isinstance(item, Generated) else None
    kept = score is not None and score >= config.min_score
    verdict = f"faithfulness>={config.min_score}" if kept else REASON
    return {
        "pair_id": item.row["pair_id"],
        "config_id": config_id("faithfulness", config),
        "score": None if score is None else float(score),
        "kept": kept,
        "reason": item.reason if isinstance(item, Rejected) else verdict,
        "generated_by": rt.run.run_id,
    }
