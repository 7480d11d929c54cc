"""# Dataset release: pairs become a published, versioned dataset

**What.** `settle` drops pairs whose document repeats an earlier partition, of those that are there now, and all but one
of those that ask the same. `assemble` writes the candidate in the chat form, `check` runs the Great Expectations suite
over it and keeps the results (and the data docs) before it judges, `stage` writes `releases/<dataset>/<version>/` with
the card and the digests, `publish` makes it the latest. With `release.approve: true` a person decides under
*Browse > Required Actions*.

**When.** By itself, once per partition that `instruction_pairs` commits; by hand with a partition key.

**Resume.** The same pairs give the same candidate, the same files and the same version: running again publishes
nothing twice. Other pairs for a partition that was released before give the next patch version. So does an earlier
partition that arrives late, where it holds what this one has published: `web_corpus` of that one starts this Dag.

**May be ignored.** Failed checks of severity *warning* or *info*: they are in the data docs and stop nothing. `stage`
skipped with "a newer run settles this partition": that one publishes.

**Needs a person.** `check` failed with `FatalError`: a *critical* expectation did not hold, nothing was published, the
message names the expectation and the rows. Mend the cause and clear the run, or change the bound in the specification.
"""

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, task

from backforth.adapter import in_run, skip_when_empty
from backforth.approval import approve_release
from backforth.assets import pairs, release
from backforth.defaults import dag_defaults, manifest_param
from backforth.partition import announce, find
from backforth.specs import for_each_dataset
from tasks.core.config import DatasetSpec
from tasks.core.refs import ManifestRef, ReleaseRef


def dataset_release(spec: DatasetSpec) -> object:
    @dag(
        dag_id=f"dataset_release__{spec.name}",
        schedule=PartitionedAssetTimetable(assets=pairs(spec)),
        description="verified pairs -> published release",
        params=manifest_param(),
        **dag_defaults(spec, __doc__),
    )
    def flow() -> None:
        @task
        def settle() -> dict[str, Any]:
            from tasks.dedup.settle import run

            return in_run(spec, lambda rt: run(find("pairs", pairs(spec), rt), spec.dedup, rt)).model_dump()

        @task
        def assemble(settled: dict[str, Any]) -> dict[str, Any]:
            from tasks.publish.assemble import run

            return in_run(spec, lambda rt: run(ManifestRef.model_validate(settled), spec, rt)).model_dump()

        @task
        def check(candidate: dict[str, Any]) -> dict[str, Any]:
            from tasks.quality.run import require, run

            ref = ManifestRef.model_validate(candidate)
            return in_run(spec, lambda rt: require(run(ref, spec, rt))).model_dump()

        @task
        def stage(candidate: dict[str, Any]) -> dict[str, Any]:
            from tasks.publish.release import stage

            staged = in_run(spec, lambda rt: stage(ManifestRef.model_validate(candidate), spec, rt))
            return skip_when_empty([staged] if staged else [], "a newer run settles this partition").pop().model_dump()

        @task(outlets=[release(spec)])
        def publish(staged: dict[str, Any], checked: dict[str, Any]) -> dict[str, Any]:
            from tasks.publish.release import publish

            ref = ReleaseRef.model_validate(staged)
            in_run(spec, lambda rt: publish(ref, spec, rt, suite_sha256=checked["suite_sha256"]))
            announce(release(spec), version=ref.version, row_count=ref.row_count)
            return staged

        candidate = assemble(settle())
        checked = check(candidate)
        staged = stage(candidate)
        if spec.release.approve:
            checked >> approve_release(spec) >> staged
        else:
            checked >> staged
        publish(staged, checked)

    return flow()


for_each_dataset("dataset_release", dataset_release)
