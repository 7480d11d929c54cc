"""What a try needs to know of a stage that asks a model: what fills its prompt, how answers are read and checked."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateError, TemplateSyntaxError, meta

from tasks.backtranslate import run as backtranslate
from tasks.clean import run as clean
from tasks.clean.rules import check as check_instruction
from tasks.core.config import DatasetSpec, LlmConfig, ScoreConfig
from tasks.core.errors import ConfigError, DataError
from tasks.core.runtime import Row
from tasks.curate import run as curate
from tasks.llm.generate import Generated
from tasks.llm.prompts import Prompt
from tasks.llm.request import Answer
from tasks.rewrite import run as rewrite
from tasks.score import run as score
from tasks.score.votes import decide
from tasks.verify.rules import check as check_response

# Returns what is wrong with the value that the stage made of a row, None when it would be kept.
Check = Callable[[Any, Row, Prompt, DatasetSpec], DataError | None]
_environment = Environment(autoescape=False)  # noqa: S701 it renders nothing


@dataclass(frozen=True)
class TriedStage:
    """One stage. `run` is its module, `then` the stage whose rules are asked as well."""

    name: str
    run: Any
    then: str
    check: Check

    def config(self, spec: DatasetSpec) -> LlmConfig:
        """Return the stage's part of a specification; of judges in rounds, that of the one who decides."""
        if self.name == "score":
            return spec.judging(len(spec.score.rounds))
        config: LlmConfig = getattr(spec, self.name)
        return config

    def reader(self, config: LlmConfig) -> Callable[[Answer], Any]:
        """Return what reads one answer, or raises DataError."""
        source = score.Judging(config.sampling()) if self.name == "score" else self.run
        read: Callable[[Answer], Any] = source.read_answer
        return read

    def value(self, made: Generated, config: LlmConfig) -> Any:
        """Return what the stage makes of the answers to one row: of several judgements the score that they decide.

        Raises DataError when they decide nothing.
        """
        if isinstance(config, ScoreConfig):
            return decide([float(parsed.value) for parsed in made.answers], config.votes, config.sampling())
        return made.value


def _clean(value: Any, row: Row, prompt: Prompt, spec: DatasetSpec) -> DataError | None:
    return check_instruction(
        value,
        document=row["text"],
        prompt_text=f"{clean.prompt_text()}\n{prompt.template}",
        language=row["language"],
        config=spec.clean,
        title=row["title"],
    )


def _curate(value: Any, row: Row, prompt: Prompt, spec: DatasetSpec) -> DataError | None:
    return None if value >= spec.curate.min_score else DataError(curate.REASON, f"{value:g} < {spec.curate.min_score}")


def _verify(value: Any, row: Row, prompt: Prompt, spec: DatasetSpec) -> DataError | None:
    return check_response(
        value, document=row["text"], instruction=row["instruction"], language=row["language"], config=spec.verify
    )[1]


STAGES = {
    stage.name: stage
    for stage in (
        TriedStage("backtranslate", backtranslate, "clean", _clean),
        TriedStage("score", score, "curate", _curate),
        TriedStage("rewrite", rewrite, "verify", _verify),
    )
}


def stage_named(name: str) -> TriedStage:
    """Return a stage; raise ConfigError naming those there are."""
    if name not in STAGES:
        raise ConfigError(f"--stage {name}: prompts can be tried for {', '.join(STAGES)}")
    return STAGES[name]


def offered(stage: TriedStage) -> set[str]:
    """Return the variables that the stage fills in."""
    row: Row = defaultdict(str)  # whatever column it reads
    return set(stage.run.values(row))


def read_prompt(path: Path, stage: TriedStage, version: int) -> Prompt:
    """Read a prompt that is not published. Raises ConfigError for a template that could not be rendered."""
    try:
        template = path.read_text(encoding="utf-8")
        named = meta.find_undeclared_variables(_environment.parse(template))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    except TemplateSyntaxError as error:
        raise ConfigError(f"{path}:{error.lineno}: is no valid template: {error.message}") from error
    known = offered(stage)
    told = f"stage {stage.name} offers {', '.join(f'{{{{ {name} }}}}' for name in sorted(known))}"
    if unknown := sorted(named - known):
        raise ConfigError(f"{path}: unknown variable {', '.join(unknown)}; {told}")
    if missing := sorted(known - named):
        raise ConfigError(f"{path}: does not use {', '.join(missing)}, so the model would not see it; {told}")
    prompt = Prompt(stage=stage.name, version=version, template=template)
    try:
        prompt.render(**dict.fromkeys(known, ""))
    except TemplateError as error:
        raise ConfigError(f"{path}: cannot be rendered: {error}") from error
    return prompt
