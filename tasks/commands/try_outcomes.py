"""Runs one prompt over some rows, and says what came of each and of all."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.commands.scratch import scratch_runtime
from tasks.commands.try_answers import TriedAnswers
from tasks.commands.try_stages import TriedStage
from tasks.core.config import DatasetSpec, LlmConfig, ScoreConfig
from tasks.core.errors import DataError
from tasks.core.runtime import Row
from tasks.core.stage import Rejected
from tasks.llm.client import OpenAIClient
from tasks.llm.generate import Generated, generate
from tasks.llm.prompts import Prompt


@dataclass(frozen=True)
class Tried:
    """What came of one row. `reason` is empty where it is kept; `text` is what was made, or said where nothing was.

    Tokens are those of all attempts, of the answers that were reused as well.
    """

    text: str
    reason: str = ""
    detail: str = ""
    score: float | None = None
    made_chars: int | None = None
    prompt_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class Version:
    """What came of all rows with one prompt. `name` is how it is called in the report."""

    name: str
    tried: list[Tried]
    sent: int
    reused: int

    @property
    def kept(self) -> int:
        return sum(not one.reason for one in self.tried)

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected, by reason, the most common first."""
        return dict(Counter(one.reason for one in self.tried if one.reason).most_common())

    def mean(self, what: str) -> float | None:
        """Return the mean of a figure over the rows that have it."""
        found = [value for one in self.tried if (value := getattr(one, what)) is not None]
        return statistics.fmean(found) if found else None


def run_version(
    name: str,
    rows: list[Row],
    stage: TriedStage,
    prompt: Prompt,
    spec: DatasetSpec,
    *,
    answers: TriedAnswers,
    scratch: Path,
    open_client: Callable[[LlmConfig], OpenAIClient],
    advance: Callable[[], None],
) -> Version:
    """Ask about every row with `prompt`, where no answer is known; parse and check as the Dag would.

    Raises RetriableError when the model server is away; the answers until then are kept for the next try.
    """
    config = stage.config(spec)
    rt = scratch_runtime(scratch, dataset=spec.name, lineage=answers, model_client=open_client)
    outcomes = generate(
        rows,
        prompt=prompt,
        values=stage.run.values,
        instruction_id=lambda row: row.get("instruction_generation_id"),
        parse=stage.reader(config),
        config=config,
        rt=rt,
        shard_key="try",
        samples=config.votes if isinstance(config, ScoreConfig) else 1,
    )
    tried = []
    for one in _judged(outcomes, stage, prompt, spec, config, answers):
        tried.append(one)
        advance()
    return Version(name, tried, rt.metrics.get("requests_sent", 0), rt.metrics.get("requests_reused", 0))


def _judged(
    outcomes: Iterator[Generated | Rejected],
    stage: TriedStage,
    prompt: Prompt,
    spec: DatasetSpec,
    config: LlmConfig,
    answers: TriedAnswers,
) -> Iterator[Tried]:
    for outcome in outcomes:
        given = answers.about(outcome.row["document_id"])
        tokens = {name: sum(answer[name] for answer in given) for name in ("prompt_tokens", "output_tokens")}
        said = given[-1]["output_text"] if given else ""
        if isinstance(outcome, Rejected):
            yield Tried(said, outcome.reason, outcome.detail, **tokens)
            continue
        try:
            value = stage.value(outcome, config)
        except DataError as error:
            yield Tried(said, error.reason, error.detail, **tokens)
            continue
        fault = stage.check(value, outcome.row, prompt, spec)
        reason, detail = (fault.reason, fault.detail) if fault else ("", "")
        if stage.name == "score":
            said = "\n\n".join(parsed.answer.output_text for parsed in outcome.answers)
            yield Tried(said, reason, detail, score=value, **tokens)
        else:
            yield Tried(value, reason, detail, made_chars=len(value), **tokens)
