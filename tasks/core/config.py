"""The dataset specification: one frozen value that says everything a dataset depends on.

A specification is a YAML file in `dags/datasets/`. Each stage gets its own part of it, with a digest that
is part of the key of everything the stage makes. Fields that cannot change the result (endpoints, time
limits, concurrency) are left out of the digest.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tasks.core.ids import digest_of

# A field that may change without changing what a stage makes.
OPERATIONAL: dict[str, Any] = {"operational": True}


class Config(BaseModel):
    """Base of every configuration: frozen, no unknown keys, with a digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def body(self) -> dict[str, Any]:
        """Return what the digest is taken over: every field that can change the result, as JSON values."""
        out: dict[str, Any] = {}
        for name, info in type(self).model_fields.items():
            extra = info.json_schema_extra
            if isinstance(extra, dict) and extra.get("operational"):
                continue
            value = getattr(self, name)
            out[name] = value.body() if isinstance(value, Config) else _plain(value)
        return out

    @property
    def sha256(self) -> str:
        """The digest of `body()`."""
        return digest_of(self.body())


def _plain(value: Any) -> Any:
    if isinstance(value, Config):
        return value.body()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value


class ScheduleConfig(Config):
    """When the corpus Dag runs; each tick refreshes the partition that ended last."""

    cron: str = Field("0 0 1 * *", description="five cron fields; a monthly refresh by default")
    timezone: str = "UTC"
    key_format: Literal["%Y-%m", "%Y-%m-%d"] = Field("%Y-%m", description="form of the partition key")
    start_date: date | None = Field(None, description="first day that a schedule or backfill may cover")
    max_active_runs: int = Field(2, ge=1, le=64)


class SourceConfig(Config):
    """Where the web corpus lies."""

    kind: Literal["warc"] = "warc"
    uri: str = Field(description="root of the corpus: s3://bucket/prefix, file:///folder or a folder's path")
    pattern: str = Field(
        "{partition}/*.warc.gz", description="files below the root, with {partition} for the partition key"
    )
    licence: str = Field("unknown", description="what is known of the rights in the source, for the card")


class ExtractConfig(Config):
    """HTML to main text."""

    extractor: Literal["resiliparse"] = "resiliparse"
    max_record_bytes: int = Field(16_000_000, ge=1_000, description="larger records are rejected unread")
    max_text_chars: int = Field(1_000_000, ge=1_000)
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)


class FilterConfig(Config):
    """Which documents can be answers. Bounds are inclusive."""

    languages: tuple[str, ...] = ("en",)
    min_language_probability: float = Field(0.8, ge=0.0, le=1.0)
    min_chars: int = Field(400, ge=1, description="Humpback's band starts at 600 characters")
    max_chars: int = Field(24_000, ge=1, description="draft and rewrite must fit the context (method.md, 7)")
    rules: tuple[str, ...] = Field(
        (), description="order of the rules; empty means the order of tasks/filters/rules.py"
    )
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)


class DedupConfig(Config):
    """Which documents are the same as an earlier one."""

    key: Literal["normalised_text"] = "normalised_text"


class ModelSpec(Config):
    """One model behind an Airflow connection that speaks the OpenAI protocol."""

    connection: str = Field(json_schema_extra=OPERATIONAL, description="id of the Airflow connection")
    name: str = Field(description="the model's name at the server, as in /v1/models")
    revision: str = Field(description="weights commit; never a moving name such as main")
    concurrency: int = Field(16, ge=1, le=4096, json_schema_extra=OPERATIONAL)
    timeout_seconds: float = Field(300.0, gt=0, json_schema_extra=OPERATIONAL)

    @field_validator("revision")
    @classmethod
    def _revision_is_fixed(cls, value: str) -> str:
        if value in {"main", "master", "latest", "HEAD"}:
            raise ValueError(f"{value!r} moves: give a weights commit or a fixed tag")
        return value


class LlmConfig(Config):
    """What every stage that asks a model has in common. Sampling defaults are the paper's (T=1.0, p=0.9)."""

    model: ModelSpec | None = Field(None, description="a role named under `models`")
    seed: int = Field(0, description="filled in from the specification's seed")
    prompt: int = Field(1, ge=1, description="version of the prompt file")
    temperature: float = Field(1.0, ge=0.0, le=2.0)
    top_p: float = Field(0.9, gt=0.0, le=1.0)
    max_tokens: int = Field(1024, ge=1)
    max_attempts: int = Field(1, ge=1, le=10)
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)
    flush_rows: int = Field(64, ge=1, json_schema_extra=OPERATIONAL)
    flush_seconds: float = Field(5.0, gt=0, json_schema_extra=OPERATIONAL)

    @property
    def served_by(self) -> ModelSpec:
        """The model, which a validated specification always has."""
        if self.model is None:
            raise ValueError("this stage configuration was not taken from a specification: no model")
        return self.model

    def sampling(self) -> dict[str, Any]:
        """Return the sampling parameters that go into a request, apart from the seed."""
        return {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}


class BacktranslateConfig(LlmConfig):
    """document -> instruction. 514 tokens is the longest instruction the paper saw."""

    max_tokens: int = Field(514, ge=1)
    max_attempts: int = Field(2, ge=1, le=10)


class CleanConfig(Config):
    """Instruction hygiene."""

    min_chars: int = Field(12, ge=1)
    max_chars: int = Field(2_000, ge=1)
    max_copied_words: int = Field(24, ge=4, description="longest run of words shared with the document")
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)


class ScoreConfig(LlmConfig):
    """(instruction, document) -> 1..5 on the rubric, reasoning first."""

    max_tokens: int = Field(512, ge=1)


class CurateConfig(Config):
    """Which scored pairs stay. The paper keeps 5."""

    min_score: int = Field(5, ge=1, le=5)


class RewriteConfig(LlmConfig):
    """(instruction, document) -> response between [RES] and [/RES]."""

    max_tokens: int = Field(2048, ge=1)
    max_attempts: int = Field(3, ge=1, le=10)


class VerifyConfig(Config):
    """Is the rewrite grounded in the document? Ratios are of characters or of words, as named."""

    min_length_ratio: float = Field(0.15, ge=0.0)
    max_length_ratio: float = Field(1.6, gt=0.0, description="a rewrite that grows a short draft invents")
    min_copy_rate: float = Field(0.5, ge=0.0, le=1.0, description="share of 3-word runs found in the document")
    max_new_numbers: int = Field(0, ge=0)
    max_new_names: int = Field(1, ge=0)
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


def _stage(kind: type[Config]) -> Any:
    return Field(default_factory=kind)


class DatasetSpec(Config):
    """One dataset: its source, models, thresholds, schedule and release. See `dags/datasets/`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="the file's stem")]
    description: str = ""
    demo: bool = Field(False, description="true where a stand-in model may answer; the card says so")
    seed: int = Field(20240811, ge=0, description="of the dataset, never of a run")
    schedule: ScheduleConfig = _stage(ScheduleConfig)
    source: SourceConfig
    models: dict[str, ModelSpec] = Field(description="roles: backward, judge and rewriter at least")
    extract: ExtractConfig = _stage(ExtractConfig)
    filters: FilterConfig = _stage(FilterConfig)
    dedup: DedupConfig = _stage(DedupConfig)
    backtranslate: BacktranslateConfig = _stage(BacktranslateConfig)
    clean: CleanConfig = _stage(CleanConfig)
    score: ScoreConfig = _stage(ScoreConfig)
    curate: CurateConfig = _stage(CurateConfig)
    rewrite: RewriteConfig = _stage(RewriteConfig)
    verify: VerifyConfig = _stage(VerifyConfig)
    quality: QualityConfig = _stage(QualityConfig)
    release: ReleaseConfig = _stage(ReleaseConfig)

    @model_validator(mode="before")
    @classmethod
    def _resolve_roles(cls, data: Any) -> Any:
        """Put the model named by each LLM stage, and the dataset's seed, into the stage's own part."""
        if not isinstance(data, dict) or not isinstance(data.get("models"), dict):
            return data
        data = dict(data)
        for stage, role in {"backtranslate": "backward", "score": "judge", "rewrite": "rewriter"}.items():
            part = data.get(stage) or {}
            if not isinstance(part, dict):
                continue
            if "seed" in part:
                raise ValueError(f"{stage}.seed: there is one seed, the dataset's; set `seed` at the top level")
            wanted = part.get("model", role)
            if isinstance(wanted, str):
                if wanted not in data["models"]:
                    raise ValueError(
                        f"{stage}.model: no role {wanted!r} under models; there are {sorted(data['models'])}"
                    )
                wanted = data["models"][wanted]
            data[stage] = {**part, "model": wanted, "seed": data.get("seed", cls.model_fields["seed"].default)}
        return data

    @model_validator(mode="after")
    def _pattern_names_partition(self) -> Self:
        if "{partition}" not in self.source.pattern + self.source.uri:
            raise ValueError("source.pattern: must contain {partition}, or every partition would hold the same data")
        return self

    def check_partition_key(self, key: str | None) -> str:
        """Return `key` when it has the form of `schedule.key_format`; raise ValueError otherwise.

        "2026-9" and "2026-09" would be two partitions with the same data, so only one form is taken.
        """
        month = r"[0-9]{4}-(0[1-9]|1[0-2])"  # not \d, which takes the digits of every script
        forms = {"%Y-%m": month, "%Y-%m-%d": month + r"-(0[1-9]|[12][0-9]|3[01])"}
        if not key or not re.fullmatch(forms[self.schedule.key_format], key):
            raise ValueError(f"partition key {key!r}: dataset {self.name} takes the form {self.schedule.key_format}")
        return key
