"""Forecasts what a partition will ask of models, from a sample of its documents. Pure: asks nobody anything."""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import Environment, meta

from tasks.commands.document_sample import Z95, DocumentSample
from tasks.commands.experience import Experience, Span
from tasks.commands.token_counts import TokenCounter
from tasks.core.config import DatasetSpec, LlmConfig, ModelSpec
from tasks.core.variants import ASKING, Step
from tasks.llm.budget import MICRO, cost_micro
from tasks.llm.prompts import Prompt, load_prompt

_environment = Environment(autoescape=False)  # noqa: S701 it renders nothing


@dataclass(frozen=True)
class StageForecast:
    """What one step asks of one model. `gpu_hours` and `cost` are None where the price does not say."""

    step: str
    model: str
    rows: Span
    requests: Span
    prompt_tokens: Span
    output_tokens: Span
    gpu_hours: Span | None
    cost: Span | None
    tokens_by: str
    answers_from: str
    rows_from: str


def variables(prompt: Prompt) -> set[str]:
    """Return the names that a prompt's template fills in."""
    return meta.find_undeclared_variables(_environment.parse(prompt.template))


def mean(values: list[float], population: float) -> Span:
    """Return the mean of a sample, and between what the mean of all lies in 95 of 100 cases."""
    middle = statistics.fmean(values)
    if len(values) < 2 or len(values) >= population:
        return Span.exactly(middle)
    error = Z95 * statistics.stdev(values) / math.sqrt(len(values))
    return Span(max(0.0, middle - error), middle, middle + error)


def forecast(
    spec: DatasetSpec,
    sample: DocumentSample,
    known: Experience,
    counter_of: Callable[[ModelSpec], TokenCounter],
    advance: Callable[[], None] = lambda: None,
) -> list[StageForecast]:
    """Return a line for each step that asks a model, in the order of the steps.

    Rows go from step to step by the share that each one keeps. Spans are those of the documents' lengths, of the number
    of documents where that is a guess, and of the shares where earlier partitions differ.
    """
    return _Forecaster(spec, sample, known, counter_of, advance).run()


class _Forecaster:
    def __init__(
        self,
        spec: DatasetSpec,
        sample: DocumentSample,
        known: Experience,
        counter_of: Callable[[ModelSpec], TokenCounter],
        advance: Callable[[], None],
    ) -> None:
        self._spec = spec
        self._sample = sample
        self._known = known
        self._counter_of = counter_of
        self._advance = advance
        self._lengths: dict[str, list[float]] = {}

    def run(self) -> list[StageForecast]:
        rows = {"": Span(self._sample.low, self._sample.count, self._sample.high)}
        reason = "committed documents"
        if not self._sample.is_committed:
            kept = self._known.kept("dedup", self._spec)
            rows[""] *= kept.span
            reason = f"source files (duplicates: {kept.source})"
        found: list[StageForecast] = []
        for step in self._spec.steps:
            before = rows[step.reads]
            if step.stage in ASKING:
                line, before = self._ask(step, before, reason)
                found.append(line)
            kept = self._known.kept(step.stage, self._spec)
            rows[step.task] = before * kept.span
            if not step.is_early_round and kept.span.mid < 1:
                reason = kept.source
        return found

    def _ask(self, step: Step, rows: Span, reason: str) -> tuple[StageForecast, Span]:
        """Return the line of a step, and its rows without those whose prompt does not fit the model's context."""
        is_judge = step.stage == "score"
        config: LlmConfig = self._spec.judging(step.round_number) if is_judge else getattr(self._spec, step.stage)
        model = config.served_by
        counter = self._counter_of(model)
        all_lengths = self._document_lengths(model, counter)
        document = mean(all_lengths, self._sample.count)
        prompt = load_prompt(step.stage, config.prompt)
        named = variables(prompt)
        fixed = counter.count(prompt.render(**dict.fromkeys(named, "")))
        parts = {
            "instruction": self._known.tokens("backtranslate", document).span,
            "response": self._known.tokens("rewrite", document).span,
        }
        given = Span.exactly(float(fixed))
        for name in named & set(parts):
            given += parts[name]
        lengths = [length for length in all_lengths if self._fits(config, model, given.mid + length)]
        share = len(lengths) / len(all_lengths)
        prompt_tokens = given
        if "document" in named:
            prompt_tokens += mean(lengths, self._sample.count * share) if lengths else Span.exactly(0.0)
        answer = self._known.tokens(step.stage, document)
        capped = Span(
            *(min(value, config.max_tokens) for value in (answer.span.low, answer.span.mid, answer.span.high))
        )
        asked = rows * Span.exactly(share)
        votes = self._spec.score.votes if is_judge else 1
        # Where some votes were there already, earlier partitions asked for fewer than a new one does.
        requests = asked * Span.exactly(max(votes, self._known.requests_per_row.get(step.stage, 1.0)))
        return self._line(
            step, model, asked, requests, prompt_tokens, capped, counter.how, answer.source, reason
        ), asked

    def _line(
        self,
        step: Step,
        model: ModelSpec,
        rows: Span,
        requests: Span,
        prompt: Span,
        answer: Span,
        tokens_by: str,
        answers_from: str,
        rows_from: str,
    ) -> StageForecast:
        prompts, answers, price = requests * prompt, requests * answer, model.price
        speed = price.tokens_per_gpu_second if price else 0.0
        is_priced = price and (price.input_per_million or price.output_per_million or speed or not price.gpu_hour)

        def cost(prompt_tokens: float, output_tokens: float) -> float:
            return cost_micro(price, prompt_tokens=prompt_tokens, output_tokens=output_tokens) / MICRO

        return StageForecast(
            step=step.task,
            model=f"{model.name}@{model.revision}",
            rows=rows,
            requests=requests,
            prompt_tokens=prompts,
            output_tokens=answers,
            gpu_hours=answers * Span.exactly(1 / speed / 3_600) if speed else None,
            cost=Span(*map(cost, _values(prompts), _values(answers))) if is_priced else None,
            tokens_by=tokens_by,
            answers_from=answers_from,
            rows_from=rows_from,
        )

    def _fits(self, config: LlmConfig, model: ModelSpec, prompt_tokens: float) -> bool:
        return model.context_tokens is None or config.tokens_needed(math.ceil(prompt_tokens)) <= model.context_tokens

    def _document_lengths(self, model: ModelSpec, counter: TokenCounter) -> list[float]:
        """Return the tokens of each sampled document, counted once for each model."""
        key = f"{model.name}@{model.revision} {counter.how}"
        if key not in self._lengths:
            self._lengths[key] = []
            for text in self._sample.texts:
                self._lengths[key].append(float(counter.count(text)))
                self._advance()
        return self._lengths[key]


def _values(span: Span) -> tuple[float, float, float]:
    return span.low, span.mid, span.high
