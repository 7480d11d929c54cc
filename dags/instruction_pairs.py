"""# Instruction pairs: documents become (instruction, response) pairs

**What.** For each shard of documents: a backward model writes the request that the document answers
(`backtranslate`), poor requests go (`clean`), a judge rates the pair from 1 to 5 (`score`), only the best stay
(`curate`), an aligned model rewrites the document into a response (`rewrite`), and responses that are not grounded
in the document go (`verify`). The commit is announced on `pairs__<dataset>`, which starts `dataset_release__<dataset>`.

**When.** By itself, once per partition that `web_corpus` commits. By hand: *Trigger* with a partition key; it then
works on the newest documents of that key, or on the snapshot named by the param `manifest_uri`.

**Resume.** Answers are stored as they arrive, keyed by what was asked. A task that was killed sends only the requests
that have no answer yet; clearing a finished task sends none. Another model, prompt or parameter is another request.

**May be ignored.** A task that waits for the pool `llm`: its slots bound how many tasks talk to model servers at once.
`up_for_retry` with `RetriableError`: the model server was away, what it had answered is kept.

**Needs a person.** `ConfigError`: a connection or model name is wrong, or the stand-in server was asked by a dataset
that is not marked `demo`. `FatalError`: more rejects than a stage's `max_reject_rate`.
"""

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, task, task_group

from backforth.adapter import collected, run_stage
from backforth.assets import documents, pairs
from backforth.defaults import LLM_POOL, LLM_QUEUE, dag_defaults, manifest_param
from backforth.partition import commit, shards_of
from backforth.specs import for_each_dataset
from tasks.core.config import DatasetSpec


def instruction_pairs(spec: DatasetSpec) -> object:
    @dag(
        dag_id=f"instruction_pairs__{spec.name}",
        schedule=PartitionedAssetTimetable(assets=documents(spec)),
        description="documents -> verified (instruction, response) pairs",
        params=manifest_param(),
        **dag_defaults(spec, __doc__),
    )
    def flow() -> None:
        @task
        def plan() -> list[dict[str, Any]]:
            return shards_of("documents", spec, documents(spec))

        @task_group
        def shard(part: dict[str, Any]) -> Any:
            @task(pool=LLM_POOL, queue=LLM_QUEUE)
            def backtranslate(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.backtranslate.run import run

                return run_stage(run, part, spec.backtranslate, spec)

            @task
            def clean(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.clean.run import run

                return run_stage(run, part, spec.clean, spec)

            @task(pool=LLM_POOL, queue=LLM_QUEUE)
            def score(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.score.run import run

                return run_stage(run, part, spec.score, spec)

            @task
            def curate(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.curate.run import run

                return run_stage(run, part, spec.curate, spec)

            @task(pool=LLM_POOL, queue=LLM_QUEUE)
            def rewrite(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.rewrite.run import run

                return run_stage(run, part, spec.rewrite, spec)

            @task
            def verify(part: dict[str, Any]) -> dict[str, Any]:
                from tasks.verify.run import run

                return run_stage(run, part, spec.verify, spec)

            return verify(rewrite(curate(score(clean(backtranslate(part))))))

        @task(outlets=[pairs(spec)])
        def commit_pairs(parts: list[dict[str, Any]]) -> dict[str, Any]:
            return commit("pairs", collected(parts), spec, pairs(spec))

        commit_pairs(shard.expand(part=plan()))

    return flow()


for_each_dataset("instruction_pairs", instruction_pairs)
