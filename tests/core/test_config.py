"""Configurations: frozen, strict, and with a digest over what can change the result and nothing else."""

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args, get_origin

import annotated_types
import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from tasks.core import config as config_module
from tasks.core.config import Config, DatasetSpec, LlmConfig, ModelSpec, ScheduleConfig

MODEL = {"connection": "c", "name": "tiny", "revision": "r1"}
SPEC: dict[str, Any] = {
    "name": "made",
    "source": {"uri": "file:///somewhere"},
    "models": {"backward": MODEL, "judge": {**MODEL, "name": "judge"}, "rewriter": {**MODEL, "name": "rewriter"}},
}
REQUIRED: dict[str, dict[str, Any]] = {
    "ModelSpec": {**MODEL, "tokenizer": "folder"},
    "ServeConfig": {"model_path": "/models/tiny"},
    "SourceConfig": SPEC["source"],
    "DatasetSpec": SPEC,
}
KINDS = [
    kind
    for kind in vars(config_module).values()
    if isinstance(kind, type) and issubclass(kind, Config) and kind not in (Config, DatasetSpec)
]
FIELDS = [(kind, name) for kind in KINDS for name in kind.model_fields]
# Parts that stand in an operational field: nothing of them is ever digested.
OPERATIONAL_PARTS = {"ServeConfig", "PriceConfig", "BudgetConfig"}
DIGESTED = [(kind, name) for kind, name in FIELDS if kind.__name__ not in OPERATIONAL_PARTS]
# Fields that say where and how fast, never what. A new one must be thought of here as well.
OPERATIONAL = {
    "connection",
    "concurrency",
    "timeout_seconds",
    "max_reject_rate",
    "flush_rows",
    "flush_seconds",
    "keep_source",
    "min_parse_rate",
    "price",
    "prompts_per_request",
    "serve",
    "tokenizer",
}


def spec(**changes: Any) -> DatasetSpec:
    return DatasetSpec.model_validate({**SPEC, **changes})


def other_values(info: FieldInfo, value: Any) -> Iterator[Any]:
    """Yield values near `value` that a field may take."""
    annotation = info.annotation
    if get_origin(annotation) is not None and get_args(annotation) and isinstance(value, str):
        yield from (item for item in get_args(annotation) if item != value)
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, float):
        yield from (value + 0.05, value - 0.05)
    elif isinstance(value, str):
        yield from (value + "x", (value + "x",))
    elif isinstance(value, tuple):
        yield from ((*value, "de"), (*value, "c4_curly_bracket"))
        yield (*value, {"name": "made", "file": {"uri": "made.jsonl"}})
        yield from ((*value, item) for item in ("noindex", {"edit": "c4_lines"}, {"content_sha256": "0" * 64}))
    elif isinstance(value, Config):
        for name, part in type(value).model_fields.items():
            yield from ({name: other} for other in other_values(part, getattr(value, name)))
    elif value is None:
        known = (
            date(2026, 1, 1),
            ModelSpec.model_validate(MODEL),
            {"model_path": "x"},
            {"gpu_hour": 1.0},
            "x",
            4096,
            {},
        )
        yield from (*known, {"promotional": False})


@pytest.mark.parametrize(("kind", "name"), DIGESTED, ids=[f"{kind.__name__}.{name}" for kind, name in DIGESTED])
def test_the_digest_changes_with_each_field_that_matters(kind: type[Config], name: str) -> None:
    """And with no other: an operational field may change without a row being made again."""
    body = REQUIRED.get(kind.__name__, {})
    base = kind.model_validate(body)
    changed = 0
    for value in other_values(kind.model_fields[name], getattr(base, name)):
        try:
            other = kind.model_validate({**body, name: value})
        except ValidationError:
            continue
        if other == base:
            continue  # another way to write the same
        changed += 1
        assert (other.sha256 == base.sha256) == (name in OPERATIONAL)
    only_one = kind.model_fields[name].annotation in [item.annotation for item in single_choices(kind)]
    assert changed or only_one, "no other value was found: the test says nothing of this field"


def single_choices(kind: type[Config]) -> list[FieldInfo]:
    """Fields that can hold one value only so far."""
    return [info for info in kind.model_fields.values() if len(get_args(info.annotation)) == 1]


def test_the_digest_is_the_same_everywhere() -> None:
    """Stage keys of every store descend from it."""
    assert ScheduleConfig(start_date=date(2026, 1, 2)).body()["start_date"] == "2026-01-02"
    assert spec().sha256 == spec().sha256
    assert spec(curate={"min_score": 4}).sha256 != spec().sha256


def test_a_model_counts_for_the_stages_that_use_it() -> None:
    """Another judge changes scoring and nothing before it; another connection changes nothing at all."""
    base = spec()
    other = spec(models={**SPEC["models"], "judge": {**MODEL, "name": "other"}})
    assert other.score.sha256 != base.score.sha256
    assert other.backtranslate.sha256 == base.backtranslate.sha256
    assert other.rewrite.sha256 == base.rewrite.sha256
    moved = spec(models={role: {**model, "connection": "moved"} for role, model in SPEC["models"].items()})
    assert moved.sha256 == base.sha256


@pytest.mark.parametrize("kind", [*KINDS, DatasetSpec], ids=lambda kind: kind.__name__)
def test_no_unknown_field_and_no_change(kind: type[Config]) -> None:
    """A mistyped key is an error, and a configuration is a value."""
    body = REQUIRED.get(kind.__name__, {})
    with pytest.raises(ValidationError, match="surprise"):
        kind.model_validate({**body, "surprise": 1})
    made = kind.model_validate(body)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(made, next(iter(kind.model_fields)), 1)


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=[f"{kind.__name__}.{name}" for kind, name in FIELDS])
def test_bounds_are_kept(kind: type[Config], name: str) -> None:
    """A number beyond its bound is refused, the bound itself is taken where it is part of the range."""
    body = REQUIRED.get(kind.__name__, {})
    for bound in kind.model_fields[name].metadata:
        match bound:
            case annotated_types.Ge(ge):
                good, bad = [ge], [ge - 1]
            case annotated_types.Gt(gt):
                good, bad = [], [gt, gt - 1]
            case annotated_types.Le(le):
                good, bad = [le], [le + 1]
            case _:
                continue
        for value in good:
            assert getattr(kind.model_validate({**body, name: value}), name) == value
        for value in bad:
            with pytest.raises(ValidationError):
                kind.model_validate({**body, name: value})


@pytest.mark.parametrize("part", [{"budget": {"max_tokens": 5}}, {"bundle_shards": 3}])
def test_what_a_run_may_spend_and_how_it_is_cut_changes_no_row(part: dict[str, Any]) -> None:
    """A run that was stopped by its budget goes on with a larger one and asks nothing again."""
    assert spec(**part).sha256 == spec().sha256


@pytest.mark.parametrize("revision", ["main", "master", "latest", "HEAD"])
def test_a_moving_revision_is_refused(revision: str) -> None:
    """The name of a branch is no revision of a model."""
    with pytest.raises(ValidationError, match="moves"):
        spec(models={**SPEC["models"], "judge": {**MODEL, "revision": revision}})


def test_each_stage_has_the_model_of_its_role() -> None:
    """backtranslate asks `backward`, score the judge, rewrite the rewriter, unless the stage names another role."""
    made = spec(models={**SPEC["models"], "second": {**MODEL, "name": "second"}}, rewrite={"model": "second"})
    assert [part.served_by.name for part in (made.backtranslate, made.score, made.rewrite)] == [
        "tiny",
        "judge",
        "second",
    ]


@pytest.mark.parametrize("role", ["backward", "judge", "rewriter"])
def test_a_missing_role_is_named(role: str) -> None:
    """With the stage that wants it and the roles there are."""
    models = {name: model for name, model in SPEC["models"].items() if name != role}
    with pytest.raises(ValidationError, match=rf"no role '{role}' under models; there are"):
        spec(models=models)


def test_the_seed_is_the_datasets() -> None:
    """It reaches every stage that asks a model."""
    for given, seed in (({"seed": 7}, 7), ({}, 20240811)):
        made = spec(**given)
        assert [part.seed for part in (made.backtranslate, made.score, made.rewrite)] == [seed] * 3


def test_a_part_without_a_specification_has_no_model() -> None:
    """It says so when it is asked."""
    with pytest.raises(ValueError, match="no model"):
        LlmConfig().served_by  # noqa: B018


def test_sampling_is_what_the_server_is_told() -> None:
    """Temperature, top_p and the number of tokens."""
    config = LlmConfig(temperature=0.5, top_p=0.8, max_tokens=9)
    assert config.sampling() == {"temperature": 0.5, "top_p": 0.8, "max_tokens": 9}


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("%Y-%m", ["2026-01", "1999-12"], ["2026-13", "2026-00", "2026-1", "2026-01-01", "202601"]),
        ("%Y-%m-%d", ["2026-01-31", "2024-02-29"], ["2026-01-32", "2026-01-00", "2026-1-1", "2026-01"]),
    ],
)
def test_partition_keys_have_one_form(form: str, good: list[str], bad: list[str]) -> None:
    """Two spellings of one month would be two partitions with the same data."""
    made = spec(schedule={"key_format": form})
    assert [made.check_partition_key(key) for key in good] == good
    for key in [*bad, None, "", " 2026-01", "2026-01\n", "２０２６-01", "２０２６-01-01", "latest", "../2026-01"]:
        with pytest.raises(ValueError, match=form):
            made.check_partition_key(key)


def test_a_corpus_without_partitions_is_refused() -> None:
    """Every partition would hold the same data."""
    with pytest.raises(ValidationError, match=r"must contain \{partition\}"):
        spec(source={"uri": "file:///a", "pattern": "*.warc.gz"})
    assert spec(source={"uri": "file:///a/{partition}", "pattern": "*.warc.gz"}).name == "made"


@pytest.mark.parametrize("name", ["Demo", "1a", "a-b", "a b", "", "a" * 41, "ä", "a\n", "../a"])
def test_names_are_safe_in_keys_and_dag_ids(name: str) -> None:
    """Small letters, digits and underscores."""
    with pytest.raises(ValidationError):
        spec(name=name)
