"""(instruction, document) -> score: a judge rates the pair on the five-point rubric."""

from collections import Counter
from collections.abc import Iterable, Iterator
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
from tasks.score.parse import Reason, parse
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_shard
from tasks.storage.stage import commit_stage

VERSION = 1
STAGE = Stage("score", VERSION, reads=INSTRUCTION, writes=SCORED)
METRIC = "quality_5pt"


def values(row: Row) -> dict[str, str]:
    """Return what fills the prompt for one pair."""
    return {"instruction": row["instruction"], "document": row["text"]}


def read_answer(answer: Answer) -> int:
    """Return the score in a judgement; raise DataError with the reason when there is none."""
    found = parse(answer.output_text)
    if isinstance(found, Reason):
        if answer.finish_reason == "length":
            raise DataError("answer_truncated", found.detail)
        raise DataError(found.code, found.detail)
    return found.value


def run(shard: ShardRef, config: ScoreConfig, rt: Runtime) -> ShardRef:
    """Score every pair of `shard`; the manifest's facts hold the histogram and the unparseable count."""
    prompt = load_prompt("score", config.prompt)
    source = open_shard(rt.objects, shard)
    histogram: Counter[str] = Counter()
    unparseable = 0

    def outcomes() -> Iterator[Outcome]:
        nonlocal unparseable
        for outcome in _judge(read_shard(rt.objects, source.kept)):
            if isinstance(outcome, Rejected):
                unparseable += 1
                yield outcome
            else:
                histogram[str(outcome.value)] += 1
                yield {
                    **outcome.row,
                    "draft_pair_id": draft_pair_id(outcome.row),
                    "score_generation_id": outcome.answer.generation_id,
                    "score": outcome.value,
                }

    def _judge(rows: Iterable[Row]) -> list[Generated | Rejected]:
        judged = list(
            generate(
                rows,
                prompt=prompt,
                values=values,
                instruction_id=lambda row: row["instruction_generation_id"],
                parse=read_answer,
                config=config,
                rt=rt,
                shard_key=shard.sha256,
            )
        )
        _record(judged, rt)
        return judged

    return commit_stage(
        STAGE,
        input_sha256=shard.sha256,
        inputs=[shard.model_dump()],
        config=config,
        rt=rt,
        outcomes=outcomes,
        expected=source.kept.row_count,
        facts=lambda: {"scores": dict(sorted(histogram.items())), "unparseable": unparseable},
    )


def draft_pair_id(row: Row) -> str:
    """Return the id of the pair whose response is the document itself."""
    return content_id("pair", row["document_id"], row["instruction_generation_id"], None)


def _record(judged: list[Generated | Rejected], rt: Runtime) -> None:
    pairs = [
        {
            "pair_id": draft_pair_id(item.row),
            "document_id": item.row["document_id"],
            "instruction_id": item.row["instruction_generation_id"],
            "response_id": None,
        }
        for item in judged
    ]
    scores: list[dict[str, Any]] = [
        {
            "score_id": content_id("score", draft_pair_id(item.row), METRIC, item.answer.generation_id),
            "pair_id": draft_pair_id(item.row),
            "metric": METRIC,
            "value": float(item.value),
            "generation_id": item.answer.generation_id,
            "config_id": None,
            "generated_by": rt.run.run_id,
        }
        for item in judged
        if isinstance(item, Generated)
    ]
    rt.lineage.insert_all([("pair", pairs), ("score", scores)])
