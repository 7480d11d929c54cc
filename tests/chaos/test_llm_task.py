"""An LLM task that is killed, or started twice, asks nothing twice: counted at the server, on the real services."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tasks.core.config import Config
from tasks.core.ids import canonical_json, content_id, sha256_text
from tasks.core.refs import ShardRef
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.chaos.stage_process import commit_documents, make_runtime

pytestmark = pytest.mark.stack
ROWS = 60
FLUSH_ROWS = 5
CONCURRENCY = 4


def document(number: int) -> dict[str, object]:
    """A document of our own, different for each number."""
    text = (
        f"How to label jar number {number}\n\nTo label a jar, wash it with warm water and let it dry. "
        f"Write the number {number} on a paper label, wet the back with a little glue and press it on the glass. "
        "Wait ten minutes before you put the jar on its shelf, so that the label does not slide off again."
    )
    source_id = content_id("source_record", "warc", "test.warc.gz", number)
    return {
        "source_record_id": source_id,
        "source_kind": "warc",
        "source_uri": "test.warc.gz",
        "locator": canonical_json({"offset": number, "length": 1}),
        "record_sha256": sha256_text(str(number)),
        "target_uri": f"https://jars.example/{number}",
        "document_id": content_id("document", source_id),
        "extract_config_id": content_id("config", "documents", Config().body()),
        "extractor": "test@1",
        "text": text,
        "text_sha256": sha256_text(text),
        "title": f"Jar {number}",
        "language": "en",
    }


@pytest.fixture
def job(lineage_url: str, s3_arguments: dict[str, str], standin_url: str) -> dict[str, object]:
    """A committed shard of documents and everything a stage process needs."""
    model = {"connection": "x", "name": "backforth-standin", "revision": "1", "concurrency": CONCURRENCY}
    described: dict[str, object] = {
        "lineage_url": lineage_url,
        "s3": s3_arguments,
        "model_url": standin_url,
        "config": {"model": model, "flush_rows": FLUSH_ROWS, "flush_seconds": 60},
    }
    shard = commit_documents(described, [document(number) for number in range(ROWS)])
    return {**described, "shard": shard.model_dump()}


def start(job: dict[str, object]) -> subprocess.Popen[str]:
    """Start the stage in its own process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.stage_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    process.stdin = None
    return process


def finish(process: subprocess.Popen[str]) -> ShardRef:
    """Wait for a stage process and return what it committed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return ShardRef.model_validate_json(out.strip().splitlines()[-1])


def asked(url: str) -> dict[str, int]:
    """Return how often each prompt was answered at the server."""
    return dict(httpx.get(f"{url}/ledger").json()["prompts"])


def rows_of(job: dict[str, object], ref: ShardRef) -> list[dict[str, object]]:
    """Return the kept rows behind a reference."""
    rt = make_runtime(job)
    return list(read_rows(rt.objects, open_shard(rt.objects, ref).kept.key))


def test_killed_task_asks_only_for_what_is_missing(job: dict[str, object], standin_url: str) -> None:
    """Killed at random moments, the task ends with the rows of an undisturbed run; at most a flush is asked again."""
    kills = 0
    rng = random.Random(7)
    while kills < 6:
        before = sum(asked(standin_url).values())
        process = start(job)
        target = before + rng.randint(3, 12)
        while process.poll() is None and sum(asked(standin_url).values()) < target:
            time.sleep(0.02)
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills >= 3, "the task ended before it could be killed: make the stand-in slower"
    ref = finish(start(job))

    counts = asked(standin_url)
    assert len(counts) == ROWS
    # Lost with a kill: the chunk being collected, and what was sent and not yet taken.
    assert sum(counts.values()) - ROWS <= kills * (FLUSH_ROWS + 2 * CONCURRENCY)
    rows = rows_of(job, ref)
    assert [row["document_id"] for row in rows] == [document(number)["document_id"] for number in range(ROWS)]
    assert all(row["instruction"] for row in rows)


def test_finished_task_asks_nothing_again(job: dict[str, object], standin_url: str) -> None:
    """A second start finds the commit and sends no request."""
    first = finish(start(job))
    before = asked(standin_url)
    assert finish(start(job)) == first
    assert asked(standin_url) == before


def test_two_tasks_for_one_shard_ask_once(job: dict[str, object], standin_url: str) -> None:
    """Started twice at once, the second waits for the first's lock and finds the answers."""
    processes = [start(job), start(job)]
    first, second = (finish(process) for process in processes)
    assert first == second
    assert set(asked(standin_url).values()) == {1}


def test_chunk_without_rows_is_loaded(job: dict[str, object], other_lineage_url: str, standin_url: str) -> None:
    """Chunk objects whose rows PostgreSQL does not have are loaded, not asked again."""
    first = finish(start(job))
    before = asked(standin_url)
    make_runtime(job).objects.delete(first.key)
    assert finish(start({**job, "lineage_url": other_lineage_url})) == first
    assert asked(standin_url) == before
