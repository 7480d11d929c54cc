"""# Web corpus: pages of one partition become clean documents

**What.** Lists the files of the partition's web corpus, extracts the main text of every page, filters it, drops
exact duplicates and commits the documents. One run per partition key (for example a month, `2026-10`).
The commit is announced on the asset `documents__<dataset>`, which starts `instruction_pairs__<dataset>`.

**When.** On the schedule of the specification in `dags/datasets/`; each tick refreshes the partition that ended
last. By hand: *Trigger*, with a partition key. For a range: a backfill of this Dag by partition dates.

**Resume.** Everything a task commits is found again under the digest of its input and configuration: clear, retry
or backfill at will, finished work is not repeated. A changed specification makes new keys.

**May be ignored.** A run that is *skipped* at `list_shards`: the partition has no files, the task's log says where
it looked. To refresh it later, trigger the Dag with the same key.

**Needs a person.** `FatalError` (more rejects than `max_reject_rate`, an object changed after its commit) and
`ConfigError` (wrong source, missing bucket, refused credentials): the message says what to do. They are not retried.
"""

from typing import Any

from airflow.sdk import dag, task, task_group

from backforth.adapter import collected, in_run, run_stage, skip_when_empty
from backforth.assets import corpus_schedule, documents, start_date
from backforth.defaults import dag_defaults
from backforth.partition import commit
from backforth.specs import for_each_dataset
from tasks.core.config import DatasetSpec
from tasks.core.refs import ShardRef, SourceRef


def web_corpus(spec: DatasetSpec) -> object:
    @dag(
        dag_id=f"web_corpus__{spec.name}",
        schedule=corpus_schedule(spec),
        start_date=start_date(spec),
        description=f"{spec.source.uri} -> documents",
        **dag_defaults(spec, __doc__),
    )
    def flow() -> None:
        @task
        def list_shards() -> list[dict[str, Any]]:
            from tasks.extract.sources import run

            found = in_run(spec, lambda rt: run(spec.source, rt))
            return skip_when_empty([s.model_dump() for s in found], f"no files below {spec.source.uri}")

        @task_group
        def shard(source: dict[str, Any]) -> Any:
            @task
            def extract(source: dict[str, Any]) -> dict[str, Any]:
                from tasks.extract.run import run

                ref = SourceRef.model_validate(source)
                return in_run(spec, lambda rt: run(ref, spec.extract, rt)).model_dump()

            @task
            def filter_documents(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.filters.run import run

                return run_stage(run, [part], spec.filters, spec)[0]

            return filter_documents(extract(source))

        @task
        def dedup(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
            from tasks.dedup.run import run

            refs = [ShardRef.model_validate(part) for part in collected(parts)]
            return [ref.model_dump() for ref in in_run(spec, lambda rt: run(refs, spec.dedup, rt))]

        @task(outlets=[documents(spec)])
        def commit_documents(parts: list[dict[str, Any]]) -> dict[str, Any]:
            return commit("documents", parts, spec, documents(spec))

        commit_documents(dedup(shard.expand(source=list_shards())))

    return flow()


for_each_dataset("web_corpus", web_corpus)
