"""Stage: documents to documents that can be answers. Also fills in the language, which the rules find out."""

from collections.abc import Iterable, Iterator

from tasks.core.config import FilterConfig
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.filters.check import check
from tasks.filters.rules import rules_of
from tasks.storage.stage import run_stage

VERSION = 1
STAGE = Stage("filters", VERSION, reads=DOCUMENT, writes=DOCUMENT)


def run(shard: ShardRef, config: FilterConfig, rt: Runtime) -> ShardRef:
    """Keep the documents that no rule finds fault with; the others are rejected by the first rule that does.

    Raises ConfigError before any work when the configuration names an unknown rule.
    """
    rules_of(config)

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        for row in rows:
            verdict = check(row["text"], url=row["target_uri"], config=config)
            row = row | {"language": verdict.language}
            yield row if verdict.reason is None else Rejected(row, verdict.reason, verdict.detail)

    return run_stage(STAGE, shard, config, rt, process)
