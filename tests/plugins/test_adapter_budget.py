"""A try is given the budget of its dataset, and a specification whose costs cannot be added up does no work."""

import pytest

from backforth.adapter import in_run
from tasks.core.config import BudgetConfig, DatasetSpec, PriceConfig
from tasks.core.errors import BudgetExceeded, ConfigError
from tests.plugins.conftest import Task


def test_what_is_spent_ends_up_in_the_metrics_of_the_try(running: Task, spec: DatasetSpec) -> None:
    """The bound is that of the specification, and what was spent before the stop is recorded."""
    bounded = spec.model_copy(update={"budget": BudgetConfig(max_tokens=10)})
    running.lineage.answers["spent_by_others"] = [{"token_count": 3, "cost_micro": 0}]

    def work(rt: object) -> None:
        rt.budget.spend(spec.models["judge"], 6, 2)  # type: ignore[attr-defined]

    with pytest.raises(BudgetExceeded, match="11 tokens and its max_tokens is 10"):
        in_run(bounded, work)
    metrics = {call["name"]: call["value"] for call in running.lineage.called("set_run_metric")}
    assert (metrics["tokens:prompt:tiny@r1"], metrics["tokens:output:tiny@r1"]) == (6, 2)
    (end,) = running.lineage.called("end_run")
    assert end["state"] == "FAIL" and "Every answer is kept" in end["error"]


def test_prices_in_two_currencies_stop_before_any_work(running: Task, spec: DatasetSpec) -> None:
    """And the connection is closed."""
    euro, dollar = (
        spec.models["judge"].model_copy(update={"price": PriceConfig(currency=name)}) for name in ("EUR", "USD")
    )
    mixed = spec.model_copy(update={"models": {"judge": euro, "backward": dollar, "rewriter": dollar}})
    with pytest.raises(ConfigError, match="cannot be added up"):
        in_run(mixed, lambda rt: pytest.fail("the work was done"))
    assert running.lineage.is_closed


def test_a_task_of_no_dataset_has_no_budget(running: Task) -> None:
    """The nightly audit asks no model."""
    running.partition_key = None
    assert in_run(None, lambda rt: rt.budget) is None
