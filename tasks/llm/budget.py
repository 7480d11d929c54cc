"""What a Dag run spends on models, and the bound at which it stops.

Each try counts its tokens and what they cost, by model, as metrics of its run. Only answers that this try was given
count: one that is reused was paid for by the try that asked. The names, whose last part is `name@revision`:

    tokens:prompt:<model>, tokens:output:<model>, cost_micro:<currency>:<model>, and cost_micro, their sum

A Dag run is the pair of dag_id and run_id. Both stay when a task is retried or cleared, so that the bound is over all
tries of all tasks of the run, the mapped ones and those that were killed among them; another Dag run starts at zero.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tasks.core.config import DatasetSpec, ModelSpec, PriceConfig
from tasks.core.errors import BudgetExceeded, ConfigError
from tasks.core.runtime import Runtime

# Millionths of the currency: a price per million tokens is then the price of a token.
MICRO = 1_000_000
# Seconds between two looks at what the other tasks of the run have spent; in this time they may pass the bound.
LOOK_SECONDS = 2.0
MAX_LABEL_CHARS = 160
_UNSAFE = re.compile(r"[^\w.@/+:-]")


def label(model: ModelSpec) -> str:
    """Return name@revision as it stands in a metric's name: printable, and short enough for an index."""
    return _UNSAFE.sub("_", f"{model.name}@{model.revision}")[:MAX_LABEL_CHARS]


def cost_micro(
    price: PriceConfig | None, *, prompt_tokens: float, output_tokens: float, gpu_seconds: float = 0.0
) -> float:
    """Return what tokens cost, in millionths of the price's currency; 0 where there is no price.

    Token prices count where there are any. Else a GPU hour is spread over the output tokens that a GPU makes in it
    (`tokens_per_gpu_second`). Where that is not known either, the hour is charged for `gpu_seconds`, the seconds of the
    task times the GPUs of the server: tasks that share a server are then charged for it each, so this is at most what
    was paid.
    """
    if price is None:
        return 0.0
    if price.input_per_million or price.output_per_million:
        return prompt_tokens * price.input_per_million + output_tokens * price.output_per_million
    if price.tokens_per_gpu_second:
        gpu_seconds = output_tokens / price.tokens_per_gpu_second
    return gpu_seconds / 3_600 * price.gpu_hour * MICRO


def currency_of(spec: DatasetSpec) -> str:
    """Return the one currency of all prices, "" without a price; raise ConfigError where costs cannot be added up."""
    found = sorted({model.price.currency for model in spec.models.values() if model.price})
    if len(found) > 1:
        raise ConfigError(
            f"dataset {spec.name}: models.*.price: the currencies {' and '.join(found)} cannot be added up; use one"
        )
    unpriced = sorted(role for role, model in spec.models.items() if model.price is None)
    if spec.budget.max_cost is not None and unpriced:
        raise ConfigError(
            f"dataset {spec.name}: budget.max_cost bounds nothing without models.*.price of {', '.join(unpriced)}; "
            "`price: {}` says that a model costs nothing"
        )
    return found[0] if found else ""


@dataclass
class _Used:
    """What this try has had from one model."""

    model: ModelSpec
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0

    @property
    def cost_micro(self) -> int:
        gpus = self.model.serve.gpus if self.model.serve else 1
        return round(
            cost_micro(
                self.model.price,
                prompt_tokens=self.prompt_tokens,
                output_tokens=self.output_tokens,
                gpu_seconds=self.seconds * gpus,
            )
        )


class Budget:
    """The spending of one try, and the bound of its Dag run. Threads that share a Runtime share one.

    Raises ConfigError for prices in several currencies, and for `max_cost` with a model that has no price.
    """

    def __init__(self, spec: DatasetSpec, rt: Runtime, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._spec = spec
        self._currency = currency_of(spec)
        self._rt = rt
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[str, _Used] = {}
        self._others = (0, 0)
        self._looked_at = float("-inf")
        self._charged_at = clock()

    def spend(self, model: ModelSpec, prompt_tokens: int, output_tokens: int) -> None:
        """Count what stored answers have cost. With no tokens it asks whether anything more may be spent.

        Raises BudgetExceeded when the Dag run has passed a bound; before a first request, also when it has reached one.
        """
        with self._lock:
            now = self._clock()
            used = self._used.setdefault(label(model), _Used(model))
            used.prompt_tokens += prompt_tokens
            used.output_tokens += output_tokens
            used.seconds += now - self._charged_at
            self._charged_at = now
            self._rt.set_metrics(self._metrics())
            if now - self._looked_at >= LOOK_SECONDS:
                self._looked_at = now
                self._look()
            self._insist(asking=not prompt_tokens and not output_tokens)

    def _metrics(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, used in self._used.items():
            found[f"tokens:prompt:{name}"] = used.prompt_tokens
            found[f"tokens:output:{name}"] = used.output_tokens
            if used.model.price:
                found[f"cost_micro:{used.model.price.currency}:{name}"] = used.cost_micro
        return found | {"cost_micro": sum(used.cost_micro for used in self._used.values())}

    def _look(self) -> None:
        """Let the other tasks of the Dag run know what was spent here, and where there is a bound, ask about theirs."""
        self._rt.report_metrics(self._metrics())
        bound, run = self._spec.budget, self._rt.run
        if bound.max_tokens is not None or bound.max_cost is not None:
            (row,) = self._rt.lineage.fetch(
                "spent_by_others", dag_run_id=run.dag_run_id, dag_id=run.job.partition(".")[0], run_id=run.run_id
            )
            self._others = (int(row["token_count"]), int(row["cost_micro"]))

    def _insist(self, *, asking: bool) -> None:
        bound = self._spec.budget
        tokens = self._others[0] + sum(used.prompt_tokens + used.output_tokens for used in self._used.values())
        micro = self._others[1] + sum(used.cost_micro for used in self._used.values())
        cost, max_cost = f"{micro / MICRO:.6f} {self._currency}", f"{bound.max_cost} {self._currency}"
        if bound.max_tokens is not None and _is_over(tokens, bound.max_tokens, asking=asking):
            self._stop(f"{tokens} tokens", f"max_tokens is {bound.max_tokens}", "max_tokens")
        if bound.max_cost is not None and _is_over(micro, bound.max_cost * MICRO, asking=asking):
            self._stop(cost, f"max_cost is {max_cost}", "max_cost")

    def _stop(self, spent: str, bound: str, key: str) -> None:
        raise BudgetExceeded(
            f"this Dag run has spent {spent} and its {bound}. Every answer is kept. To go on, raise budget.{key} of "
            f"dataset {self._spec.name} above what was spent and clear the failed tasks: nothing is asked again"
        )


def _is_over(spent: float, bound: float, *, asking: bool) -> bool:
    return spent >= bound if asking else spent > bound
