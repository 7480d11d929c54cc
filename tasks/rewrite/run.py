"""(instruction, document) -> response: an aligned model rewrites the document, grounded in it."""

from collections.abc import Iterable, Iterator
from itertools import islice

from tasks.core.config import RewriteConfig
from tasks.core.ids import content_id
from tasks.core.records import REWRITTEN, SCORED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.llm.generate import Generated, generate
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.rewrite.parse import parse
from tasks.storage.stage import run_stage

VERSION = 2
# Pairs that are recorded in one transaction, before they are handed on.
BLOCK_ROWS = 512
STAGE = Stage("rewrite", VERSION, reads=SCORED, writes=REWRITTEN)


def values(row: Row) -> dict[str, str]:
    """Return what fills the prompt for one pair."""
    return {"instruction": row["instruction"], "document": row["text"]}


def read_answer(answer: Answer) -> str:
    """Return the response between the markers; raise DataError with the reason when there is none."""
    return parse(answer.output_text, answer.finish_reason)


def run(shard: ShardRef, config: RewriteConfig, rt: Runtime) -> ShardRef:
    """Rewrite the document of every curated pair of `shard` into a response."""
    prompt = load_prompt("rewrite", config.prompt)

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        outcomes = (
            _rewritten(outcome)
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


def _rewritten(outcome: Generated | Rejected) -> Outcome:
    if isinstance(outcome, Rejected):
        return outcome
    row = {**outcome.row, "response_generation_id": outcome.answer.generation_id, "response": outcome.value}
    return {**row, "pair_id": pair_id(row)}


def pair_id(row: Row) -> str:
    """Return the id of the pair of an instruction and a rewritten response."""
    return content_id("pair", row["document_id"], row["instruction_generation_id"], row["response_generation_id"])


def _pair(row: Row) -> Row:
    return {
        "pair_id": row["pair_id"],
        "document_id": row["document_id"],
        "instruction_id": row["instruction_generation_id"],
        "response_id": row["response_generation_id"],
    }
