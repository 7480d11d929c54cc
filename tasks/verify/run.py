"""Stage: rewritten pairs to those whose response is grounded in the document, with a decision on record for each."""

from collections.abc import Iterable, Iterator
from itertools import islice

from tasks.core.config import VerifyConfig
from tasks.core.records import REWRITTEN, VERIFIED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.storage.stage import config_id, run_stage
from tasks.verify.rules import check

VERSION = 2
STAGE = Stage("verify", VERSION, reads=REWRITTEN, writes=VERIFIED)
KEPT = "grounded"
# Rows whose decisions are recorded in one transaction: what memory is bounded by.
BLOCK_ROWS = 512


def run(shard: ShardRef, config: VerifyConfig, rt: Runtime) -> ShardRef:
    """Keep the pairs of `shard` that no rule finds fault with, with their figures as canonical JSON.

    The decisions point to the configuration, which `run_stage` records before any row is looked at, and those of a
    block are written before its rows are handed on: a commit without its decisions cannot be.
    """

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        outcomes = (_judge(row, config) for row in rows)
        while block := list(islice(outcomes, BLOCK_ROWS)):
            rt.lineage.insert("decision", [_decision(outcome, config, rt) for outcome in block])
            yield from block

    return run_stage(STAGE, shard, config, rt, process)


def _judge(row: Row, config: VerifyConfig) -> Outcome:
    figures, fault = check(
        row["response"],
        document=row["text"],
        instruction=row["instruction"],
        language=row["language"],
        config=config,
    )
    if fault is not None:
        return Rejected(row, fault.reason, fault.detail)
    return {**row, "grounding": figures.to_json()}


def _decision(outcome: Outcome, config: VerifyConfig, rt: Runtime) -> Row:
    rejected = isinstance(outcome, Rejected)
    row = outcome.row if isinstance(outcome, Rejected) else outcome
    return {
        "pair_id": row["pair_id"],
        "config_id": config_id("verify", config),
        "kept": not rejected,
        "reason": outcome.reason if isinstance(outcome, Rejected) else KEPT,
        "generated_by": rt.run.run_id,
    }
