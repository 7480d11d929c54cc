"""Stage: takes the duplicates out of one shard of documents, as `find` has judged them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tasks.core.config import Config, DedupConfig
from tasks.core.errors import FatalError
from tasks.core.ids import digest_of, sha256_bytes
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.dedup import sign
from tasks.dedup.find import Judged, judge
from tasks.dedup.verdicts import verdicts_of
from tasks.storage.manifest import open_shard
from tasks.storage.stage import KeptRows, commit_stage

# Of what is dropped for a given verdict. What the verdicts are made of has versions of its own, in sign.py, index.py
# and match.py: signatures are compared for years, and must not be made again for a change here.
VERSION = 2
STAGE = Stage("dedup", VERSION, reads=DOCUMENT, writes=DOCUMENT)


def run(shards: Sequence[ShardRef], config: DedupConfig, rt: Runtime) -> list[ShardRef]:
    """Return one shard for each of `shards`, in order, without the documents that repeat one of lower rank.

    All in one process, and without a look at other partitions: for trials. The tasks of web_corpus are `sign` for each
    shard, `find` for all of them, which knows the earlier partitions, and `dedup` for each.
    """
    signatures = [sign.run(shard, Config(), rt) for shard in shards]
    verdicts = verdicts_of(signatures, [], config, rt)
    return [dedup(judged, config, rt) for judged, _ in judge(signatures, verdicts, rt)]


def dedup(judged: Judged | dict[str, Any], config: DedupConfig, rt: Runtime) -> ShardRef:
    """Return the shard without its duplicates.

    Its key is made from the shard and the verdicts about it: documents elsewhere that change no verdict change
    nothing here, and nothing that comes after.
    """
    judged = Judged.model_validate(judged)
    shard = judged.shard
    source = open_shard(rt.objects, shard)
    return commit_stage(
        STAGE,
        input_sha256=digest_of([shard.sha256, judged.verdicts_sha256]),
        inputs=[shard.model_dump()],
        config=config,
        rt=rt,
        outcomes=lambda: _outcomes(KeptRows(rt.objects, source.kept), judged, rt),
        expected=source.kept.row_count,
    )


def _outcomes(rows: Iterable[Row], judged: Judged, rt: Runtime) -> Iterator[Outcome]:
    data = rt.objects.get(judged.verdicts_key)
    if sha256_bytes(data) != judged.verdicts_sha256:
        raise FatalError(f"{judged.verdicts_key}: has another digest than its name; it was changed after its commit")
    verdicts = {number: (reason, detail) for number, reason, detail in json.loads(data)}
    for number, row in enumerate(rows):
        found = verdicts.get(number)
        yield Rejected(row, *found) if found else row
