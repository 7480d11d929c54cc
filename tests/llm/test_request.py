"""A request's id is all that can change the answer, and nothing else."""

from dataclasses import fields, replace
from typing import Any

import pytest

from tasks.core.config import LlmConfig
from tasks.core.ids import sha256_text
from tasks.llm.prompts import Prompt
from tasks.llm.request import Request, build_request, model_id
from tests.llm.answering import MODEL

PROMPT = Prompt(stage="score", version=1, template="Judge: {{ document }}")

# As every lineage store has it: a change here orphans all stored answers.
GOLDEN = ("7f8d2c94-996c-55d0-90de-ec6c7645d36e", 1746362958)


def build(text: str = "tea", attempt: int = 0, prompt: Prompt = PROMPT, **config: Any) -> Request:
    return build_request(prompt, LlmConfig.model_validate({"model": MODEL, **config}), attempt, {"document": text})


# What is the same question though it differs: the text is there by its digest, the prompt by its rendered text.
NOT_IN_THE_ID = {"prompt_id", "text"}


@pytest.mark.parametrize("name", [field.name for field in fields(Request)])
def test_the_id_depends_on_each_part_of_the_question(name: str) -> None:
    """Each field changes the id, apart from those that the digest of the rendered text stands for."""
    request = build()
    value = getattr(request, name)
    other = replace(
        request, **{name: value + 1 if isinstance(value, int) else {"a": 1} if isinstance(value, dict) else "x"}
    )
    assert (other.generation_id == request.generation_id) == (name in NOT_IN_THE_ID)


def test_the_same_question_has_the_same_id_everywhere() -> None:
    """The id is fixed for good: every lineage store holds it."""
    request = build(seed=7)
    assert request.generation_id == build(seed=7).generation_id
    assert request.text == "Judge: tea"
    assert request.rendered_sha256 == sha256_text("Judge: tea")
    assert request.model_id == model_id("tiny", "r1")
    assert (request.generation_id, request.seed) == GOLDEN


@pytest.mark.parametrize("change", [{"text": "coffee"}, {"attempt": 1}, {"seed": 1}])
def test_the_seed_follows_from_every_input(change: dict[str, Any]) -> None:
    """Another text, attempt or dataset seed gives another sampling seed."""
    assert build(**change).seed != build().seed


def test_the_seed_is_none_of_the_model() -> None:
    """Another model is asked with the same seed: comparisons stay fair."""
    assert build(model={**MODEL, "name": "big"}).seed == build().seed


def test_how_it_is_served_is_no_part_of_the_question() -> None:
    """Connection, limits and flushing may change without a new question."""
    served = {**MODEL, "connection": "elsewhere", "concurrency": 1, "timeout_seconds": 1}
    other = build(model=served, flush_rows=1, flush_seconds=1, max_attempts=3, max_reject_rate=0.1)
    assert other == build()
