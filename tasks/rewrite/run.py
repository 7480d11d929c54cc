"""(instruction, document) -> response: an aligned model rewrites the document, grounded in it."""

from collections.abc import Iterable, Iterator

from tasks.core.config import RewriteConfig
from tasks.core.records import REWRITTEN, SCORED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Stage
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.llm.respond import respond
from tasks.rewrite.parse import parse
from tasks.storage.stage import run_stage

VERSION = 2
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
        return respond(
            rows, prompt=prompt, values=values, parse=read_answer, config=config, rt=rt, shard_key=shard.sha256
        )

    return run_stage(STAGE, shard, config, rt, process)
