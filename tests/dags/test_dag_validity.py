"""Policy over every Dag there is: the directory is read, so a new file cannot escape."""

import ast
from pathlib import Path

import pytest

from tests.dags.dags_md import DAGS, TARGET, render

FAMILIES = ("web_corpus", "instruction_pairs", "dataset_release")
DATASETS = sorted(path.stem for path in (DAGS / "datasets").glob("*.yaml"))


def test_every_dag_file_loads(dag_bag) -> None:
    """No Dag file may fail to import."""
    assert dag_bag.import_errors == {}


def test_each_dataset_has_its_family(dag_bag) -> None:
    """A specification makes the three Dags of its family, and the audit stands alone."""
    wanted = {f"{family}__{name}" for family in FAMILIES for name in DATASETS} | {"lineage_audit"}
    assert set(dag_bag.dags) == wanted


def test_no_placeholder_is_shipped(dag_bag) -> None:
    """The specifications in the repository are valid."""
    assert not [dag_id for dag_id, dag in dag_bag.dags.items() if "invalid specification" in dag.tags]


def test_policy(dag_bag) -> None:
    """Every Dag has a runbook, tags, bounded runs and starts unpaused; every task has retries and a time limit."""
    for dag in dag_bag.dags.values():
        assert dag.doc_md and dag.doc_md.startswith("# "), dag.dag_id
        assert "backforth" in dag.tags, dag.dag_id
        assert dag.is_paused_upon_creation is False, dag.dag_id
        assert dag.catchup is False, dag.dag_id
        assert 1 <= dag.max_active_runs <= 64, dag.dag_id
        for task in dag.tasks:
            assert task.execution_timeout is not None, f"{dag.dag_id}.{task.task_id}"
            assert task.retries == 8 and task.retry_policy is not None, f"{dag.dag_id}.{task.task_id}"


def test_model_tasks_use_the_pool(dag_bag) -> None:
    """Tasks that talk to a model server are bounded by the pool, and no others wait for it."""
    for name in DATASETS:
        dag = dag_bag.dags[f"instruction_pairs__{name}"]
        pooled = {task.task_id for task in dag.tasks if task.pool == "llm"}
        assert pooled == {task.task_id for task in dag.tasks if task.queue == "gpu"}
        assert pooled == {"shard.backtranslate", "shard.score", "shard.rewrite"}


def test_order_of_the_stages(dag_bag) -> None:
    """The chain of each family is the method's order."""
    order = [task.task_id for task in dag_bag.dags["instruction_pairs__demo"].topological_sort()]
    assert order == [
        "plan",
        *(f"shard.{name}" for name in ("backtranslate", "clean", "score", "curate", "rewrite", "verify")),
        "commit_pairs",
    ]
    release = [task.task_id for task in dag_bag.dags["dataset_release__demo"].topological_sort()]
    assert release == ["settle", "assemble", "check", "stage", "publish"]


def test_duplicates_are_found_before_documents_are_committed(dag_bag) -> None:
    """Signatures are on record before anyone looks at later releases; the documents wait for neither."""
    dag = dag_bag.dags["web_corpus__demo"]
    assert {name: dag.get_task(name).upstream_task_ids for name in ("find", "dedup", "commit_documents")} == {
        "find": {"shard.sign"},
        "dedup": {"find"},
        "commit_documents": {"dedup"},
    }
    later = dag.get_task("release_later")
    assert later.upstream_task_ids == {"find"}
    assert [asset.name for asset in later.outlets] == ["pairs__demo"]
    assert dag.get_task("dedup").is_mapped


def test_consumers_await_one_asset(dag_bag) -> None:
    """Two awaited assets can make two runs for one key, so each consumer awaits exactly one."""
    from airflow.sdk import Asset

    consumers = [d for d in dag_bag.dags.values() if d.dag_id.startswith(("instruction_pairs", "dataset_release"))]
    assert len(consumers) == 2 * len(DATASETS)
    for dag in consumers:
        assert isinstance(dag.timetable.asset_condition, Asset), dag.dag_id


def test_a_broken_specification_breaks_its_own_dags_only(tmp_path: Path) -> None:
    """The Dags of a bad file fail with its message; those of its neighbours are made as ever."""
    from airflow.sdk import DAG

    from backforth.specs import BrokenSpec, for_each_dataset, load_specs

    (tmp_path / "good.yaml").write_text(
        (DAGS / "datasets" / "demo.yaml").read_text().replace("name: demo", "name: good")
    )
    (tmp_path / "bad.yaml").write_text("name: bad\nsource: {urii: 1}\n")
    loaded = load_specs([tmp_path])
    assert [type(item).__name__ for item in loaded] == ["BrokenSpec", "DatasetSpec"]
    assert isinstance(loaded[0], BrokenSpec) and "source.urii: unknown key" in loaded[0].message

    built: list[str] = []
    with DAG(dag_id="outer"):
        pass
    for_each_dataset("web_corpus", lambda spec: built.append(spec.name), [tmp_path])
    assert built == ["good"]


def test_dags_are_tables_of_contents() -> None:
    """Stages are imported inside task bodies only, so that parsing a Dag stays cheap."""
    for path in sorted(DAGS.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("tasks.") or (node.module or "").startswith("tasks.core"), (
                    path
                )


def test_dags_md_is_current() -> None:
    """DAGS.md is generated: `make dags-md` was run after the last change of a runbook."""
    assert TARGET.read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("name", DATASETS)
def test_specification_names_its_file(name: str) -> None:
    """The Dag ids come from the file's stem, so the name inside must be the same."""
    from tasks.core.spec import load_spec

    assert load_spec(DAGS / "datasets" / f"{name}.yaml").name == name
