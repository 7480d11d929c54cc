"""Task and server killed in the middle of a stage, on the real services: nothing is lost, nothing is answered twice.

What the model says differs from one asking to the next; what was asked does not. So the ids of the generations are
compared with those of an undisturbed run, which follow from the documents alone.
"""

import os
import random
import signal

import psycopg2
import pytest

from tasks.backtranslate.run import values
from tasks.core.config import BacktranslateConfig
from tasks.llm.prompts import load_prompt
from tasks.llm.request import build_request
from tests.chaos.stage_process import commit_documents
from tests.chaos.test_llm_task import finish, rows_of, start
from tests.engine.asking import documents, spec, template
from tests.engine.server import EngineServer
from tests.engine.waiting import wait_until

pytestmark = [pytest.mark.engine, pytest.mark.stack, pytest.mark.timeout(600)]
ROWS = 600
FLUSH_ROWS = 16
CONCURRENCY = 32
# Answers that a kill of the task may lose: those not flushed yet, and those in flight or not yet taken.
LOST_PER_KILL = FLUSH_ROWS + 2 * CONCURRENCY

Job = dict[str, object]


@pytest.fixture
def rows() -> list[dict[str, object]]:
    """Documents whose text the fixture knows how to treat."""
    return documents(ROWS)


@pytest.fixture
def job(lineage_url: str, s3_arguments: dict[str, str], engine: EngineServer, rows: list[dict[str, object]]) -> Job:
    """A committed shard of documents and everything a stage process needs."""
    model = spec(concurrency=CONCURRENCY, prompts_per_request=8)
    described: Job = {
        "lineage_url": lineage_url,
        "s3": s3_arguments,
        "model_url": engine.url,
        "config": {
            "model": model.model_dump(),
            "max_tokens": 100,
            "max_attempts": 1,
            "flush_rows": FLUSH_ROWS,
            "flush_seconds": 60,
        },
    }
    shard = commit_documents(described, rows)
    return {**described, "shard": shard.model_dump()}


def expected_ids(job: Job, rows: list[dict[str, object]]) -> set[str]:
    """The ids that an undisturbed run gives its generations."""
    config = BacktranslateConfig.model_validate(job["config"])
    prompt = load_prompt("backtranslate", config.prompt)
    written_by = template(config.served_by)
    return {build_request(prompt, config, 0, values(row), written_by).generation_id for row in rows}


def stored_ids(job: Job) -> list[str]:
    """The ids of the generations in the lineage store."""
    connection = psycopg2.connect(str(job["lineage_url"]))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT generation_id FROM lineage.generation")
            return [str(generation_id) for (generation_id,) in cursor.fetchall()]
    finally:
        connection.close()


def assert_whole(job: Job, rows: list[dict[str, object]], kept: list[dict[str, object]]) -> None:
    """Every document was asked about once, and every answer stands with its own document."""
    assert sorted(stored_ids(job)) == sorted(expected_ids(job, rows))
    numbers = {row["document_id"]: number for number, row in enumerate(rows)}
    found = [numbers[row["document_id"]] for row in kept]
    assert found == sorted(found)
    # What was cut off at the token limit is rejected, with its reason.
    assert len(found) > 0.9 * ROWS


def test_killed_task_goes_on_where_it_was(engine: EngineServer, job: Job, rows: list[dict[str, object]]) -> None:
    """Killed at random moments, the task ends with the ids of an undisturbed run; at most a flush is asked again."""
    rng = random.Random(11)
    before, kills, done = engine.answered(), 0, 0
    while kills < 3:
        process = start(job)
        target = done + rng.randint(FLUSH_ROWS, ROWS // 5)
        wait_until(lambda process=process, target=target: process.poll() is not None or len(stored_ids(job)) >= target)
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills, done = kills + 1, len(stored_ids(job))
    assert kills == 3, "the task ended before it could be killed: give it more rows"
    wait_until(lambda: engine.in_flight() == 0)
    ref = finish(start(job))
    assert_whole(job, rows, rows_of(job, ref))
    assert ROWS <= engine.answered() - before <= ROWS + kills * LOST_PER_KILL


def test_killed_server_is_asked_for_the_rest(engine: EngineServer, job: Job, rows: list[dict[str, object]]) -> None:
    """Killed in the middle, the server fails the try and nothing else: the next one asks for what is missing."""
    process = start(job)
    wait_until(lambda: len(stored_ids(job)) >= ROWS // 4)
    engine.kill()
    _, err = process.communicate(timeout=120)
    assert process.returncode != 0
    assert f"RetriableError: model tiny at {engine.url}: no usable answer after" in err
    done = len(stored_ids(job))
    assert ROWS // 4 <= done < ROWS

    engine.start()
    ref = finish(start(job))
    assert engine.answered() == ROWS - done
    assert_whole(job, rows, rows_of(job, ref))
    assert finish(start(job)) == ref
    assert engine.answered() == ROWS - done, "a finished task was asked about again"
