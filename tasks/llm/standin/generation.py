"""From a request to its response: one answer per prompt, in either form of the protocol."""

import json
from dataclasses import dataclass
from typing import Any

from tasks.llm.standin.answer import Stage, answer, read_prompt
from tasks.llm.standin.chatform import without_template
from tasks.llm.standin.choice import Choose, number_of
from tasks.llm.standin.logprobs import Token, chat_logprobs, completion_logprobs, tokens_of
from tasks.llm.standin.protocol import MAX_MODEL_LEN, MODEL, Sampling
from tasks.llm.standin.tokens import count_tokens, first_tokens


@dataclass(frozen=True)
class Generation:
    """What was made for one prompt."""

    stage: Stage
    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    tokens: list[Token] | None = None


def generate(text: str, sampling: Sampling, *, mode: str | None = None) -> Generation:
    """Answer one prompt: a pure function of its arguments, the same with a chat template around it or without.

    `mode` is a fault of the answer: wrong_format; truncated, which ends it half-way, as a token limit does; weights,
    which answers as another model would.
    """
    asked = without_template(text)
    prompt = read_prompt(asked)
    asked_of = f"{mode}\x1f{asked}" if mode == "weights" else asked
    choose = Choose(asked_of, sampling.temperature, sampling.top_p, sampling.seed)
    whole = answer(prompt, choose, wrong_format=mode == "wrong_format", as_json=sampling.as_json)
    if mode == "weights" and prompt.stage == "other":
        whole = f"With other weights: {whole}"
    used = count_tokens(text)
    limit = min(sampling.max_tokens or MAX_MODEL_LEN, MAX_MODEL_LEN - used)
    if mode == "truncated":
        limit = min(limit, max(1, count_tokens(whole) // 2))
    shown = first_tokens(whole, limit)
    tokens = None if sampling.logprobs is None else tokens_of(shown, asked_of, sampling.logprobs)
    return Generation(prompt.stage, shown, "stop" if shown == whole else "length", used, count_tokens(shown), tokens)


def usage(generations: list[Generation]) -> dict[str, int]:
    """Return the token counts of a response."""
    prompt = sum(one.prompt_tokens for one in generations)
    completion = sum(one.completion_tokens for one in generations)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def chat_body(request: dict[str, Any], generation: Generation) -> dict[str, Any]:
    """Return the response to a chat request. `created` is 0: an answer does not depend on the clock."""
    return {
        "id": f"chatcmpl-{number_of(json.dumps(request, sort_keys=True)):016x}",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": generation.text},
                "logprobs": None if generation.tokens is None else chat_logprobs(generation.tokens),
                "finish_reason": generation.finish_reason,
            }
        ],
        "usage": usage([generation]),
    }


def completion_body(request: dict[str, Any], generations: list[Generation]) -> dict[str, Any]:
    """Return the response to a completions request, one choice for each prompt, in their order."""
    return {
        "id": f"cmpl-{number_of(json.dumps(request, sort_keys=True)):016x}",
        "object": "text_completion",
        "created": 0,
        "model": MODEL,
        "choices": [
            {
                "index": index,
                "text": one.text,
                "logprobs": None if one.tokens is None else completion_logprobs(one.tokens),
                "finish_reason": one.finish_reason,
            }
            for index, one in enumerate(generations)
        ],
        "usage": usage(generations),
    }
