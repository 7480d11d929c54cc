"""Stage: curated pairs whose response is the document itself, as it is (variants `filter` and `humpback`)."""

from collections.abc import Iterable, Iterator

from tasks.core.base import Config
from tasks.core.records import SCORED, VERIFIED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Stage
from tasks.storage.stage import run_stage

VERSION = 1
STAGE = Stage("adopt", VERSION, reads=SCORED, writes=VERIFIED)


def run(shard: ShardRef, config: Config, rt: Runtime) -> ShardRef:
    """Give every pair of `shard` its document as the response; there is no generation behind it and no grounding."""
    return run_stage(STAGE, shard, config, rt, _adopted)


def _adopted(rows: Iterable[Row]) -> Iterator[Outcome]:
    for row in rows:
        yield {**row, "pair_id": row["draft_pair_id"], "response": row["text"]}
