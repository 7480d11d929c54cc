"""instruction -> response: the rewriter's model answers without the document, as the baseline of the paper (its 5.1).

The document is in no request, so nothing of the answer can be grounded in it, and no grounding is looked for.
"""

from collections.abc import Iterable, Iterator

from tasks.core.config import DistilConfig
from tasks.core.records import SCORED, VERIFIED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Stage
from tasks.distil.parse import parse
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.llm.respond import respond
from tasks.storage.stage import run_stage

VERSION = 1
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
        return respond(
            rows, prompt=prompt, values=values, parse=read_answer, config=config, rt=rt, shard_key=shard.sha256
        )

    return run_stage(STAGE, shard, config, rt, process)
