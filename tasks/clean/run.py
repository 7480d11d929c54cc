"""Stage: instructions to instructions that a person could have typed, each asked once."""

from collections.abc import Iterable, Iterator

from tasks.clean.duplicates import duplicate_of, normalised
from tasks.clean.rules import check
from tasks.core.config import CleanConfig
from tasks.core.errors import DataError
from tasks.core.records import INSTRUCTION
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.llm.prompts import load_prompt
from tasks.storage.stage import run_stage

# Raise VERSION with a change of PROMPT_VERSIONS: what counts as an echo is part of what this stage makes.
VERSION = 2
STAGE = Stage("clean", VERSION, reads=INSTRUCTION, writes=INSTRUCTION)
# The published versions of the backward prompt: an echo of any of them is an echo. A test keeps the list whole.
PROMPT_VERSIONS = (1,)
DUPLICATE = "duplicate_instruction"
NEAR_DUPLICATE = "near_duplicate_instruction"


def prompt_text() -> str:
    """Return the templates of all published backward prompts."""
    return "\n".join(load_prompt("backtranslate", version).template for version in PROMPT_VERSIONS)


def run(shard: ShardRef, config: CleanConfig, rt: Runtime) -> ShardRef:
    """Keep the instructions of `shard` that no rule finds fault with and that ask nothing twice.

    The shard is read twice, so that no more than its instructions is in memory: once to judge each instruction by
    itself and those without fault beside each other, once to write the outcomes.
    """

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        for row, fault in zip(rows, _faults(rows, config), strict=True):
            yield row if fault is None else Rejected(row, fault.reason, fault.detail)

    return run_stage(STAGE, shard, config, rt, process)


def _faults(rows: Iterable[Row], config: CleanConfig) -> list[DataError | None]:
    """Return what is wrong with each instruction; of those that ask the same, the first in the shard's order stays."""
    asked_with = prompt_text()
    faults: list[DataError | None] = []
    sound: list[tuple[int, str, str]] = []
    for number, row in enumerate(rows):
        fault = check(
            row["instruction"],
            document=row["text"],
            prompt_text=asked_with,
            language=row["language"],
            config=config,
            title=row["title"],
        )
        faults.append(fault)
        if fault is None:
            sound.append((number, row["instruction"], row["document_id"]))
    repeats = duplicate_of([instruction for _, instruction, _ in sound], config.max_similarity)
    for (number, instruction, _), earlier in zip(sound, repeats, strict=True):
        if earlier is not None:
            _, first, document_id = sound[earlier]
            reason = DUPLICATE if normalised(instruction) == normalised(first) else NEAR_DUPLICATE
            faults[number] = DataError(reason, f"document {document_id} has: {first[:200]}")
    return faults
