"""Stage: scored pairs to those that are good enough to be rewritten, with a decision on record for each."""

from collections.abc import Iterable, Iterator
from itertools import islice

from tasks.core.config import CurateConfig
from tasks.core.records import SCORED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.storage.stage import config_id, run_stage

VERSION = 2
STAGE = Stage("curate", VERSION, reads=SCORED, writes=SCORED)
REASON = "score_below_threshold"
# Decisions that are recorded at once.
_BATCH_ROWS = 1_000


def run(shard: ShardRef, config: CurateConfig, rt: Runtime) -> ShardRef:
    """Keep the pairs of `shard` whose score is at least `config.min_score`.

    The decisions point to the configuration, which `run_stage` records before any row is looked at, and are
    written before the shard is committed: a commit without its decisions cannot be.
    """

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        scored = iter(rows)
        while batch := list(islice(scored, _BATCH_ROWS)):
            rt.lineage.insert("decision", [_decision(row, config, rt) for row in batch])
            for row in batch:
                if row["score"] >= config.min_score:
                    yield row
                else:
                    yield Rejected(row, REASON, f"{row['score']:g} < {config.min_score:g}")

    return run_stage(STAGE, shard, config, rt, process)


def _decision(row: Row, config: CurateConfig, rt: Runtime) -> Row:
    kept = row["score"] >= config.min_score
    return {
        "pair_id": row["draft_pair_id"],
        "config_id": config_id("curate", config),
        "score": row["score"],
        "kept": kept,
        "reason": f"score>={config.min_score:g}" if kept else REASON,
        "generated_by": rt.run.run_id,
    }
