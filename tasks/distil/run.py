"""instruction -> response: the rewriter's model answers without the document, as the baseline of the paper (its 5.1).

The document is in no request, so nothing of the answer can be grounded in it, and no grounding is looked for.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from tasks.core.config import DistilConfig
from tasks.core.ids import content_id
from tasks.core.records import SCORED, VERIFIED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.distil.parse import parse
from tasks.llm.generate import Generated, generate
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.storage.stage import run_stage

VERSION = 1
# Pairs that are recorded in one transaction, before they are handed on.
BLOCK_ROWS = 512
STAGE = Stage("distil", VERSION, reads=SCORED, writes=VERIFIED)


def values(row: Row) -> dict[str, str]:
    """Return what fills the prompt for one pair: the instruction alone."""
    return {"instruction": row["instruction"]}


def read_answer(answer: Answer) -> str:
    """Return the response between the markers; raise DataError with the reason when there is none."""
    return parse(answer.output_text, answer.finish_reason)


def run(shard: ShardRef, config: DistilConfig, rt: Runtime) -> ShardRef:
    """Answer the instruction of every curated pair of `shard`."""
    prompt = load_prompt("distil", config.prompt)

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        outcomes = (
            _answered(outcome)
            for outcome in generate(
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
        while block := list(islice(outcomes, BLOCK_ROWS)):
            rt.lineage.insert("pair", [_pair(row) for row in block if not isinstance(row, Rejected)])
            yield from block

    return run_stage(STAGE, shard, config, rt, process)


def _answered(outcome: Generated | Rejected) -> Outcome:
    if isinstance(outcome, Rejected):
        return outcome
    row = {**outcome.row, "response_generation_id": outcome.answer.generation_id, "response": outcome.value}
    pair_id = content_id("pair", row["document_id"], row["instruction_generation_id"], row["response_generation_id"])
    return {**row, "pair_id": pair_id}


def _pair(row: Row) -> Row:
    return {
        "pair_id": row["pair_id"],
        "document_id": row["document_id"],
        "instruction_id": row["instruction_generation_id"],
        "response_id": row["response_generation_id"],
    }
