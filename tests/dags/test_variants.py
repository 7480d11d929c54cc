"""Each variant is its own Dag: the stages that tasks/core/variants.py names, and no others."""

import importlib.util
from itertools import pairwise
from typing import Any

import pytest

from tasks.core.config import DatasetSpec
from tasks.core.variants import FLOWS
from tasks.local.follow import STEPS, steps_of
from tests.dags.conftest import ROOT

MODEL = {"connection": "model", "name": "tiny", "revision": "r1"}
ROLES = dict.fromkeys(("backward", "judge", "rewriter", "m0", "m1", "m2"), MODEL)


SETS = {"sets": [{"name": "made_set", "file": {"uri": "s3://lists/made_set.jsonl"}}]}


def dag_of(dag_bag: Any, variant: str, *, family: str = "instruction_pairs", **parts: Any) -> Any:
    """The Dag of one family of a specification of this variant."""
    found = importlib.util.spec_from_file_location(f"made_{family}", ROOT / "dags" / f"{family}.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return getattr(module, family)(spec_of(variant, **parts))


def spec_of(variant: str, **parts: Any) -> DatasetSpec:
    body = {"name": "made", "variant": variant, "source": {"uri": "file:///corpus"}, "models": ROLES, **parts}
    return DatasetSpec.model_validate(body)


@pytest.mark.parametrize("variant", [name for name in FLOWS if name != "humpback"])
def test_a_dag_has_the_stages_of_its_variant(dag_bag: Any, variant: str) -> None:
    """In their order, each after the one before it."""
    dag = dag_of(dag_bag, variant)
    chain = ["plan", *(f"shard.{stage}" for stage in FLOWS[variant]), "commit_pairs"]
    assert [task.task_id for task in dag.topological_sort()] == chain
    for before, after in pairwise(chain):
        assert before in dag.get_task(after).upstream_task_ids


def test_judges_in_rounds_all_read_the_clean_pairs(dag_bag: Any) -> None:
    """Each round but the last is committed by itself; the last is what the pairs are made of."""
    dag = dag_of(dag_bag, "humpback", score={"rounds": ["m0", "m1", "m2"]})
    assert {task.task_id for task in dag.tasks} == {
        "plan",
        *(f"shard.{stage}" for stage in FLOWS["humpback"]),
        *(f"shard.{stage}_round_{number}" for stage in ("score", "curate") for number in (1, 2)),
        "commit_round_1",
        "commit_round_2",
        "commit_pairs",
    }
    for task_id in ("shard.score_round_1", "shard.score_round_2", "shard.score"):
        task = dag.get_task(task_id)
        assert task.pool == "llm"
        assert "shard.clean" in task.upstream_task_ids
    assert "shard.curate_round_1" in dag.get_task("shard.score_round_2").upstream_task_ids
    assert "shard.curate_round_2" in dag.get_task("shard.score").upstream_task_ids
    assert dag.get_task("commit_round_2").upstream_task_ids == {"shard.curate_round_2"}
    assert dag.get_task("commit_pairs").upstream_task_ids == {"shard.adopt"}


def test_a_second_phase_is_mapped_over_one_task(dag_bag: Any) -> None:
    """Airflow cannot expand over a task inside a mapped group: the bundles are gathered between the phases."""
    serve = {"model_path": "/m", "gpus": 0}
    models = {role: {"name": "tiny", "revision": "r1", "serve": serve} for role in ("backward", "judge")}
    models["rewriter"] = {"name": "tiny", "revision": "r1", "serve": {**serve, "model_path": "/other"}}
    dag = dag_of(dag_bag, "filter+rewrite", models=models)
    sources = {task.task_id for group in ("judges", "rewriter") for task in mapped_over(dag.task_group.children[group])}
    assert sources == {"plan", "gather"}
    assert dag.get_task("gather").upstream_task_ids == {"judges.curate"}
    assert dag.get_task("serve_rewriter").upstream_task_ids == {"gather", "stop_judges"}
    assert "serve_rewriter" in dag.get_task("rewriter.rewrite").upstream_task_ids
    assert dag.get_task("commit_pairs").upstream_task_ids == {"rewriter.verify"}


def mapped_over(group: Any) -> list[Any]:
    """The tasks whose output a mapped task group is expanded over."""
    return [operator for operator, _ in group._expand_input.iter_references()]


def test_faithfulness_comes_last_where_it_is_wanted(dag_bag: Any) -> None:
    """After the grounding checks, asking the judge."""
    dag = dag_of(dag_bag, "rewrite", faithfulness={"enabled": True})
    assert dag.get_task("shard.faithfulness").upstream_task_ids == {"shard.verify"}
    assert dag.get_task("commit_pairs").upstream_task_ids == {"shard.faithfulness"}
    assert dag.get_task("shard.faithfulness").pool == "llm"


def test_evaluation_sets_bring_a_task_into_both_halves(dag_bag: Any) -> None:
    """Documents are compared after the filters, instructions after they were cleaned; and without sets nothing is."""
    corpus = dag_of(dag_bag, "rewrite", family="web_corpus", decontaminate=SETS)
    assert corpus.get_task("shard.decontaminate_documents").upstream_task_ids == {"shard.filter_documents"}
    pairs = dag_of(dag_bag, "rewrite", decontaminate=SETS)
    assert pairs.get_task("shard.decontaminate").upstream_task_ids == {"shard.clean"}
    assert pairs.get_task("shard.rewrite").upstream_task_ids == {"shard.decontaminate"}
    assert pairs.get_task("shard.decontaminate").pool != "llm"
    shown = steps_of(spec_of("rewrite", decontaminate=SETS))
    assert shown["web_corpus"].index("decontaminate_documents") == shown["web_corpus"].index("filter_documents") + 1
    assert {task.task_id.rpartition(".")[2] for task in pairs.tasks} == set(shown["instruction_pairs"])
    for family in ("web_corpus", "instruction_pairs"):
        tasks = {task.task_id for task in dag_of(dag_bag, "rewrite", family=family).tasks}
        assert not [task_id for task_id in tasks if "decontaminate" in task_id]
        assert "decontaminate_documents" not in steps_of(spec_of("rewrite"))[family]


def test_the_runbook_names_the_stages_of_each_variant(dag_bag: Any) -> None:
    """Its table is what tasks/core/variants.py says."""
    doc = dag_of(dag_bag, "filter").doc_md
    assert [line for line in doc.splitlines() if line.startswith("| `")] == [
        f"| `{variant}` | {', '.join(flow)} |" for variant, flow in FLOWS.items()
    ]


@pytest.mark.parametrize("variant", FLOWS)
def test_the_steps_of_a_variant_are_shown(dag_bag: Any, variant: str) -> None:
    """Those that its Dag has, so that none is waited for that never comes."""
    parts = {"score": {"rounds": ["m0", "m1"]}} if variant == "humpback" else {}
    spec = DatasetSpec.model_validate(
        {"name": "made", "variant": variant, "source": {"uri": "file:///c"}, "models": ROLES, **parts}
    )
    dag = dag_of(dag_bag, variant, **parts)
    assert set(steps_of(spec)["instruction_pairs"]) == {task.task_id.rpartition(".")[2] for task in dag.tasks}
    assert steps_of(spec)["instruction_pairs"][-1] == "commit_pairs"
    if variant == "filter+rewrite":
        assert steps_of(spec) == STEPS
