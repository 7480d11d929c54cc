"""What becomes of a pair, as data."""

from typing import Any

import pytest
from pydantic import ValidationError

from tasks.core.config import DatasetSpec
from tasks.core.variants import ASKING, DEFAULT, FLOWS, asking_stages, steps, variant_of
from tests.core.test_config import MODEL, SPEC

ROUNDS = {**SPEC["models"], "m0": {**MODEL, "name": "m0"}, "m1": {**MODEL, "name": "m1"}}


def spec(**changes: Any) -> DatasetSpec:
    return DatasetSpec.model_validate({**SPEC, "models": ROUNDS, **changes})


@pytest.mark.parametrize("variant", FLOWS)
def test_steps_follow_one_another(variant: str) -> None:
    """Each reads what the one before it made; the first reads the documents."""
    found = steps(variant)
    assert [step.task for step in found] == [step.stage for step in found] == list(FLOWS[variant])
    assert [step.reads for step in found] == ["", *FLOWS[variant][:-1]]


def test_rounds_all_read_the_same_pairs() -> None:
    """Each judge has its scores and its curation; the last ones bear the plain names."""
    found = {step.task: step for step in steps("humpback", round_count=3)}
    assert list(found) == [
        *("backtranslate", "clean", "score_round_1", "curate_round_1", "score_round_2", "curate_round_2"),
        *("score", "curate", "adopt"),
    ]
    assert {found[task].reads for task in ("score_round_1", "score_round_2", "score")} == {"clean"}
    assert [found[f"curate{end}"].reads for end in ("_round_1", "_round_2", "")] == [
        "score_round_1",
        "score_round_2",
        "score",
    ]
    assert [found[f"score{end}"].round_number for end in ("_round_1", "_round_2", "")] == [1, 2, 3]
    assert [task for task, step in found.items() if step.is_early_round] == list(found)[2:6]


def test_decontamination_comes_after_cleaning() -> None:
    """Whoever reads the clean pairs reads what is left of them; without evaluation sets there is no such step."""
    sets = {"sets": [{"name": "made", "file": {"uri": "made.jsonl"}}]}
    found = {step.task: step for step in spec(decontaminate=sets).steps}
    assert list(found)[1:4] == ["clean", "decontaminate", "score"]
    assert (found["decontaminate"].reads, found["score"].reads) == ("clean", "decontaminate")
    rounds = spec(variant="humpback", decontaminate=sets, score={"rounds": ["m0", "m1"]}).steps
    assert {step.reads for step in rounds if step.stage == "score"} == {"decontaminate"}
    assert "decontaminate" not in {step.task for step in spec(decontaminate={"ngram_words": 8}).steps}


def test_faithfulness_comes_after_verification() -> None:
    """And not at all where nothing is verified."""
    assert steps("rewrite", faithfulness=True)[-1].stage == "faithfulness"
    assert steps("rewrite", faithfulness=True)[-1].reads == "verify"
    assert "faithfulness" not in {step.stage for step in steps("filter", faithfulness=True)}
    with pytest.raises(ValidationError, match="variant filter rewrites nothing"):
        spec(variant="filter", faithfulness={"enabled": True})


@pytest.mark.parametrize(
    ("variant", "asking"),
    [
        ("filter", {"backtranslate", "score"}),
        ("rewrite", {"backtranslate", "rewrite"}),
        ("filter+rewrite", {"backtranslate", "score", "rewrite"}),
        ("filter+distil", {"backtranslate", "score", "distil"}),
        ("humpback", {"backtranslate", "score"}),
        (None, {"backtranslate", "score", "rewrite"}),
        ("unknown", {"backtranslate", "score", "rewrite"}),
        (["filter"], {"backtranslate", "score", "rewrite"}),
    ],
)
def test_who_asks_a_model(variant: Any, asking: set[str]) -> None:
    """Only these stages need a role, so that the others' models may be left out."""
    assert asking_stages({"variant": variant}) == asking <= set(ASKING)


@pytest.mark.parametrize(("variant", "unneeded"), [("filter", "rewriter"), ("rewrite", "judge")])
def test_a_model_that_is_not_asked_may_be_left_out(variant: str, unneeded: str) -> None:
    """And one that is asked may not."""
    models = {role: model for role, model in SPEC["models"].items() if role != unneeded}
    assert DatasetSpec.model_validate({**SPEC, "models": models, "variant": variant}).variant == variant
    with pytest.raises(ValidationError, match=f"no role '{unneeded}' under models"):
        DatasetSpec.model_validate({**SPEC, "models": models})


def test_a_judge_of_a_round_knows_the_rounds_before_it() -> None:
    """Another round after it changes nothing that it has made."""
    two = spec(variant="humpback", score={"rounds": ["m0", "m1"]})
    three = spec(variant="humpback", score={"rounds": ["m0", "m1", "judge"]})
    assert [two.judging(n).served_by.name for n in (1, 2)] == ["m0", "m1"]
    assert [two.judging(n).sha256 for n in (1, 2)] == [three.judging(n).sha256 for n in (1, 2)]
    assert two.judging(2) == two.score and three.judging(3) == three.score
    assert two.judging(1).sha256 != two.judging(2).sha256
    assert spec().judging(0) == spec().score


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"variant": "humpback"}, "score.rounds: variant humpback needs the roles"),
        ({"score": {"rounds": ["m0"]}}, "only variant humpback judges in rounds, this is filter+rewrite"),
        ({"variant": "humpback", "score": {"rounds": ["nobody"]}}, "score.rounds: no role 'nobody' under models"),
        ({"variant": "humpback", "score": {"rounds": [["m0"]]}}, "score.rounds: no role"),
        ({"variant": "humpback", "score": {"rounds": ["m0"], "model": "m1"}}, "score.model: with score.rounds"),
        ({"variant": "humpback", "score": {"rounds": "m0"}}, "score.rounds"),
        ({"variant": "filter+everything"}, "variant"),
    ],
)
def test_what_does_not_fit_together(changes: dict[str, Any], told: str) -> None:
    """It says which key."""
    with pytest.raises(ValidationError, match=told.replace("+", r"\+")):
        spec(**changes)


def test_rounds_need_no_other_judge() -> None:
    """The role `judge` may be missing where rounds name the judges."""
    models = {role: model for role, model in ROUNDS.items() if role != "judge"}
    found = DatasetSpec.model_validate(
        {**SPEC, "models": models, "variant": "humpback", "score": {"rounds": ["m0", "m1"]}}
    )
    assert found.score.served_by.name == "m1"


@pytest.mark.parametrize("variant", FLOWS)
def test_a_variant_is_known_by_its_stages(variant: str) -> None:
    """With the stages before and after them in any order."""
    assert variant_of(["extract", *FLOWS[variant][::-1]], in_rounds=variant == "humpback") == variant


@pytest.mark.parametrize("stages", [[], ["backtranslate", "clean"], ["score"], ["rewrite", "adopt"], ["distil"]])
def test_stages_of_no_variant(stages: list[str]) -> None:
    """Something else made that."""
    with pytest.raises(ValueError, match="no variant goes through"):
        variant_of(stages)


def test_the_default_is_the_method_of_the_paper() -> None:
    """Filter, then rewrite."""
    assert spec().variant == DEFAULT == "filter+rewrite"
    assert [step.stage for step in spec().steps] == list(FLOWS[DEFAULT])
