"""A request to a model and its answer. A request's id is what is asked, never what was answered."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.ids import content_id, derive_seed, sha256_text
from tasks.llm.prompts import Prompt
from tasks.llm.tokenizer import ChatTemplate


@dataclass(frozen=True)
class Request:
    """One prompt for one model, with everything that can change the answer."""

    stage: str
    prompt_id: str
    text: str
    rendered_sha256: str
    model_name: str
    model_revision: str
    sampling: dict[str, Any]
    seed: int | None
    attempt: int

    @cached_property
    def generation_id(self) -> str:
        """The request's key: uuid5 of the rendered text, model, sampling, seed and attempt."""
        return generation_id(
            stage=self.stage,
            rendered_sha256=self.rendered_sha256,
            model_name=self.model_name,
            model_revision=self.model_revision,
            sampling=self.sampling,
            seed=self.seed,
            attempt=self.attempt,
        )

    @property
    def model_id(self) -> str:
        return model_id(self.model_name, self.model_revision)


@dataclass(frozen=True)
class Answer:
    """What the server said, before any parsing. Tokens are the server's own counts."""

    generation_id: str
    output_text: str
    finish_reason: str
    prompt_tokens: int
    output_tokens: int
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """There is no answer and will be none: a 4xx that is the request's fault, or an answer that was erased."""

    generation_id: str
    detail: str
    reason: str = "request_rejected_by_server"


def generation_id(
    *,
    stage: str,
    rendered_sha256: str,
    model_name: str,
    model_revision: str,
    sampling: dict[str, Any],
    seed: int | None,
    attempt: int,
) -> str:
    """Return the id of the generation that answers a request: the request alone decides it."""
    model = f"{model_name}@{model_revision}"
    return content_id("generation", stage, rendered_sha256, model, sampling, seed, attempt)


def model_id(name: str, revision: str) -> str:
    """Return the id of one model at one revision."""
    return content_id("model", name, revision)


def build_request(
    prompt: Prompt, config: LlmConfig, attempt: int, values: dict[str, str], template: ChatTemplate | None = None
) -> Request:
    """Render a prompt and derive the seed from the text that is sent, which holds every input.

    With a chat `template` that text is the written-out conversation, and no seed is sent (see tasks/llm/wire.py).
    """
    text = prompt.render(**values)
    sampling = config.sampling()
    if template is not None:
        text = template.render(text)
        sampling |= {"api": "completions", "chat_template": template.config_id}
    rendered = sha256_text(text)
    model = config.served_by
    return Request(
        stage=prompt.stage,
        prompt_id=prompt.prompt_id,
        text=text,
        rendered_sha256=rendered,
        model_name=model.name,
        model_revision=model.revision,
        sampling=sampling,
        seed=derive_seed(config.seed, prompt.stage, rendered, attempt) if template is None else None,
        attempt=attempt,
    )
