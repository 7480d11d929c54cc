"""What a Dag run spends: counted by model, added up over its tries, stopped at the bound with every answer kept."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tasks.backtranslate.run import run
from tasks.core.config import Config, DatasetSpec, ModelSpec, PriceConfig
from tasks.core.errors import BudgetExceeded, ConfigError, FatalError
from tasks.core.ids import content_id
from tasks.core.records import DOCUMENT, SOURCE_RECORD
from tasks.core.refs import ShardRef
from tasks.core.runtime import RunContext, Runtime
from tasks.core.stage import Stage
from tasks.lineage.store import PostgresLineage
from tasks.llm.budget import LOOK_SECONDS, Budget, cost_micro, currency_of, label
from tasks.llm.client import OpenAIClient
from tasks.storage.stage import commit_stage
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import STARTED
from tests.llm.answering import document
from tests.llm.standin_process import standin

PRICE = {"input_per_million": 0.5, "output_per_million": 1.5}
ASK = "spent_by_others"
DOCUMENTS = Stage("extract", 1, reads=SOURCE_RECORD, writes=DOCUMENT)


def make_spec(budget: dict[str, Any] | None = None, **model: Any) -> DatasetSpec:
    """A specification whose roles share one model."""
    described = {"connection": "c", "name": "backforth-standin", "revision": "1", "price": PRICE, **model}
    return DatasetSpec.model_validate(
        {
            "name": "made",
            "demo": True,
            "source": {"uri": "file:///corpus"},
            "models": {"backward": described, "judge": described, "rewriter": described},
            "budget": budget or {},
        }
    )


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def on_fakes(spec: DatasetSpec, clock: Callable[[], float] = lambda: 0.0, others: Any = (0, 0)) -> Budget:
    """A budget whose store says that other tries have spent `others`: (tokens, cost in millionths)."""
    lineage = RecordingLineage({ASK: lambda **_: [{"token_count": others[0], "cost_micro": others[1]}]})
    context = RunContext(run_id="r", job="instruction_pairs__made.score", dataset="made", partition_key="2026-10")
    return Budget(spec, Runtime(objects=MemoryObjects(), lineage=lineage, run=context), clock=clock)


def lineage_of(budget: Budget) -> Any:
    return budget._rt.lineage


def asked(budget: Budget) -> int:
    """How often the store was asked what others have spent."""
    return [name for _, name, _ in lineage_of(budget).calls].count(ASK)


def spend(budget: Budget, spec: DatasetSpec, prompt: int, output: int) -> dict[str, int]:
    """Spend on the judge; return the metrics of the try."""
    budget.spend(spec.models["judge"], prompt, output)
    return dict(budget._rt.metrics)


def test_tokens_and_cost_are_counted_by_model() -> None:
    """A price per million tokens is the millionths of a token: nothing is lost to rounding on the way."""
    spec = make_spec()
    budget = on_fakes(spec)
    spend(budget, spec, 1_000, 10)
    assert spend(budget, spec, 1, 1) == {
        "tokens:prompt:backforth-standin@1": 1_001,
        "tokens:output:backforth-standin@1": 11,
        "cost_micro:USD:backforth-standin@1": 517,  # 500.5 + 16.5
        "cost_micro": 517,
    }


def test_two_models_are_told_apart() -> None:
    """The sum is theirs."""
    spec = make_spec()
    budget = on_fakes(spec)
    budget.spend(spec.models["judge"], 100, 0)
    budget.spend(spec.models["judge"].model_copy(update={"name": "other"}), 10, 0)
    metrics = budget._rt.metrics
    assert (metrics["cost_micro:USD:backforth-standin@1"], metrics["cost_micro:USD:other@1"]) == (50, 5)
    assert metrics["cost_micro"] == 55


def test_without_a_price_there_are_tokens_and_no_cost() -> None:
    """A cost that nobody knows is not reported as 0 of some currency."""
    spec = make_spec(price=None)
    metrics = spend(on_fakes(spec), spec, 5, 5)
    assert not [name for name in metrics if name.startswith("cost_micro:")]
    assert metrics["tokens:prompt:backforth-standin@1"] == 5


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (None, 0),
        ({"gpu_hour": 3.6, "tokens_per_gpu_second": 100}, 1_000 / 100 * 1_000),  # 0.001 a second
        ({"gpu_hour": 3.6}, 60 * 1_000),
        ({"gpu_hour": 3.6, **PRICE}, 500 * 0.5 + 1_000 * 1.5),  # token prices first
        ({}, 0),
    ],
)
def test_what_a_gpu_hour_makes_of_tokens(price: dict[str, float] | None, expected: float) -> None:
    """From the model's speed where it is known, else from the seconds."""
    given = PriceConfig(**price) if price is not None else None
    assert cost_micro(given, prompt_tokens=500, output_tokens=1_000, gpu_seconds=60) == pytest.approx(expected)


def test_seconds_of_a_try_are_charged_once_and_times_the_gpus() -> None:
    """From its start to its last flush, to the model that answered."""
    clock = Clock()
    spec = make_spec(price={"gpu_hour": 3.6}, serve={"model_path": "m", "gpus": 4})
    budget = on_fakes(spec, clock)
    clock.now += 10
    spend(budget, spec, 1, 1)
    clock.now += 5
    assert spend(budget, spec, 1, 1)["cost_micro"] == 15 * 4 * 1_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("meta-llama/Llama-2-70b:free", "meta-llama/Llama-2-70b:free@1"),
        ("a\x00b\ud800c\n", "a_b_c_@1"),
        ("x" * 500, "x" * 160),
    ],
)
def test_a_metrics_name_is_safe(name: str, expected: str) -> None:
    """PostgreSQL takes it, and a reader can take it apart."""
    assert label(ModelSpec(connection="c", name=name, revision="1")) == expected


@pytest.mark.parametrize(
    ("bound", "tokens", "says"),
    [({"max_tokens": 100}, (60, 41), "101 tokens and its max_tokens is 100"), ({"max_cost": 0.00005}, (60, 14), "USD")],
)
def test_a_bound_that_is_passed_stops(bound: dict[str, Any], tokens: tuple[int, int], says: str) -> None:
    """With what was spent, what is allowed and how to go on; no retry is made of it."""
    spec = make_spec(bound)
    with pytest.raises(BudgetExceeded, match=says) as caught:
        spend(on_fakes(spec), spec, *tokens)
    told = str(caught.value)
    assert "Every answer is kept" in told and "clear the failed tasks" in told and "dataset made" in told
    assert isinstance(caught.value, FatalError)


def test_a_bound_that_is_just_reached_lets_the_task_end_and_no_other_begin() -> None:
    """A question without tokens is asked before the first request."""
    spec = make_spec({"max_tokens": 100})
    budget = on_fakes(spec, others=(50, 0))
    spend(budget, spec, 0, 0)
    spend(budget, spec, 40, 10)
    with pytest.raises(BudgetExceeded):
        spend(budget, spec, 0, 0)


def test_what_other_tasks_spend_counts_and_is_asked_for_now_and_then() -> None:
    """Not at each flush: in between, what is spent here is added to what was known."""
    clock, others = Clock(), [10, 0]
    spec = make_spec({"max_tokens": 100})
    budget = on_fakes(spec, clock, others)
    for _ in range(5):
        spend(budget, spec, 1, 1)
    assert asked(budget) == 1
    others[0] = 95
    clock.now += LOOK_SECONDS
    with pytest.raises(BudgetExceeded, match="107 tokens"):
        spend(budget, spec, 1, 1)
    assert asked(budget) == 2
    (_, _, params) = next(call for call in lineage_of(budget).calls if call[1] == ASK)
    assert params == {"dag_run_id": "", "dag_id": "instruction_pairs__made", "run_id": "r"}


def test_without_a_bound_nobody_is_asked() -> None:
    """The counts are written all the same, for those who watch."""
    spec = make_spec()
    budget = on_fakes(spec)
    spend(budget, spec, 1, 1)
    assert asked(budget) == 0
    assert ("execute", "set_run_metric") in [call[:2] for call in lineage_of(budget).calls]


def test_costs_in_two_currencies_are_refused() -> None:
    """They cannot be added up."""
    spec = make_spec()
    euro = spec.models["judge"].model_copy(update={"price": PriceConfig(currency="EUR")})
    mixed = spec.model_copy(update={"models": {**spec.models, "judge": euro}})
    with pytest.raises(ConfigError, match="EUR and USD"):
        currency_of(mixed)
    assert currency_of(spec) == "USD"
    assert currency_of(make_spec(price=None)) == ""


def test_a_cost_bound_over_a_model_without_a_price_is_refused() -> None:
    """It would bound nothing; a model that is free says so."""
    with pytest.raises(ConfigError, match="backward, judge, rewriter"):
        currency_of(make_spec({"max_cost": 1}, price=None))
    assert currency_of(make_spec({"max_cost": 1}, price={})) == "USD"


@pytest.mark.stack
def test_all_tries_of_a_dag_run_count_in_postgresql(lineage_store: PostgresLineage) -> None:
    """Killed tries and other mapped tasks too; not this try, not another Dag with a run of the same name."""
    spec = make_spec({"max_tokens": 1_000})
    budgets = {}
    for name, job, dag_run in [
        ("killed", "pairs.score", "one"),
        ("mapped", "pairs.rewrite", "one"),
        ("same name", "other.score", "one"),
        ("another", "pairs.score", "two"),
    ]:
        budgets[name] = Budget(spec, started(lineage_store, job, dag_run))
        budgets[name].spend(spec.models["judge"], 100, 10)
    mine = started(lineage_store, "pairs.score", "one")
    (row,) = lineage_store.fetch(ASK, dag_run_id="one", dag_id="pairs", run_id=mine.run.run_id)
    assert (row["token_count"], row["cost_micro"]) == (220, 130)
    with pytest.raises(BudgetExceeded, match="1001 tokens"):
        Budget(spec, mine).spend(spec.models["judge"], 700, 81)
    # What this try has spent itself is counted once, though it stands in the store as well.
    Budget(spec, started(lineage_store, "pairs.score", "three")).spend(spec.models["judge"], 999, 1)


@pytest.mark.stack
def test_spending_is_told_by_stage_and_model(lineage_store: PostgresLineage) -> None:
    """Summed over tries; a try that reused everything adds nothing."""
    spec = make_spec()
    for job, tokens in [("pairs.score", 10), ("pairs.score", 0), ("pairs.shard.rewrite", 7)]:
        Budget(spec, started(lineage_store, job, "one")).spend(spec.models["judge"], tokens, tokens)
    euro = spec.models["judge"].model_copy(update={"price": PriceConfig(currency="EUR", output_per_million=1)})
    Budget(spec, started(lineage_store, "pairs.score", "two")).spend(euro, 1, 1)
    rows = lineage_store.fetch("spending", dataset="made", partition_key="2026-10")
    assert [(row["stage"], row["prompt_tokens"], row["output_tokens"], row["cost_micro"]) for row in rows] == [
        ("rewrite", 7, 7, {"USD": 14}),
        ("score", 11, 11, {"EUR": 1, "USD": 20}),
    ]
    assert {row["model"] for row in rows} == {"backforth-standin@1"}
    assert lineage_store.fetch("spending", dataset="made", partition_key="2026-11") == []
    assert len(lineage_store.fetch("spending", dataset=None, partition_key=None)) == 2


@pytest.mark.stack
def test_a_stopped_task_goes_on_with_a_higher_bound_and_asks_nothing_again(lineage_store: PostgresLineage) -> None:
    """On the real client and store: what was answered before the stop is counted once at the server."""
    objects = MemoryObjects()
    with standin() as client:
        first = started(lineage_store, "pairs.backtranslate", "one", objects=objects, url=str(client.base_url))
        shard = commit_stage(
            DOCUMENTS,
            input_sha256="0" * 64,
            inputs=[],
            config=Config(),
            rt=first,
            outcomes=lambda: [document(number, text_of(number)) for number in range(40)],
        )
        spec = make_spec({"max_tokens": 2_000}, concurrency=2)
        with pytest.raises(BudgetExceeded):
            attempt(spec, first, shard)
        stopped = client.get("/ledger").json()["answered"]
        kept = kept_answers(lineage_store)
        assert 0 < kept < 40
        spent = sum(int(value) for name, value in first.metrics.items() if name.startswith("tokens:"))
        assert spent > 2_000

        again = started(lineage_store, "pairs.backtranslate", "one", objects=objects, url=str(client.base_url))
        done = attempt(make_spec({"max_tokens": 1_000_000}, concurrency=2), again, shard)
        answered = client.get("/ledger").json()["answered"]
    assert done.row_count + done.rejected_count == 40
    assert (again.metrics["requests_reused"], again.metrics["requests_sent"]) == (kept, 40 - kept)
    assert answered - stopped == 40 - kept
    (row,) = lineage_store.fetch(ASK, dag_run_id="one", dag_id="pairs", run_id=str(uuid.uuid4()))
    assert row["token_count"] == spent + sum(v for k, v in again.metrics.items() if k.startswith("tokens:"))


def attempt(spec: DatasetSpec, rt: Runtime, shard: ShardRef) -> ShardRef:
    """One try of backtranslation, flushed every two answers, as the adapter runs it."""
    rt.budget = Budget(spec, rt, clock=Clock())
    config = spec.backtranslate.model_copy(update={"flush_rows": 2})
    try:
        return run(shard, config, rt)
    finally:
        rt.report_metrics()


def text_of(number: int) -> str:
    return (
        f"How to label jar number {number}\n\nTo label a jar, wash it with warm water and let it dry. Write the number "
        f"{number} on a paper label, wet the back with a little glue and press it on the glass. Wait ten minutes."
    )


def kept_answers(lineage: PostgresLineage) -> int:
    """How many answers are stored."""
    (row,) = lineage.fetch("answers_by_stage", dataset="made", partition_key="")
    return int(row["request_count"])


def started(
    lineage: PostgresLineage, job: str, dag_run: str, *, objects: MemoryObjects | None = None, url: str = ""
) -> Runtime:
    """A runtime whose try is recorded as started."""
    run = RunContext(str(uuid.uuid4()), job, "made", "2026-10", dag_run_id=dag_run, demo=True)
    job_id = content_id("job", "test", job)
    lineage.insert("job", [{"job_id": job_id, "namespace": "test", "name": job}])
    known = json.loads(json.dumps(run.__dict__))
    names = ("run_id", "dataset", "partition_key", "dag_run_id", "map_index", "try_number", "code_version")
    lineage.execute("start_run", job_id=job_id, started_at=STARTED, **{name: known[name] for name in names})
    return Runtime(
        objects=objects or MemoryObjects(),
        lineage=lineage,
        run=run,
        model_client=lambda config: OpenAIClient(base_url=url, model=config.served_by, demo=True),
    )
