"""Starts the refresh of one partition through Airflow, or joins one under way, and follows it to its release."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tasks.core.config import DatasetSpec
from tasks.core.runtime import LineageStore

FAMILIES = ("web_corpus", "instruction_pairs", "dataset_release")
# The order in which people read the chain. Ids of tasks inside a mapped group carry its name, which is another one
# where model servers are started: tasks are known by the last part. The model half is that of the default variant.
STEPS: dict[str, tuple[str, ...]] = {
    "web_corpus": ("list_shards", "extract", "filter_documents", "sign", "find", "dedup", "commit_documents"),
    "instruction_pairs": ("plan", "backtranslate", "clean", "score", "curate", "rewrite", "verify", "commit_pairs"),
    "dataset_release": ("settle", "assemble", "check", "approve", "stage", "publish"),
}
ACTIVE = {"queued", "running"}
_UNDONE = {"failed", "upstream_failed"}


def steps_of(spec: DatasetSpec) -> dict[str, tuple[str, ...]]:
    """Return `STEPS` with the model half of a specification's variant, and what its evaluation sets bring."""
    rounds = tuple(f"commit_round_{step.round_number}" for step in spec.steps if step.task.startswith("curate_round"))
    tasks = tuple(step.task for step in spec.steps)
    corpus = list(STEPS["web_corpus"])
    if spec.decontaminate.sets:
        corpus.insert(corpus.index("filter_documents") + 1, "decontaminate_documents")
    return {**STEPS, "web_corpus": tuple(corpus), "instruction_pairs": ("plan", *tasks, *rounds, "commit_pairs")}


class Airflow(Protocol):
    """The part of Airflow's REST API that following needs."""

    def trigger(self, dag_id: str, partition_key: str | None = None) -> dict[str, Any]: ...
    def dag_runs(self, dag_id: str, partition_key: str | None = None) -> list[dict[str, Any]]: ...
    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]: ...
    def upstream_events(self, dag_id: str, run_id: str) -> list[dict[str, Any]]: ...


@dataclass
class Step:
    """One line of the display. Counts are rows, over all shards."""

    family: str
    name: str
    state: str = ""
    done: int = 0
    total: int = 0
    tries: int = 0
    read: int = 0
    kept: int = 0
    rejected: int = 0
    sent: int = 0
    reused: int = 0


@dataclass
class Progress:
    """Where the chain is. `finished` is success; `failed` names tasks a person must look at.

    `skipped` and `refused` say why the chain ended without a release and without a fault.
    """

    steps: list[Step] = field(default_factory=list)
    finished: bool = False
    skipped: str = ""
    refused: str = ""
    failed: list[str] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come, apart from a failure."""
        return self.finished or bool(self.skipped or self.refused)


class Chain:
    """The three Dag runs of one partition, one after the other."""

    def __init__(
        self,
        airflow: Airflow,
        lineage: LineageStore,
        dataset: str,
        partition_key: str,
        *,
        steps: Mapping[str, tuple[str, ...]] = STEPS,
    ) -> None:
        self._airflow = airflow
        self._tasks = steps
        self._lineage = lineage
        self._dataset = dataset
        self._key = partition_key
        self._runs: dict[str, str] = {}
        self._others: set[str] = set()

    def start(self, *, fresh: bool = False) -> bool:
        """Join the partition's refresh when one is under way, else trigger one; return whether it was joined.

        A joined chain begins at the first Dag that is active now: what came before it is done. With `fresh` none is
        joined, since a run that is under way may have listed its sources before the newest of them was there.
        """
        for family in FAMILIES if not fresh else ():
            active = [run for run in self._airflow.dag_runs(self._dag(family), self._key) if run["state"] in ACTIVE]
            if active:
                self._runs[family] = str(active[-1]["dag_run_id"])
                return True
        run = self._airflow.trigger(self._dag(FAMILIES[0]), self._key)
        self._runs[FAMILIES[0]] = str(run["dag_run_id"])
        return False

    def poll(self) -> Progress:
        """Look at Airflow and at lineage once."""
        progress = Progress()
        for family in FAMILIES:
            self._find(family)
            progress.steps += self._steps(family, progress)
        return progress

    def _dag(self, family: str) -> str:
        return f"{family}__{self._dataset}"

    def _find(self, family: str) -> None:
        """Find the run of a consumer: one that consumed an event of the run we follow upstream.

        Airflow may give one run the events of several upstream runs, so any of its events will do.
        """
        upstream = FAMILIES[FAMILIES.index(family) - 1]
        if family in self._runs or family == FAMILIES[0] or upstream not in self._runs:
            return
        source = (self._dag(upstream), self._runs[upstream])
        for run in reversed(self._airflow.dag_runs(self._dag(family), self._key)):
            run_id = str(run["dag_run_id"])
            # Airflow 3.3 answers 500 to a question for the events of a run that has not started.
            if run_id in self._others or run["start_date"] is None:
                continue
            events = self._airflow.upstream_events(self._dag(family), run_id)
            if source in {(event["source_dag_id"], event["source_run_id"]) for event in events}:
                self._runs[family] = run_id
                return
            self._others.add(run_id)

    def _steps(self, family: str, progress: Progress) -> list[Step]:
        steps = {name: Step(family, name) for name in self._tasks[family]}
        run_id = self._runs.get(family)
        if run_id:
            self._add_states(family, run_id, steps, progress)
            self._add_counts(family, run_id, steps)
        return [step for name, step in steps.items() if name != "approve" or step.total]

    def _add_states(self, family: str, run_id: str, steps: dict[str, Step], progress: Progress) -> None:
        runs = self._airflow.dag_runs(self._dag(family), self._key)
        run = next((one for one in runs if one["dag_run_id"] == run_id), None)
        if run is None:
            progress.failed.append(f"{self._dag(family)} (its run {run_id} was deleted)")
            return
        instances = self._airflow.task_instances(self._dag(family), run_id)
        for instance in instances:
            step = steps.get(_task(instance["task_id"]))
            if step is None:
                continue
            step.total += 1
            step.tries += instance.get("try_number") or 0
            step.done += instance["state"] in {"success", "skipped"}
            step.state = _state(step.state, instance["state"])
        if run["state"] == "failed":
            progress.failed += [
                f"{self._dag(family)}.{i['task_id']}" + (f"[{i['map_index']}]" if i["map_index"] >= 0 else "")
                for i in instances
                if i["state"] == "failed"
            ] or [self._dag(family)]
        elif run["state"] == "success":
            self._end(family, steps, progress)

    def _end(self, family: str, steps: dict[str, Step], progress: Progress) -> None:
        """Say what the success of a run means: Airflow counts one that skipped its last task as a success too."""
        dag_id, skipped = self._dag(family), [name for name, step in steps.items() if step.state == "skipped"]
        if self._tasks[family][-1] not in skipped:
            progress.finished |= family == FAMILIES[-1]
        elif "list_shards" in skipped:
            progress.skipped = (
                f"{dag_id}: the partition has no data; the log of its task list_shards says where it looked"
            )
        elif "stage" in skipped and steps["approve"].state == "success" and not steps["stage"].tries:
            progress.refused = f"{dag_id}: refused by the person asked to approve it"
        else:
            progress.skipped = f"{dag_id}: its task {skipped[0]} was skipped"

    def _add_counts(self, family: str, run_id: str, steps: dict[str, Step]) -> None:
        for row in self._lineage.fetch("progress_by_dag_run", dag_run_ids=[run_id]):
            dag_id, _, task_id = row["job"].partition(".")
            step = steps.get(_task(task_id))
            if step is None or dag_id != self._dag(family):
                continue
            value = int(row["value"])
            match row["name"]:
                case "read":
                    step.read += value
                case "kept":
                    step.kept += value
                case "rejected":
                    step.rejected += value
                case "requests_sent":
                    step.sent += value
                case "reused" | "requests_reused":
                    step.reused += value


def _task(task_id: str) -> str:
    """Return a task's id without the group it is in."""
    return task_id.rpartition(".")[2]


def _state(known: str, state: str | None) -> str:
    """Return the state to show for a step: the worst or most active of its task instances."""
    order = [
        "",
        "success",
        "skipped",
        "scheduled",
        "queued",
        "awaiting_input",
        "running",
        "up_for_retry",
        *sorted(_UNDONE),
    ]
    shown = state or ""
    return max(known, shown, key=lambda s: order.index(s) if s in order else 0)
