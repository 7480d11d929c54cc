"""# Instruction pairs: documents become (instruction, response) pairs

**What.** For each bundle of document shards: a backward model writes the request that the document answers
(`backtranslate`), poor requests go (`clean`), a judge rates the pair from 1 to 5 (`score`), only the best stay
(`curate`), an aligned model rewrites the document into a response (`rewrite`), and responses that are not grounded
in the document go (`verify`). The commit is announced on `pairs__<dataset>`, which starts `dataset_release__<dataset>`.

That is the variant `filter+rewrite`. The key `variant` of the specification chooses among:

| variant | stages |
|---|---|
| `filter` | backtranslate, clean, score, curate, adopt |
| `rewrite` | backtranslate, clean, rewrite, verify |
| `filter+rewrite` | backtranslate, clean, score, curate, rewrite, verify |
| `filter+distil` | backtranslate, clean, score, curate, distil |
| `humpback` | backtranslate, clean, score, curate, adopt |

`adopt` takes the document as the response; `distil` lets the rewriter answer without having seen the document. In
`humpback` the judges of `score.rounds` rate all pairs one after the other. What each but the last keeps is committed by
`commit_round_N` as the snapshot `curated_round_N` of the partition, to train the next judge on; the last decides.
`faithfulness`, where the specification enables it, comes after `verify`. Where it names evaluation sets,
`decontaminate` comes after `clean`: instructions that hold an item of one, or are a part of one, go.

**When.** By itself, once per partition that `web_corpus` commits. By hand: *Trigger* with a partition key; it then
works on the newest documents of that key, or on the snapshot named by the param `manifest_uri`.

**Resume.** Answers are stored as they arrive, keyed by what was asked. A task that was killed sends only the requests
that have no answer yet; clearing a finished task sends none. Another model, prompt or parameter is another request.

**Servers.** Where `models.*.serve` is set, `serve_…` starts vLLM on a worker of queue `gpu`, or joins one that runs
with the same settings, and `stop_…` lets go of it, also after a failure. With another base model for the rewriter
there are two phases, so that one GPU need not hold both.

**May be ignored.** A task that waits for the pool `llm`: its slots bound how many tasks talk to model servers at once.
`up_for_retry` with `RetriableError`: the model server was away, what it had answered is kept.

**Needs a person.** `ConfigError`: a connection or model name is wrong, or the stand-in server was asked by a dataset
that is not marked `demo`. `FatalError`: more rejects than a stage's `max_reject_rate`, a judge whose answers hold too
few scores, other weights behind a model's name than before, or the `budget` of the run is spent (raise it, and clear
the task: every answer is kept).
"""

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, task, task_group

from backforth.adapter import collected, run_stage
from backforth.assets import documents, pairs
from backforth.defaults import LLM_POOL, LLM_QUEUE, dag_defaults, manifest_param
from backforth.model_task import run_model_stage
from backforth.partition import bundles_of, commit, in_bundles
from backforth.serving import Phase, during, phases
from backforth.specs import for_each_dataset
from tasks.core.config import Config, DatasetSpec

Bundle = list[dict[str, Any]]


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
        def plan() -> list[Bundle]:
            return bundles_of("documents", spec, documents(spec))

        @task(pool=LLM_POOL, queue=LLM_QUEUE)
        def backtranslate(bundle: Bundle) -> Bundle:
            from tasks.backtranslate.run import run

            return run_model_stage(run, bundle, spec.backtranslate, spec)

        @task
        def clean(bundle: Bundle) -> Bundle:
            from tasks.clean.run import run

            return run_stage(run, bundle, spec.clean, spec)

        @task
        def decontaminate(bundle: Bundle) -> Bundle:
            from tasks.decontaminate.run import run

            return run_stage(run, bundle, spec.decontaminate, spec)

        @task(pool=LLM_POOL, queue=LLM_QUEUE)
        def score(bundle: Bundle, round_number: int) -> Bundle:
            from tasks.score.run import run

            return run_model_stage(run, bundle, spec.judging(round_number), spec)

        @task
        def curate(bundle: Bundle) -> Bundle:
            from tasks.curate.run import run

            return run_stage(run, bundle, spec.curate, spec)

        @task
        def adopt(bundle: Bundle) -> Bundle:
            from tasks.adopt.run import run

            return run_stage(run, bundle, Config(), spec)

        @task(pool=LLM_POOL, queue=LLM_QUEUE)
        def rewrite(bundle: Bundle) -> Bundle:
            from tasks.rewrite.run import run

            return run_model_stage(run, bundle, spec.rewrite, spec)

        @task(pool=LLM_POOL, queue=LLM_QUEUE)
        def distil(bundle: Bundle) -> Bundle:
            from tasks.distil.run import run

            return run_model_stage(run, bundle, spec.distil, spec)

        @task
        def verify(bundle: Bundle) -> Bundle:
            from tasks.verify.run import run

            return run_stage(run, bundle, spec.verify, spec)

        @task(pool=LLM_POOL, queue=LLM_QUEUE)
        def faithfulness(bundle: Bundle) -> Bundle:
            from tasks.faithfulness.run import run

            return run_model_stage(run, bundle, spec.faithfulness, spec)

        @task
        def gather(bundles: list[Bundle]) -> list[Bundle]:
            return in_bundles(collected(bundles), spec)

        @task
        def commit_round(bundles: list[Bundle], round_number: int) -> dict[str, Any]:
            return commit(f"curated_round_{round_number}", collected(bundles), spec)

        @task(outlets=[pairs(spec)])
        def commit_pairs(bundles: list[Bundle]) -> dict[str, Any]:
            return commit("pairs", collected(bundles), spec, pairs(spec))

        stages = (backtranslate, clean, decontaminate, score, curate, adopt, rewrite, distil, verify, faithfulness)
        by_name = {stage.function.__name__: stage for stage in stages}
        made: dict[str, Any] = {}

        def group(phase: Phase) -> Any:
            @task_group(group_id=phase.name or "shard")
            def shard(bundle: Bundle) -> Any:
                before = None
                inside = {step.task for step in phase.steps}
                for step in phase.steps:
                    given = [made[step.reads] if step.reads in inside else bundle]
                    given += [step.round_number] if step.stage == "score" else []
                    made[step.task] = by_name[step.stage].override(task_id=step.task)(*given)
                    if before is not None:
                        before >> made[step.task]
                    before = made[step.task]
                return before

            return shard

        bundles, done, served = plan(), None, None
        for phase in phases(spec):
            if done is not None:  # Airflow maps over what one task returned, not over tasks inside a mapped group
                bundles = gather(done)
            done = group(phase).expand(bundle=bundles)
            served = during(spec, phase, after=[bundles, served], first=made[phase.steps[0].task], last=done)
        for step in spec.steps:
            if step.stage == "curate" and step.is_early_round:
                commit_round.override(task_id=f"commit_round_{step.round_number}")(made[step.task], step.round_number)
        commit_pairs(done)

    return flow()


for_each_dataset("instruction_pairs", instruction_pairs)
