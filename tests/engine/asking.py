"""Requests about made texts, built and sent as the stages do it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tasks.core.config import BacktranslateConfig, LlmConfig, ModelSpec, RewriteConfig, ScoreConfig
from tasks.core.ids import sha256_text
from tasks.llm.client import OpenAIClient
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer, Refused, Request, build_request
from tasks.llm.tokenizer import ChatTemplate, local_tokenizer, tokenizer_sha256
from tests.chaos.test_llm_task import document
from tests.engine.made_texts import Made, make
from tests.engine.place import fixture_folder
from tests.engine.server import MODEL

# None of the texts from here on was trained on.
HELD_OUT = 1_000_000
CONFIGS: dict[str, type[LlmConfig]] = {
    "backtranslate": BacktranslateConfig,
    "score": ScoreConfig,
    "rewrite": RewriteConfig,
}


def spec(*, name: str = MODEL, **fields: Any) -> ModelSpec:
    """The served model, many prompts a request unless a test says otherwise."""
    tokenizer = fixture_folder() / "model"
    known = {
        "connection": "engine",
        "name": name,
        "revision": tokenizer.parent.name,
        "api": "completions",
        "tokenizer": str(tokenizer),
        "tokenizer_sha256": tokenizer_sha256(tokenizer),
        "concurrency": 64,
        "prompts_per_request": 32,
    }
    return ModelSpec.model_validate({**known, **fields})


def texts(count: int, *, first: int = 0) -> list[Made]:
    """Made texts that the fixture was not trained on."""
    return [make(HELD_OUT + first + number) for number in range(count)]


def documents(count: int, *, first: int = 0) -> list[dict[str, object]]:
    """The documents of these texts, as rows."""
    made = [item.document for item in texts(count, first=first)]
    return [
        {**document(number), "text": text, "text_sha256": sha256_text(text)}
        for number, text in enumerate(made, start=first)
    ]


def requests(
    stage: str, made: Sequence[Made], model: ModelSpec, sampling: dict[str, Any] | None = None, **fields: Any
) -> list[Request]:
    """What a stage asks about these texts; `fields` are its configuration, `sampling` is added to what is sent."""
    config = CONFIGS[stage].model_validate({"model": model, "max_tokens": 200, **fields})
    prompt = load_prompt(stage, config.prompt)
    built = []
    for item in made:
        values = {"document": item.document}
        if stage != "backtranslate":
            values["instruction"] = item.instruction
        built.append(build_request(prompt, config, 0, values, template(model)))
    return [replace(request, sampling={**request.sampling, **(sampling or {})}) for request in built]


def template(model: ModelSpec) -> ChatTemplate | None:
    """The chat template that the client renders, None where the server does."""
    tokenizer = local_tokenizer(model)
    return tokenizer.chat_template() if tokenizer and model.api == "completions" else None


def ask(url: str, model: ModelSpec, asked: Sequence[Request]) -> list[Answer | Refused]:
    """The outcomes in the order of what was asked."""
    client = OpenAIClient(base_url=url, model=model)
    found = {outcome.generation_id: outcome for outcome in client.complete(asked)}
    return [found[request.generation_id] for request in asked]


def answers(url: str, model: ModelSpec, asked: Sequence[Request]) -> list[Answer]:
    """The answers in the order of what was asked; none may be refused."""
    outcomes = ask(url, model, asked)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert not refused, refused[0].detail
    return [outcome for outcome in outcomes if isinstance(outcome, Answer)]
