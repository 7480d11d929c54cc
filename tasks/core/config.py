"""The dataset specification: one frozen value that says everything a dataset depends on.

A specification is a YAML file in `dags/datasets/`. Each stage gets its own part of it, with a digest that
is part of the key of everything the stage makes. Fields that cannot change the result (endpoints, time
limits, concurrency) are left out of the digest.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from tasks.core.base import OPERATIONAL, Config
from tasks.core.decontaminate_config import DecontaminateConfig
from tasks.core.dedup_config import DedupConfig
from tasks.core.extract_config import ExtractConfig
from tasks.core.filter_config import FilterConfig
from tasks.core.llm_config import (
    BacktranslateConfig,
    DistilConfig,
    FaithfulnessConfig,
    LlmConfig,
    ModelSpec,
    PriceConfig,
    RewriteConfig,
    ScoreConfig,
    ServeConfig,
)
from tasks.core.presets import with_preset
from tasks.core.source_config import RECORD_KINDS, RecordFields, SourceConfig
from tasks.core.variants import Step, Variant, asking_stages, steps

__all__ = [
    "OPERATIONAL",
    "BacktranslateConfig",
    "BudgetConfig",
    "CleanConfig",
    "Config",
    "CurateConfig",
    "DatasetSpec",
    "DecontaminateConfig",
    "DedupConfig",
    "DistilConfig",
    "ExtractConfig",
    "FaithfulnessConfig",
    "FilterConfig",
    "LlmConfig",
    "ModelSpec",
    "PriceConfig",
    "QualityConfig",
    "RecordFields",
    "ReleaseConfig",
    "RewriteConfig",
    "ScheduleConfig",
    "ScoreConfig",
    "ServeConfig",
    "SourceConfig",
    "Step",
    "Variant",
    "VerifyConfig",
]


class ScheduleConfig(Config):
    """When the corpus Dag runs; each tick refreshes the partition that ended last."""

    cron: str = Field("0 0 1 * *", description="five cron fields; a monthly refresh by default")
    timezone: str = "UTC"
    key_format: Literal["%Y-%m", "%Y-%m-%d"] = Field("%Y-%m", description="form of the partition key")
    start_date: date | None = Field(None, description="first day that a schedule or backfill may cover")
    max_active_runs: int = Field(2, ge=1, le=64)
    deadline_hours: float | None = Field(None, gt=0, description="a person is told of a Dag run that takes longer")


class CleanConfig(Config):
    """Instruction hygiene."""

    min_chars: int = Field(12, ge=1)
    max_chars: int = Field(2_000, ge=1)
    max_copied_words: int = Field(24, ge=4, description="longest run of words shared with the document")
    max_similarity: float = Field(
        0.85, gt=0.0, le=1.0, description="Jaccard similarity of word 3-grams to an earlier instruction of the shard"
    )
    min_answered: float = Field(
        0.3, ge=0.0, le=1.0, description="share of the instruction's content words that the document must hold"
    )
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)


class CurateConfig(Config):
    """Which scored pairs stay. The paper keeps 5."""

    min_score: float = Field(5.0, ge=1, le=5, description="a fraction where judgements are expected values or votes")


class VerifyConfig(Config):
    """Is the rewrite grounded in the document? Ratios are of characters or of words, as named."""

    min_length_ratio: float = Field(0.15, ge=0.0)
    max_length_ratio: float = Field(1.6, gt=0.0, description="a rewrite that grows a short draft invents")
    min_copy_rate: float = Field(0.5, ge=0.0, le=1.0, description="share of 3-word runs found in the document")
    max_new_numbers: int = Field(0, ge=0)
    max_new_names: int = Field(1, ge=0)
    max_new_dates: int = Field(0, ge=0)
    max_new_quotations: int = Field(0, ge=0)
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)


class QualityConfig(Config):
    """Bounds of the quality gate over a candidate release."""

    min_rows: int = Field(1, ge=0)
    min_instruction_chars: int = Field(8, ge=1)
    min_response_chars: int = Field(80, ge=1)
    max_response_chars: int = Field(24_000, ge=1)
    max_unparseable_rate: float = Field(0.2, ge=0.0, le=1.0, description="share of judgements without a score")
    min_mean_response_chars: int = Field(200, ge=1)


class ReleaseConfig(Config):
    """How a release is presented."""

    title: str = ""
    licence: str = Field("other", description="licence of the published dataset, as in the Hugging Face header")
    approve: bool = Field(False, description="wait for a person before publishing")
    tags: bool = Field(False, description="append the sentence that marks where a row is from (the paper's A.3)")
    data_tag: str = "Answer with knowledge from web search."
    seed_tag: str = "Answer in the style of an AI Assistant."
    seed_pairs: str | None = Field(
        None, description="JSONL of {instruction, response} published beside the rows: s3://, file:// or a path"
    )


class BudgetConfig(Config):
    """What one Dag run may spend; at the bound it stops, with every answer kept. Nothing of it changes a row."""

    max_cost: float | None = Field(None, gt=0, description="in the currency of the models' prices")
    max_tokens: int | None = Field(None, ge=1, description="prompt and output tokens of all models")


# The role that a stage asks where its part names no other.
ROLES = {
    "backtranslate": "backward",
    "score": "judge",
    "rewrite": "rewriter",
    "distil": "rewriter",
    "faithfulness": "judge",
}


def _last_round(part: dict[str, Any], models: dict[str, Any]) -> str:
    """Return the role of the judge that decides, after a look at all rounds."""
    if "model" in part:
        raise ValueError("score.model: with score.rounds the last of them decides; leave one of the two out")
    rounds = part["rounds"]
    if isinstance(rounds, list | tuple):
        for role in rounds:
            if not isinstance(role, str) or role not in models:
                raise ValueError(f"score.rounds: no role {role!r} under models; there are {sorted(models)}")
        return str(rounds[-1])
    return ROLES["score"]


def _stage(kind: type[Config], **extra: Any) -> Any:
    return Field(default_factory=kind, **extra)


class DatasetSpec(Config):
    """One dataset: its source, models, thresholds, schedule and release. See `dags/datasets/`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="the file's stem")]
    description: str = ""
    demo: bool = Field(False, description="true where a stand-in model may answer; the card says so")
    preset: Literal["backforth", "paper", "humpback"] = Field(
        "backforth", description="values of the keys that are not given; see tasks/core/presets.py"
    )
    variant: Variant = Field("filter+rewrite", description="what is done with a pair; see tasks/core/variants.py")
    seed: int = Field(20240811, ge=0, description="of the dataset, never of a run")
    bundle_shards: int = Field(
        8, ge=1, le=256, json_schema_extra=OPERATIONAL, description="shards that one model task works on side by side"
    )
    schedule: ScheduleConfig = _stage(ScheduleConfig)
    source: SourceConfig
    models: dict[str, ModelSpec] = Field(description="roles: backward, judge and rewriter for the default variant")
    extract: ExtractConfig = _stage(ExtractConfig)
    filters: FilterConfig = _stage(FilterConfig)
    decontaminate: DecontaminateConfig = _stage(DecontaminateConfig)
    dedup: DedupConfig = _stage(DedupConfig)
    backtranslate: BacktranslateConfig = _stage(BacktranslateConfig)
    clean: CleanConfig = _stage(CleanConfig)
    score: ScoreConfig = _stage(ScoreConfig)
    curate: CurateConfig = _stage(CurateConfig)
    rewrite: RewriteConfig = _stage(RewriteConfig)
    distil: DistilConfig = _stage(DistilConfig)
    faithfulness: FaithfulnessConfig = _stage(FaithfulnessConfig)
    verify: VerifyConfig = _stage(VerifyConfig)
    quality: QualityConfig = _stage(QualityConfig)
    budget: BudgetConfig = _stage(BudgetConfig, json_schema_extra=OPERATIONAL)
    release: ReleaseConfig = _stage(ReleaseConfig)

    @model_validator(mode="before")
    @classmethod
    def _resolve_roles(cls, data: Any) -> Any:
        """Put the model named by each LLM stage, and the dataset's seed, into the stage's own part."""
        if not isinstance(data, dict) or not isinstance(data.get("models"), dict):
            return data
        data = with_preset(data)
        for stage, role in ROLES.items():
            part = data.get(stage) or {}
            if not isinstance(part, dict):
                continue
            if "seed" in part:
                raise ValueError(f"{stage}.seed: there is one seed, the dataset's; set `seed` at the top level")
            if stage == "score" and part.get("rounds"):
                role = _last_round(part, data["models"])
            wanted = part.get("model", role)
            if "model" not in part and role not in data["models"] and stage not in asking_stages(data):
                continue
            if isinstance(wanted, str):
                if wanted not in data["models"]:
                    raise ValueError(
                        f"{stage}.model: no role {wanted!r} under models; there are {sorted(data['models'])}"
                    )
                wanted = data["models"][wanted]
            data[stage] = {**part, "model": wanted, "seed": data.get("seed", cls.model_fields["seed"].default)}
        return data

    @model_validator(mode="before")
    @classmethod
    def _fields_of_the_source(cls, data: Any) -> Any:
        """Put the fields by which records are read into the part of the stage that reads them."""
        if not isinstance(data, dict) or not isinstance(data.get("source"), dict):
            return data
        part = data.get("extract") or {}
        if not isinstance(part, dict):
            return data
        if part.get("fields") is not None:
            raise ValueError("extract.fields: the fields of a record are the source's; set source.text_field and so on")
        if data["source"].get("kind") not in RECORD_KINDS:
            return data
        given = {name: value for name, value in data["source"].items() if name in RecordFields.model_fields}
        return {**data, "extract": {**part, "fields": given}}

    @model_validator(mode="after")
    def _pattern_names_partition(self) -> Self:
        if not self.source.names_partition:
            raise ValueError("source.pattern: must contain {partition}, or every partition would hold the same data")
        return self

    @model_validator(mode="after")
    def _parts_fit_the_variant(self) -> Self:
        if self.variant == "humpback" and not self.score.rounds:
            raise ValueError("score.rounds: variant humpback needs the roles that judge, one after the other")
        if self.variant != "humpback" and self.score.rounds:
            raise ValueError(f"score.rounds: only variant humpback judges in rounds, this is {self.variant}")
        if self.faithfulness.enabled and "faithfulness" not in {step.stage for step in self.steps}:
            raise ValueError(f"faithfulness.enabled: variant {self.variant} rewrites nothing that could be unfaithful")
        return self

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is done with a document, in order: the tasks of `instruction_pairs`."""
        return steps(
            self.variant,
            round_count=len(self.score.rounds),
            decontaminate=bool(self.decontaminate.sets),
            faithfulness=self.faithfulness.enabled,
        )

    def judging(self, round_number: int) -> ScoreConfig:
        """Return the configuration of one round of judges, counted from 1; 0 stands for the only one there is.

        It names the judges up to that round, so that another one after them changes nothing that they have made.
        """
        if not self.score.rounds:
            return self.score
        rounds = self.score.rounds[:round_number]
        return self.score.model_copy(update={"model": self.models[rounds[-1]], "rounds": rounds})

    def check_partition_key(self, key: str | None) -> str:
        """Return `key` when it has the form of `schedule.key_format`; raise ValueError otherwise.

        "2026-9" and "2026-09" would be two partitions with the same data, so only one form is taken.
        """
        month = r"[0-9]{4}-(0[1-9]|1[0-2])"  # not \d, which takes the digits of every script
        forms = {"%Y-%m": month, "%Y-%m-%d": month + r"-(0[1-9]|[12][0-9]|3[01])"}
        if not key or not re.fullmatch(forms[self.schedule.key_format], key):
            raise ValueError(f"partition key {key!r}: dataset {self.name} takes the form {self.schedule.key_format}")
        return key
