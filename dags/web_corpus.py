"""# Web corpus: pages of one partition become clean documents

**What.** Lists the files of the partition's web corpus and makes shards of about equal size of them, extracts the
main text of every page, filters it, drops duplicates and commits the documents. One run per partition key (for
example a month, `2026-10`).
The commit is announced on the asset `documents__<dataset>`, which starts `instruction_pairs__<dataset>`.

**Duplicates.** `sign` writes the keys of each document (its text, its address, its MinHash), `find` commits them and
looks for documents of lower rank (partition, source, offset) with the same key, in this partition and in all earlier
ones that are there; nothing waits for a partition that is not. `release_later` asks which later partitions this one
touches and has exactly those released again: `dataset_release` takes the binding decision, so that any order of
backfill ends in the same rows.

Where the specification names evaluation sets (`decontaminate`), documents that hold an item of one go as well, before
duplicates are looked for.

**When.** On the schedule of the specification in `dags/datasets/`; each tick refreshes the partition that ended
last. By hand: *Trigger*, with a partition key. For a range: a backfill of this Dag by partition dates.

**Resume.** Everything a task commits is found again under the digest of its input and configuration: clear, retry
or backfill at will, finished work is not repeated. A changed specification makes new keys.

**May be ignored.** A run that is *skipped* at `list_shards`: the partition has no files, the task's log says where
it looked. To refresh it later, trigger the Dag with the same key. `release_later` skipped: no release of a later
partition repeats this one, which is the rule.

**After stricter filters.** Documents of later partitions that repeated what is gone now are missing there: run this
Dag for the later partitions too, in the order of their keys.

**Needs a person.** `FatalError` (more rejects than `max_reject_rate`, an object changed after its commit) and
`ConfigError` (wrong source, missing bucket, refused credentials): the message says what to do. They are not retried.
"""

from typing import Any

from airflow.sdk import dag, task, task_group

from backforth.adapter import collected, in_run, run_stage, shards_in, skip_when_empty
from backforth.assets import corpus_schedule, documents, pairs, start_date
from backforth.defaults import dag_defaults
from backforth.partition import announce_partitions, commit
from backforth.specs import for_each_dataset
from tasks.core.config import DatasetSpec
from tasks.core.refs import SourceShard, shown


def web_corpus(spec: DatasetSpec) -> object:
    place = shown(spec.source.root("{partition}"))

    @dag(
        dag_id=f"web_corpus__{spec.name}",
        schedule=corpus_schedule(spec),
        start_date=start_date(spec),
        description=f"{place} -> documents",
        **dag_defaults(spec, __doc__),
    )
    def flow() -> None:
        @task
        def list_shards() -> list[dict[str, Any]]:
            from tasks.extract.sources import run

            found = in_run(spec, lambda rt: run(spec.source, rt, seed=spec.seed))
            return skip_when_empty([s.model_dump(exclude_defaults=True) for s in found], f"no files below {place}")

        @task_group
        def shard(source: dict[str, Any]) -> Any:
            @task
            def extract(source: dict[str, Any]) -> dict[str, Any]:
                from tasks.extract.run import run

                ref = SourceShard.model_validate(source)
                return in_run(spec, lambda rt: run(ref, spec.extract, rt)).model_dump()

            @task
            def filter_documents(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.filters.run import run

                return run_stage(run, [part], spec.filters, spec)[0]

            @task
            def decontaminate_documents(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.decontaminate.run import run

                return run_stage(run, [part], spec.decontaminate, spec)[0]

            @task
            def sign(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.dedup.sign import run

                return run_stage(run, [part], spec.dedup, spec)[0]

            filtered = filter_documents(extract(source))
            return sign(decontaminate_documents(filtered) if spec.decontaminate.sets else filtered)

        @task
        def find(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
            from tasks.dedup.find import run

            judged = in_run(spec, lambda rt: run(shards_in(collected(parts)), spec.dedup, rt))
            return [one.model_dump() for one in judged]

        @task
        def dedup(judged: dict[str, Any]) -> dict[str, Any]:
            from tasks.dedup.run import dedup

            return in_run(spec, lambda rt: dedup(judged, spec.dedup, rt)).model_dump()

        @task(outlets=[documents(spec)])
        def commit_documents(parts: list[dict[str, Any]]) -> dict[str, Any]:
            return commit("documents", collected(parts), spec, documents(spec))

        @task(outlets=[pairs(spec)])
        def release_later() -> list[str]:
            from tasks.dedup.late import run

            touched = in_run(spec, lambda rt: run(spec.dedup, rt))
            return announce_partitions(pairs(spec), skip_when_empty(touched, "no later release repeats this partition"))

        judged = find(shard.expand(source=list_shards()))
        commit_documents(dedup.expand(judged=judged))
        judged >> release_later()

    return flow()


for_each_dataset("web_corpus", web_corpus)
