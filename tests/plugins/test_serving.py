"""Set-up, work and teardown of served models, as the tasks of a Dag do them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from airflow.sdk import DAG, Connection, task, task_group

from backforth import adapter, serving
from backforth.adapter import in_run
from backforth.defaults import task_defaults
from backforth.serving import phases
from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.lineage.store import PostgresLineage
from tasks.llm.server.launch import Place
from tasks.llm.server.lease import open_lease
from tasks.llm.server.warden import kill_all, processes_of
from tests.llm.server.conftest import made_model
from tests.plugins.conftest import Task

HOLDER = "web_corpus__made/manual__1"
PLAIN = {"connection": "model", "name": "tiny", "revision": "r1"}


def made_spec(models: dict[str, Any], **parts: Any) -> DatasetSpec:
    named = {role: model if isinstance(model, dict) else model.model_dump() for role, model in models.items()}
    return DatasetSpec.model_validate(
        {"name": "made", "source": {"uri": "file:///c/{partition}"}, "models": named} | parts
    )


@pytest.fixture
def served() -> DatasetSpec:
    """Backward and judge on one base with two adapters, the rewriter on another."""
    adapters = {"backward": "/lora/backward", "judge": "/lora/judge"}
    both = {name: made_model(name, adapters=adapters, model_path="/base") for name in adapters}
    return made_spec(both | {"rewriter": made_model("rewriter", model_path="/other")})


@pytest.fixture
def worker(
    running: Task, lineage_store: PostgresLineage, lineage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostgresLineage]:
    """A worker on the real database; its servers are gone at the end."""
    place = Place("worker", "127.0.0.1", tmp_path, lineage_url, devices=None)
    monkeypatch.setattr(serving, "place", lambda: place)
    monkeypatch.setattr(adapter, "lineage_store", lambda: lineage_store)
    yield lineage_store
    for row in lineage_store.fetch("leases_of_host", host="worker"):
        kill_all(str(row["lease_id"]))
    lineage_store.close()


def call(made: Any) -> Any:
    """Run the body of a task."""
    return made.operator.python_callable()


def titles(spec: DatasetSpec) -> dict[str, list[str]]:
    """What each phase serves."""
    return {phase.name: [server.title for server in serving.servers(spec, phase)] for phase in phases(spec)}


def test_each_phase_has_the_servers_that_its_steps_ask(served: DatasetSpec) -> None:
    """Adapters of one base are one server; what no step asks is not started; the steps are all there, in order."""
    judges, rewriter = "backward, judge (/base)", "rewriter (/other)"
    models = {role: model.model_dump() for role, model in served.models.items()}
    assert titles(served) == {"judges": [judges], "rewriter": [rewriter]}
    assert titles(made_spec(models, variant="filter")) == {"models": [judges]}
    assert titles(made_spec(models, variant="filter+distil")) == {"judges": [judges], "rewriter": [rewriter]}
    checked = made_spec(models, faithfulness={"enabled": True})
    assert titles(checked) == {"judges": [judges], "rewriter": [rewriter, judges]}
    assert titles(made_spec(models | {"rewriter": PLAIN})) == {"models": [judges]}
    assert titles(made_spec({"backward": PLAIN, "judge": PLAIN, "rewriter": models["rewriter"]})) == {
        "judges": [],
        "rewriter": [rewriter],
    }
    for spec in (served, checked):
        assert sum((phase.steps for phase in phases(spec)), ()) == spec.steps


def test_judges_of_all_rounds_are_served(served: DatasetSpec) -> None:
    """A flow that asks several judges has a server for each; a task of one round holds its own alone."""
    models = {role: model.model_dump() for role, model in served.models.items()}
    models |= {"m1": made_model("m1", model_path="/m1").model_dump()}
    spec = made_spec(models, variant="humpback", score={"rounds": ["judge", "m1"]})
    assert titles(spec) == {"models": ["backward, judge (/base)", "m1 (/m1)"]}


def test_models_behind_connections_are_left_alone(running: Task, spec: DatasetSpec) -> None:
    """Without `serve` nothing is cut, started, wired or asked of the database."""
    (phase,) = phases(spec)
    assert (phase.name, phase.steps) == ("", spec.steps)
    with DAG("plain"):
        assert serving.during(spec, phase, after=[], first=None, last=None) is None

    def work(rt: Any) -> None:
        running.lineage.calls.clear()
        with serving.attached(rt, spec, spec.score) as urls:
            assert urls == []
        assert running.lineage.calls == []
        assert rt.metrics == {}

    in_run(spec, work)


def test_a_wrong_serve_part_is_told_by_its_set_up(running: Task) -> None:
    """Other datasets keep their Dags: the mistake is raised when the task runs, not when the file is read."""
    wrong = made_spec({role: made_model(role, flags=["--port=1"]) for role in ("backward", "judge", "rewriter")})
    (phase,) = phases(wrong)
    with DAG("wrong", default_args=task_defaults()):
        start = serving.serve(wrong, phase)
    with pytest.raises(ConfigError, match="take --port out"):
        call(start)


def test_the_phases_are_wired_around_their_work(served: DatasetSpec) -> None:
    """Set-up before the work, teardown behind it, and the second phase after the first has let go."""

    @task
    def step(value: int) -> int:
        return value

    with DAG("wired", default_args=task_defaults()) as dag:
        work, end = step.override(task_id="plan")(0), None
        for phase in phases(served):

            @task_group(group_id=phase.name)
            def group(value: int) -> Any:
                return step.override(task_id="last")(step.override(task_id="first")(value))

            before, work = work, group.expand(value=work)
            first = dag.get_task(f"{phase.name}.first")
            end = serving.during(served, phase, after=[before, end], first=first, last=work)
    upstream = {name: dag.get_task(name).upstream_task_ids for name in dag.task_ids}
    assert upstream["serve_judges"] == {"plan"}
    assert upstream["judges.first"] == {"plan", "serve_judges"}
    assert upstream["stop_judges"] == {"judges.last", "serve_judges"}
    assert upstream["serve_rewriter"] == {"judges.last", "stop_judges"}
    assert upstream["rewriter.first"] == {"judges.last", "serve_rewriter"}
    assert upstream["stop_rewriter"] == {"rewriter.last", "serve_rewriter"}
    start, stop = dag.get_task("serve_judges"), dag.get_task("stop_judges")
    assert (start.is_setup, start.queue, start.retries) == (True, "gpu", serving.RETRIES)
    assert (stop.is_teardown, stop.trigger_rule) == (True, "all_done_setup_success")
    assert list(dag.task_group.topological_sort())


@pytest.mark.stack
def test_set_up_work_and_teardown(worker: PostgresLineage, served: DatasetSpec) -> None:
    """The servers of a phase run from its set-up to its teardown, and a task gets their address and their figures."""
    judging, _ = phases(served)
    with DAG("life", default_args=task_defaults()):
        start, stop = serving.serve(served, judging), serving.stop(served, judging)
    (url,) = call(start)

    def work(rt: Any) -> dict[str, int]:
        with serving.attached(rt, served, served.score) as urls:
            assert urls == [url]
            for name in ("backward", "judge"):
                body = {"model": name, "prompt": "x"}
                assert httpx.post(f"{url}/v1/completions", json=body, trust_env=False).status_code == 200
        return dict(rt.metrics)

    assert in_run(served, work)["server_generation_tokens"] == 20
    (server,) = serving.servers(served, phases(served)[0])
    lease = open_lease(worker, server.key)
    assert lease
    assert lease.holders == (HOLDER,)
    call(stop)
    assert open_lease(worker, server.key) is None
    assert processes_of(lease.lease_id) == []


@pytest.mark.stack
def test_a_task_restarts_a_server_that_crashed(worker: PostgresLineage, served: DatasetSpec) -> None:
    """The retry of a task whose server died in the middle finds another one."""
    urls = []

    def work(rt: Any) -> None:
        with serving.attached(rt, served, served.backtranslate) as found:
            urls.extend(found)

    in_run(served, work)
    (server,) = serving.servers(served, phases(served)[0])
    lease = open_lease(worker, server.key)
    assert lease
    os.kill(min(processes_of(lease.lease_id)), signal.SIGKILL)
    in_run(served, work)
    assert urls[0] != urls[1]
    assert httpx.get(f"{urls[1]}/health", trust_env=False).status_code == 200


@pytest.mark.stack
def test_the_first_teardown_keeps_what_the_second_phase_needs(worker: PostgresLineage, served: DatasetSpec) -> None:
    """A judge that is asked again at the end is loaded once, and stopped with the rest."""
    models = {role: model.model_dump() for role, model in served.models.items()}
    spec = made_spec(models, faithfulness={"enabled": True})
    with DAG("kept", default_args=task_defaults()):
        first, second = [(serving.serve(spec, phase), serving.stop(spec, phase)) for phase in phases(spec)]
    (judges,) = call(first[0])
    call(first[1])
    assert judges in call(second[0])
    call(second[1])
    assert [open_lease(worker, server.key) for server in serving.servers(spec, phases(spec)[1])] == [None, None]


def test_the_address_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the operator says, loopback on the embedded stack, else the worker's name where others know it."""
    monkeypatch.setattr(
        serving.Connection, "get", lambda _: Connection(conn_id="l", conn_type="postgres", host="db", login="u")
    )
    monkeypatch.setattr(serving.socket, "gethostname", lambda: "worker-7")
    monkeypatch.delenv("BACKFORTH_HOME", raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", "/air")
    monkeypatch.setattr(serving, "_resolves", lambda name: True)
    found = serving.place()
    assert (found.host, found.address, found.bind) == ("worker-7", "worker-7", "0.0.0.0")
    assert found.lineage_url.startswith("postgresql://u@db")
    assert found.log_folder == Path("/air/logs")
    monkeypatch.setattr(serving, "_resolves", lambda name: False)
    assert serving.place().address == "127.0.0.1"
    monkeypatch.setenv("BACKFORTH_SERVE_HOST", "10.0.0.7")
    assert serving.place().address == "10.0.0.7"
    monkeypatch.delenv("BACKFORTH_SERVE_HOST")
    monkeypatch.setenv("BACKFORTH_HOME", "/home/b")
    monkeypatch.setattr(serving, "_resolves", lambda name: True)
    found = serving.place()
    assert (found.address, found.bind, found.log_folder) == ("127.0.0.1", "127.0.0.1", Path("/home/b/logs"))
