"""Models, and the configuration of the stages that ask one.

Sampling defaults are the paper's (T = 1.0, p = 0.9; arXiv 2408.04614).
"""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.core.base import OPERATIONAL, Config


class ServeConfig(Config):
    """How a set-up task starts `vllm serve` for a model, on the worker it runs on. Nothing of it changes an answer.

    Models whose `serve` parts are equal but for their names share one server: a base model and its LoRA adapters.
    """

    model_path: str = Field(description="a Hugging Face name or a folder on the worker")
    command: tuple[str, ...] = Field(
        ("vllm", "serve"), description="from the model environment; the model and the flags are added"
    )
    adapters: dict[str, str] = Field(default_factory=dict, description="LoRA: served model name -> path of the adapter")
    flags: tuple[str, ...] = Field((), description="passed on as they are, such as --tensor-parallel-size=4")
    env: dict[str, str] = Field(default_factory=dict, description="environment of the server; no secrets")
    gpus: int = Field(1, ge=0, description="GPUs the server takes; 0 for a CPU build")
    start_seconds: float = Field(1_800.0, gt=0, description="until /health must answer: weights may be downloaded")
    shutdown_seconds: float = Field(60.0, ge=0, description="given to requests in flight at a stop")
    lease_seconds: float = Field(
        120.0, gt=1, description="a server whose lease was not renewed for so long ends itself"
    )


class PriceConfig(Config):
    """What tokens cost. Give the token prices of an API, or what a GPU hour costs and how fast it is."""

    input_per_million: float = Field(0.0, ge=0.0)
    output_per_million: float = Field(0.0, ge=0.0)
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    gpu_hour: float = Field(0.0, ge=0.0, description="price of one GPU hour of a server of your own")
    tokens_per_gpu_second: float = Field(0.0, ge=0.0, description="output tokens per second and GPU, for the estimate")


class ModelSpec(Config):
    """One model behind one or several Airflow connections that speak the OpenAI protocol."""

    connection: str | tuple[str, ...] = Field(
        "", json_schema_extra=OPERATIONAL, description="id of the Airflow connection; several share the load"
    )
    name: str = Field(description="the model's name at the server, as in /v1/models")
    revision: str = Field(description="weights commit; never a moving name such as main")
    api: Literal["chat", "completions"] = Field(
        "chat",
        description="completions: chat templates are rendered here, many prompts go in one request, no seed is sent",
    )
    tokenizer: str | None = Field(
        None,
        json_schema_extra=OPERATIONAL,
        description="folder with the model's tokenizer; `completions` renders its chat template",
    )
    tokenizer_sha256: str | None = Field(
        None, description="of the tokenizer's files, compared before the first request; `backforth validate` tells it"
    )
    context_tokens: int | None = Field(None, ge=16, description="longer prompts are rejected before they are sent")
    concurrency: int = Field(
        16, ge=1, le=4096, json_schema_extra=OPERATIONAL, description="prompts in flight per endpoint, of all tasks"
    )
    prompts_per_request: int = Field(32, ge=1, le=1024, json_schema_extra=OPERATIONAL)
    timeout_seconds: float = Field(300.0, gt=0, json_schema_extra=OPERATIONAL)
    serve: ServeConfig | None = Field(None, json_schema_extra=OPERATIONAL)
    price: PriceConfig | None = Field(None, json_schema_extra=OPERATIONAL)

    @field_validator("revision")
    @classmethod
    def _revision_is_fixed(cls, value: str) -> str:
        if value in {"main", "master", "latest", "HEAD"}:
            raise ValueError(f"{value!r} moves: give a weights commit or a fixed tag")
        return value

    @property
    def connections(self) -> tuple[str, ...]:
        """The ids of the connections, in the order given."""
        return (self.connection,) if isinstance(self.connection, str) else self.connection

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if not any(self.connections) and self.serve is None:
            raise ValueError("give `connection`, an Airflow connection, or `serve`, how to start a server")
        if self.api == "completions" and not self.tokenizer:
            raise ValueError("api: completions needs `tokenizer`, whose chat template is rendered here")
        return self


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

    def tokens_needed(self, prompt_tokens: int) -> int:
        """Return how many tokens of context a prompt of that length needs, with its answer."""
        return prompt_tokens + self.max_tokens


class BacktranslateConfig(LlmConfig):
    """document -> instruction. 514 tokens is the longest instruction the paper saw."""

    max_tokens: int = Field(514, ge=1)
    max_attempts: int = Field(2, ge=1, le=10)

    def tokens_needed(self, prompt_tokens: int) -> int:
        """The rewriter must fit the document, an instruction and a rewrite as long as the document."""
        return max(super().tokens_needed(prompt_tokens), 2 * prompt_tokens + self.max_tokens)


# The version of tasks/score/prompt_v<N>.jinja that asks for a JSON object.
STRUCTURED_PROMPT = 2
# A judge decides after it has reasoned: the order of the properties is the order in which they are decoded.
_JUDGEMENT = {
    "type": "object",
    "properties": {"reasoning": {"type": "string"}, "score": {"type": "integer", "enum": [1, 2, 3, 4, 5]}},
    "required": ["reasoning", "score"],
    "additionalProperties": False,
}
# What each mode of judging asks of a server, in OpenAI's names.
_MODES: dict[str, dict[str, Any]] = {
    "text": {},
    "structured": {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "judgement", "strict": True, "schema": _JUDGEMENT},
        }
    },
    "expected": {"logprobs": True, "top_logprobs": 20},
}


class ScoreConfig(LlmConfig):
    """(instruction, document) -> 1..5 on the rubric, reasoning first."""

    mode: Literal["text", "structured", "expected"] = Field(
        "text",
        description="text: as in the paper; structured: the server decodes a JSON schema, so that every judgement "
        "parses; expected: the mean of the scale, weighted by the probabilities of the score token",
    )
    votes: int = Field(1, ge=1, le=32, description="judgements per pair; the majority counts, a tie goes to the lower")
    rounds: tuple[str, ...] = Field(
        (), description="roles that judge one after the other (Humpback's M0, M1, M2); the last decides"
    )
    max_tokens: int = Field(512, ge=1)
    min_parse_rate: float = Field(
        0.5,
        ge=0.0,
        le=1.0,
        json_schema_extra=OPERATIONAL,
        description="share of judgements that hold a score, below which the run stops; the paper saw 0.88",
    )

    @model_validator(mode="before")
    @classmethod
    def _prompt_fits_the_mode(cls, data: Any) -> Any:
        """Where no version is given, a judge that must answer in JSON gets the prompt that asks for it."""
        if isinstance(data, dict) and data.get("mode") == "structured":
            return {"prompt": STRUCTURED_PROMPT, **data}
        return data

    def sampling(self) -> dict[str, Any]:
        """What the mode asks of the server comes on top; tasks/score/modes.py tells the mode by it."""
        return {**super().sampling(), **_MODES[self.mode]}


class RewriteConfig(LlmConfig):
    """(instruction, document) -> response between [RES] and [/RES]."""

    max_tokens: int = Field(2048, ge=1)
    max_attempts: int = Field(3, ge=1, le=10)


class DistilConfig(LlmConfig):
    """instruction -> response without the document: the baseline that the paper compares with (its section 5.1)."""

    max_tokens: int = Field(2048, ge=1)
    max_attempts: int = Field(3, ge=1, le=10)


class FaithfulnessConfig(LlmConfig):
    """(document, response) -> 1..5: a second judge of what the response claims beyond the document. Off by default."""

    enabled: bool = False
    min_score: int = Field(4, ge=1, le=5)
    max_tokens: int = Field(512, ge=1)
