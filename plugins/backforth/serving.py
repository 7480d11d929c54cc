"""Model servers of our own: set-up and teardown around the phases of a Dag, and the way of a model task to them.

A specification whose `models.*.serve` is set has its servers started by Airflow. The flow is then cut into two phases:
`judges` serves the models of the steps up to the rewrite, `rewriter` those of the rewrite and what comes after. The
rewriter is another base model, and a host whose GPUs hold one of them at a time must let go of the first before it
starts the second: so the teardown of `judges` stands before the set-up of `rewriter`, and all bundles are through the
first before the second begins. A server that both phases need is kept: the first teardown lets go only of what is not
wanted later (where the run fails in between, the lease of what was kept lapses). Where the second phase needs no server
that the first has not, nothing is cut, and there is the one phase `models`.

The Airflow run holds a server (`<dag>/<run>` in lineage.model_lease), and each model task renews that while it works:
`lease_seconds` must outlast the pauses between them. Set-up, work and teardown may land on different workers of queue
`gpu`: the lease carries the address. A task that finds its server gone (a crash, a lapsed lease, a task cleared months
later) starts it again where it runs itself.
"""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow.sdk import Connection, setup, task, teardown

from backforth.adapter import in_run
from backforth.connections import LINEAGE
from backforth.defaults import LLM_QUEUE
from tasks.core.config import DatasetSpec, LlmConfig, ModelSpec
from tasks.core.errors import ConfigError
from tasks.core.runtime import Runtime
from tasks.core.variants import ASKING, Step
from tasks.llm.server.command import Server, servers_of, sharing
from tasks.llm.server.devices import devices
from tasks.llm.server.ensure import ensure, let_go
from tasks.llm.server.launch import Place
from tasks.llm.server.lease import held
from tasks.llm.server.metrics import Sampler

# The first step of the second phase.
_WRITING = {"rewrite", "distil"}
# The name or address of a worker for the others, where they do not know it by its own name.
HOST_VARIABLE = "BACKFORTH_SERVE_HOST"
# Set by the embedded stack (tasks/local/settings.py), all of which runs on one host.
HOME_VARIABLE = "BACKFORTH_HOME"
# A set-up that finds the GPUs taken fails its try and gives its slot back, which the run that has them may need: with
# ten minutes between tries at most, this is a day and a half of waiting.
RETRIES = 200


@dataclass(frozen=True)
class Phase:
    """Steps whose models are served at the same time. Without a `name` nothing is served."""

    name: str
    steps: tuple[Step, ...]


def phases(spec: DatasetSpec) -> list[Phase]:
    """Return the phases of a specification in order: one or two, which hold all its steps."""
    cut = next((at for at, step in enumerate(spec.steps) if step.stage in _WRITING), len(spec.steps))
    early, late = (
        {sharing(model.serve) for model in _asked(spec, steps) if model.serve}
        for steps in (spec.steps[:cut], spec.steps[cut:])
    )
    if late <= early:
        return [Phase("models" if early else "", spec.steps)]
    return [Phase("judges", spec.steps[:cut]), Phase("rewriter", spec.steps[cut:])]


def servers(spec: DatasetSpec, phase: Phase) -> list[Server]:
    """Return the servers of a phase, none where its models are reached by connections.

    Raises ConfigError where the `serve` parts of the specification contradict each other.
    """
    return _servers_for(spec, _asked(spec, phase.steps))


def during(spec: DatasetSpec, phase: Phase, *, after: Sequence[Any], first: Any, last: Any) -> Any:
    """Wire a phase's set-up before the task `first` and its teardown behind `last`, and the set-up behind `after`.

    Returns the teardown, for the `after` of the next phase; None, and no new edge, where nothing of it is served.
    A wrong `serve` part is told by the set-up, when it runs: other Dags of the file are not broken by it.
    """
    if not any(model.serve for model in _asked(spec, phase.steps)):
        return None
    start, end = serve(spec, phase), stop(spec, phase)
    [task for task in after if task is not None] >> start >> first
    last >> end.as_teardown(setups=start)
    return end


def serve(spec: DatasetSpec, phase: Phase) -> Any:
    """Return the set-up task of a phase; its XCom lists the addresses."""

    @setup
    @task(task_id=f"serve_{phase.name}", queue=LLM_QUEUE, retries=RETRIES)
    def start() -> list[str]:
        return in_run(spec, lambda rt: [_ensure(rt, server) for server in servers(spec, phase)])

    return start()


def stop(spec: DatasetSpec, phase: Phase) -> Any:
    """Return the teardown task of a phase, for `.as_teardown(setups=…)`. It runs after a failure too."""

    @teardown
    @task(task_id=f"stop_{phase.name}", queue=LLM_QUEUE)
    def end() -> None:
        in_run(spec, lambda rt: _let_go(rt, spec, phase))

    return end()


@contextmanager
def attached(rt: Runtime, spec: DatasetSpec, config: LlmConfig) -> Iterator[list[str]]:
    """Hold the server of a stage's model while the body runs, and sample it; yields its address, [] for connections."""
    with ExitStack() as stack:
        urls = []
        for server in _servers_for(spec, [config.served_by]):
            lease = ensure(rt.lineage, server, holder(rt), place())
            stack.enter_context(held(rt.lineage, lease.lease_id, holder(rt), seconds=server.serve.lease_seconds))
            urls.append(lease.url)
        if not urls:
            yield []
            return
        sampler = Sampler(urls)
        try:
            with sampler:
                yield urls
        finally:
            rt.set_metrics(sampler.metrics())


def holder(rt: Runtime) -> str:
    """Return the name under which an Airflow run holds its servers."""
    return f"{rt.run.job.split('.', 1)[0]}/{rt.run.dag_run_id}"


def place() -> Place:
    """Return this worker, as a model server on it is reached. Airflow's home holds the servers' logs."""
    home, name = os.environ.get(HOME_VARIABLE), socket.gethostname()
    folder = Path(home) / "logs" if home else Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser() / "logs"
    return Place(
        host=name,
        address=os.environ.get(HOST_VARIABLE) or ("127.0.0.1" if home or not _resolves(name) else name),
        log_folder=folder,
        lineage_url=Connection.get(LINEAGE).get_uri().replace("postgres://", "postgresql://", 1),
        devices=devices(os.environ),
    )


def _asked(spec: DatasetSpec, steps: Sequence[Step]) -> list[ModelSpec]:
    configs = [
        spec.judging(step.round_number) if step.stage == "score" else getattr(spec, step.stage)
        for step in steps
        if step.stage in ASKING
    ]
    return [config.served_by for config in configs]


def _ensure(rt: Runtime, server: Server) -> str:
    return ensure(rt.lineage, server, holder(rt), place()).url


def _let_go(rt: Runtime, spec: DatasetSpec, phase: Phase) -> None:
    flow = phases(spec)
    later = flow[flow.index(phase) + 1 :]
    wanted = {server.key for after in later for server in servers(spec, after)}
    for server in servers(spec, phase):
        if server.key not in wanted:
            let_go(rt.lineage, server, holder(rt))


def _servers_for(spec: DatasetSpec, models: list[ModelSpec]) -> list[Server]:
    by_role = servers_of(spec.models)
    found: dict[str, Server] = {}
    for model in models:
        if model.serve is None:
            continue
        asked = (model.name, model.revision, model.serve)
        roles = [role for role, known in spec.models.items() if (known.name, known.revision, known.serve) == asked]
        if not roles:
            raise ConfigError(f"model {model.name} has a serve part, but is none of the models of {spec.name}")
        found[by_role[roles[0]].key] = by_role[roles[0]]
    return list(found.values())


def _resolves(name: str) -> bool:
    try:
        socket.gethostbyname(name)
    except OSError:
        return False
    return True
