"""Stage: drops what holds an item of an evaluation set: documents in the corpus half, instructions in the model half.

A model trained on the questions of a test is not measured by it any more. The reject's detail names the set and the
item. The stage is in a flow only where the specification names sets.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator

import pyarrow.parquet as pq

from tasks.core.config import DecontaminateConfig
from tasks.core.records import DOCUMENT, INSTRUCTION
from tasks.core.refs import ShardRef
from tasks.core.runtime import ObjectStore, Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.decontaminate.index import Index, Match
from tasks.decontaminate.items import items
from tasks.storage.lists import load, pin
from tasks.storage.manifest import open_shard
from tasks.storage.stage import run_stage

VERSION = 1
DOCUMENTS = Stage("decontaminate_documents", VERSION, reads=DOCUMENT, writes=DOCUMENT)
INSTRUCTIONS = Stage("decontaminate", VERSION, reads=INSTRUCTION, writes=INSTRUCTION)
DOCUMENT_REASON = "contaminated_document"
INSTRUCTION_REASON = "contaminated_instruction"
# A process works on shards of one dataset, or of a few in a test or in the command line.
MAX_INDEXES = 2
_indexes: dict[str, Index] = {}
_building = threading.Lock()


def run(shard: ShardRef, config: DecontaminateConfig, rt: Runtime) -> ShardRef:
    """Keep the rows of `shard` that hold no item of the sets in `config`.

    Where the rows have an instruction it is compared, else the text of the document. The text of a row with an
    instruction was compared when it was a document. Raises ConfigError for a set that cannot be read.
    """
    config = pin(config, rt)
    asks = "instruction" in _columns(shard, rt.objects)
    matches: Counter[str] = Counter()

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        index = index_of(config, rt.objects)
        for row in rows:
            match = index.find_either_way(row["instruction"]) if asks else index.find(row["text"])
            yield row if match is None else _rejected(row, match, INSTRUCTION_REASON if asks else DOCUMENT_REASON)
            matches.update([match.set_name] if match else [])

    def facts() -> dict[str, object]:
        return {"sets": index_of(config, rt.objects).summary(), "rejected_by_set": dict(sorted(matches.items()))}

    return run_stage(INSTRUCTIONS if asks else DOCUMENTS, shard, config, rt, process, facts=facts)


def index_of(config: DecontaminateConfig, objects: ObjectStore) -> Index:
    """Return the index of a pinned configuration's sets, made once in a process."""
    with _building:
        key = config.sha256
        if key not in _indexes:
            read = (item for source in config.sets for item in items(load(source.file, objects), source))
            made = Index(read, config)
            while len(_indexes) >= MAX_INDEXES:
                del _indexes[next(iter(_indexes))]
            _indexes[key] = made
        return _indexes[key]


def _columns(shard: ShardRef, objects: ObjectStore) -> list[str]:
    with objects.open(open_shard(objects, shard).kept.key) as file:
        names: list[str] = pq.read_schema(file).names
    return names


def _rejected(row: Row, match: Match, reason: str) -> Rejected:
    return Rejected(row, reason, str(match))
