"""Memory of a task that works on a bundle of shards whose documents are as long as the filters let through."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tasks.backtranslate import run as backtranslate
from tasks.core.ids import sha256_text
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row
from tasks.llm.bundle import run_bundle
from tests.bench.served import ROOT, config, served, stores
from tests.chaos.stage_process import commit_documents, make_runtime
from tests.chaos.test_llm_task import document

SHARDS, CHARS, CONCURRENCY = 8, 24_000, 256
# The first is enough to fill what a shard may hold ahead, the second is twice that.
SIZES = (400, 800)


def measure() -> dict[str, object]:
    """Return the peak memory of the task, in MB, at the two numbers of documents per shard, and their ratio."""
    with stores() as job, served() as (url, _):
        peaks = [_task({**job, "model_url": url, "documents": documents}) for documents in SIZES]
    return {
        "shards": SHARDS,
        "chars_per_document": CHARS,
        **{f"peak_mb_of_{size}_documents": peak for size, peak in zip(SIZES, peaks, strict=True)},
        "ratio": round(peaks[-1] / peaks[0], 3),
    }


def _task(job: dict[str, Any]) -> int:
    """Commit the shards in one process, and work on them in another, whose peak memory is its alone."""
    shards = _process("commit", job)
    return int(_process("work", {**job, "shards": shards}))


def _process(step: str, job: dict[str, Any]) -> Any:
    command = [sys.executable, "-m", "tests.bench.bundle_memory", step]
    told = subprocess.run(command, input=json.dumps(job), cwd=ROOT, text=True, stdout=-1, check=True).stdout
    return json.loads(told.splitlines()[-1])


def _documents(first: int, count: int) -> Iterator[Row]:
    for number in range(first, first + count):
        row = document(number)
        text = (str(row["text"]) + "\n\n") * (CHARS // len(str(row["text"])) + 1)
        yield row | {"text": text[:CHARS], "text_sha256": sha256_text(text[:CHARS])}


def main() -> None:
    """One step of the task, as JSON from stdin to stdout."""
    job, step = json.load(sys.stdin), sys.argv[1]
    count = job.pop("documents")
    if step == "commit":
        firsts = range(0, SHARDS * count, count)
        # One size after the other, so that each has documents of its own.
        start = count * 1_000_000
        refs = [
            commit_documents(job, _documents(start + first, count), input_sha256=f"{start + first:064x}")
            for first in firsts
        ]
        print(json.dumps([ref.model_dump() for ref in refs]))
        return
    shards = [ShardRef.model_validate(shard) for shard in job.pop("shards")]
    run_bundle(backtranslate.run, shards, config(concurrency=CONCURRENCY), make_runtime(job))
    print(json.dumps(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))


if __name__ == "__main__":
    main()
