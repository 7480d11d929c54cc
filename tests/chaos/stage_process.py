"""One LLM stage over one shard, in a process of its own that a test can kill. Reads its job as JSON from stdin."""

import json
import sys
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tasks.backtranslate.run import run
from tasks.core.config import BacktranslateConfig, Config, LlmConfig
from tasks.core.ids import content_id
from tasks.core.records import DOCUMENT, SOURCE_RECORD
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, RunContext, Runtime
from tasks.core.stage import Stage
from tasks.lineage.store import PostgresLineage
from tasks.llm.client import OpenAIClient
from tasks.storage.objects import S3Objects, open_source
from tasks.storage.stage import commit_stage


def client(url: str, config: LlmConfig) -> OpenAIClient:
    """The stand-in, asked as a demonstration."""
    return OpenAIClient(base_url=url, model=config.served_by, demo=True)


def make_runtime(job: dict[str, Any]) -> Runtime:
    """Return a Runtime on the real services, with a started run."""
    lineage, objects = PostgresLineage(job["lineage_url"]), S3Objects(**job["s3"])
    context = RunContext(run_id=str(uuid.uuid4()), job="test.stage", dataset="test", partition_key="2026-01", demo=True)
    job_id = content_id("job", "test", context.job)
    lineage.insert("job", [{"job_id": job_id, "namespace": "test", "name": context.job}])
    lineage.execute(
        "start_run",
        run_id=context.run_id,
        job_id=job_id,
        dataset=context.dataset,
        partition_key=context.partition_key,
        dag_run_id="test",
        map_index=-1,
        try_number=1,
        code_version="test",
        started_at=datetime.now(UTC),
    )
    return Runtime(
        objects=objects,
        lineage=lineage,
        run=context,
        model_client=partial(client, job.get("model_url", "http://127.0.0.1:9")),
        source_store=partial(open_source, objects=objects),
    )


def commit_documents(job: dict[str, Any], rows: Iterable[Row], *, input_sha256: str = "0" * 64) -> ShardRef:
    """Commit documents as a shard of the job's stores, as the corpus half would."""
    stage = Stage("documents", 1, reads=SOURCE_RECORD, writes=DOCUMENT)
    rt = make_runtime(job)
    return commit_stage(stage, input_sha256=input_sha256, inputs=[], config=Config(), rt=rt, outcomes=lambda: rows)


def main() -> None:
    job = json.load(sys.stdin)
    ref = run(ShardRef(**job["shard"]), BacktranslateConfig(**job["config"]), make_runtime(job))
    print(ref.model_dump_json())


if __name__ == "__main__":
    main()
