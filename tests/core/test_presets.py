"""Presets: defaults below what is given, and every difference from the paper explained."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.core import presets
from tasks.core.config import DatasetSpec
from tasks.core.presets import PRESETS, flattened, merged, values_of, with_preset
from tests.core.test_config import MODEL, SPEC

README = Path(__file__).parents[2] / "README.md"
MODELS = {**SPEC["models"], "m0": MODEL, "m1": MODEL}


def spec(preset: str, **given: Any) -> DatasetSpec:
    return DatasetSpec.model_validate({**SPEC, "models": MODELS, "preset": preset, **given})


def table() -> list[list[str]]:
    """The rows of the table in the module's docstring: key, paper, ours, why."""
    lines = [line for line in (presets.__doc__ or "").splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def differences() -> dict[str, tuple[Any, Any]]:
    """Every key in which the paper's preset and ours differ, with both values."""
    paper, ours = (flattened(spec(name).model_dump(mode="json")) for name in ("paper", "backforth"))
    return {key: (paper[key], ours[key]) for key in ours if paper[key] != ours[key] and key != "preset"}


def test_every_deviation_from_the_paper_is_explained() -> None:
    """The table names each key in which the two presets differ, with both values and a reason, and no other."""
    told = {key: (json.loads(paper), json.loads(ours)) for key, paper, ours, _ in table()}
    assert told == differences()
    assert all(why for _, _, _, why in table())


def test_the_readme_shows_the_table() -> None:
    """As it stands in the module."""
    rows = [line for line in (presets.__doc__ or "").splitlines() if line.startswith("|")]
    assert "\n".join(rows) in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("stage", ["backtranslate", "score", "rewrite", "distil"])
def test_the_papers_sampling(stage: str) -> None:
    """T = 1.0 and p = 0.9 everywhere, threshold 5, one judgement, nothing asked twice, tags on."""
    paper = spec("paper")
    part = getattr(paper, stage)
    assert (part.temperature, part.top_p, part.max_attempts) == (1.0, 0.9, 1)
    assert (paper.curate.min_score, paper.score.votes, paper.score.mode, paper.variant) == (
        5,
        1,
        "text",
        "filter+rewrite",
    )
    assert (paper.release.tags, paper.extract.unit) == (True, "document")


def test_humpbacks_numbers() -> None:
    """T = 0.7, p = 0.9, segments of 600 to 3,000 characters, two rounds of judges, threshold 5."""
    found = spec("humpback")
    assert {(getattr(found, s).temperature, getattr(found, s).top_p) for s in ("backtranslate", "score")} == {
        (0.7, 0.9)
    }
    assert (found.extract.unit, found.extract.min_segment_chars, found.extract.max_segment_chars) == (
        "segments",
        600,
        3000,
    )
    assert (found.variant, found.score.rounds, found.curate.min_score) == ("humpback", ("m0", "m1"), 5)
    rules = {rule.NAME: rule for rule in found.filters.rules}
    assert (rules["too_short"].min_chars, rules["too_long"].max_chars) == (600, 3000)


def test_ours_is_the_defaults() -> None:
    """A specification without a preset has the values of the classes."""
    assert PRESETS["backforth"] == {}
    assert DatasetSpec.model_validate(SPEC).preset == "backforth"


def test_what_is_given_is_above_the_preset() -> None:
    """Key by key: the rest of the part keeps the preset's values."""
    found = spec("paper", clean={"max_chars": 99}, release={"tags": False, "title": "x"})
    assert (found.clean.max_chars, found.clean.min_chars) == (99, 1)
    assert (found.release.tags, found.release.title) == (False, "x")
    assert spec("humpback", variant="filter", score={"rounds": []}).score.temperature == 0.7


@pytest.mark.parametrize(
    ("base", "given", "wanted"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}}, {"a": {"x": 1, "y": 3}}),
        ({"a": {"x": 1}}, {"a": None}, {"a": {"x": 1}}),
        ({"a": {"x": 1}}, {"a": 5}, {"a": 5}),
        ({"a": {"x": [1]}}, {"a": {"x": [2, 3]}}, {"a": {"x": [2, 3]}}),
        ({"a": {"x": 1}}, {"a": {"x": None}}, {"a": {"x": None}}),
    ],
)
def test_merging(base: dict[str, Any], given: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Parts are merged, values replaced, and neither of the two is changed."""
    before = json.dumps([base, given])
    assert merged(base, given) == wanted
    assert json.dumps([base, given]) == before


@pytest.mark.parametrize("name", [None, 5, ["paper"], {"a": 1}, "unknown"])
def test_no_preset_of_that_name(name: Any) -> None:
    """The validation that follows says what is wrong; here nothing is added."""
    assert with_preset({"preset": name}) == {"preset": name}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_valid(name: str) -> None:
    """Each of its keys is one of the specification, and arrives there; changes of filters in the rules themselves."""
    dumped = flattened(spec(name).model_dump(mode="json"))
    wanted = values_of(name)
    assert {key: dumped[key] for key in wanted} == wanted


def test_given_rules_are_the_whole_list() -> None:
    """What a preset changes of the rules does not reach a list that the specification gives itself."""
    assert [rule.NAME for rule in spec("paper", filters={"rules": ["c4_curly_bracket"]}).filters.rules] == [
        "c4_curly_bracket"
    ]


def test_changes_meet_those_of_the_preset() -> None:
    """Rule by rule and parameter by parameter, as for every other part of a specification."""
    found = spec("paper", filters={"change": {"too_long": {"max_chars": 9}, "promotional": False}}).filters.rules
    rules = {rule.NAME: rule for rule in found}
    assert (rules["too_short"].min_chars, rules["too_long"].max_chars) == (1, 9)
    assert "promotional" not in rules
