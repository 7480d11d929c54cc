"""Stage: instructions to instructions that a person could have typed."""

from collections.abc import Iterable, Iterator

from tasks.clean.rules import check
from tasks.core.config import CleanConfig
from tasks.core.records import INSTRUCTION
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.llm.prompts import load_prompt
from tasks.storage.stage import run_stage

# Raise VERSION with a change of PROMPT_VERSIONS: what counts as an echo is part of what this stage makes.
VERSION = 1
STAGE = Stage("clean", VERSION, reads=INSTRUCTION, writes=INSTRUCTION)
# The published versions of the backward prompt: an echo of any of them is an echo. A test keeps the list whole.
PROMPT_VERSIONS = (1,)


def prompt_text() -> str:
    """Return the templates of all published backward prompts."""
    return "\n".join(load_prompt("backtranslate", version).template for version in PROMPT_VERSIONS)


def run(shard: ShardRef, config: CleanConfig, rt: Runtime) -> ShardRef:
    """Keep the instructions of `shard` that no rule finds fault with; reject the others with the first reason."""
    asked_with = prompt_text()

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        for row in rows:
            fault = check(
                row["instruction"],
                document=row["text"],
                prompt_text=asked_with,
                language=row["language"],
                config=config,
            )
            yield row if fault is None else Rejected(row, fault.reason, fault.detail)

    return run_stage(STAGE, shard, config, rt, process)
