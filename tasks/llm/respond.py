"""Pairs get their response from a model: asked for, joined to its document and instruction, put on record."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.ids import content_id
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected
from tasks.llm.generate import Generated, generate
from tasks.llm.prompts import Prompt
from tasks.llm.request import Answer

# Pairs that are recorded in one transaction, before they are handed on.
BLOCK_ROWS = 512


def respond(
    rows: Iterable[Row],
    *,
    prompt: Prompt,
    values: Callable[[Row], dict[str, str]],
    parse: Callable[[Answer], Any],
    config: LlmConfig,
    rt: Runtime,
    shard_key: str,
) -> Iterator[Outcome]:
    """Yield every row with its response, the generation it is from and the pair they make, or rejected with a reason.

    `values` and `parse` are as for `generate`. The pairs of a block are recorded before its first row is yielded.
    """
    generated = generate(
        rows,
        prompt=prompt,
        values=values,
        instruction_id=lambda row: row["instruction_generation_id"],
        parse=parse,
        config=config,
        rt=rt,
        shard_key=shard_key,
    )
    outcomes = map(_joined, generated)
    while block := list(islice(outcomes, BLOCK_ROWS)):
        rt.lineage.insert("pair", [_pair(row) for row in block if not isinstance(row, Rejected)])
        yield from block


def _joined(outcome: Generated | Rejected) -> Outcome:
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
