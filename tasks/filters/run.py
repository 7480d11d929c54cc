"""Stage: documents to documents that can be answers. Also fills in the language, which the rules find out."""

from collections.abc import Iterable, Iterator

from tasks.core.config import FilterConfig
from tasks.core.list_file import ListFile
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.filters.chain import Chain
from tasks.storage.lists import lines, load, pin
from tasks.storage.stage import run_stage

VERSION = 2
STAGE = Stage("filters", VERSION, reads=DOCUMENT, writes=DOCUMENT)


def run(shard: ShardRef, config: FilterConfig, rt: Runtime) -> ShardRef:
    """Keep the documents that no rule finds fault with; the others are rejected by the first rule that does.

    Raises ConfigError before any work for a list that cannot be read, or a plugin that is not installed.
    """
    config = pin(config, rt)

    def entries(file: ListFile) -> list[str]:
        return lines(load(file, rt.objects))

    chain = Chain(config, read_list=entries)

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        for row in rows:
            verdict = chain.check(row["text"], url=row["target_uri"])
            row = row | {"language": verdict.language}
            yield row if verdict.reason is None else Rejected(row, verdict.reason, verdict.detail)

    return run_stage(STAGE, shard, config, rt, process)
