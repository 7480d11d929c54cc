"""What goes over the wire and comes back, for both forms of the OpenAI protocol.

`chat` sends one prompt per request as a user message, with its seed. `completions` sends many prompts in one
request; their chat template is rendered by us, so that no special token is added by the server, and no seed can be
given, as one request has one seed and the same seed would be the same draw for every prompt.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

from tasks.core.errors import ConfigError
from tasks.llm.request import Answer, Request

PATHS = {"chat": "/v1/chat/completions", "completions": "/v1/completions"}
# Keys of a request's sampling that name how it is sent and are no parameters of the server.
_OURS = {"api", "chat_template"}
_DIGITS = ("1", "2", "3", "4", "5")


class NoAnswer(Exception):
    """A 200 that holds no usable answer: a sick server, to be asked again."""


def api_of(request: Request) -> str:
    """Return "chat" or "completions"."""
    return str(request.sampling.get("api", "chat"))


def batch_key(request: Request) -> str:
    """Requests with equal keys may travel together."""
    return json.dumps([request.model_name, request.sampling], sort_keys=True)


def encode(requests: Sequence[Request]) -> bytes:
    """Return the body that asks `requests`, which have one batch key; `chat` takes exactly one."""
    first = requests[0]
    sampling = {name: value for name, value in first.sampling.items() if name not in _OURS}
    if api_of(first) == "chat":
        body = {
            "model": first.model_name,
            "messages": [{"role": "user", "content": first.text}],
            "seed": first.seed,
            **sampling,
        }
    else:
        if sampling.pop("logprobs", None):
            sampling["logprobs"] = sampling.pop("top_logprobs", 0)
        prompts = [request.text for request in requests]
        body = {"model": first.model_name, "prompt": prompts, "add_special_tokens": False, **sampling}
    # A lone surrogate goes out as \udXXX, which is JSON, though no text.
    return json.dumps(body).encode()


def decode(requests: Sequence[Request], data: bytes, facts: dict[str, Any]) -> list[Answer]:
    """Return one answer per request, in their order. Raises NoAnswer for anything else than exactly that.

    `facts` go onto every answer. Raises ConfigError when another model answered.
    """
    try:
        body = json.loads(data)
        choices = list(body["choices"])
        if len(choices) != len(requests):
            raise NoAnswer(f"{len(choices)} choices for {len(requests)} prompts")
        if len(requests) > 1:
            choices.sort(key=lambda choice: int(choice["index"]))
            if [int(choice["index"]) for choice in choices] != list(range(len(requests))):
                raise NoAnswer("choices whose indexes are not those of the prompts")
        usage = body.get("usage") or {}
        lengths = [len(_content(request, choice)) for request, choice in zip(requests, choices, strict=True)]
        prompt_tokens = _shares(usage.get("prompt_tokens"), [len(request.text) for request in requests])
        output_tokens = _shares(usage.get("completion_tokens"), lengths)
        model = body.get("model")
        answers = [
            _answer(request, choice, counts, facts)
            for request, choice, *counts in zip(requests, choices, prompt_tokens, output_tokens, strict=True)
        ]
    # No JSON is a ValueError, JSON nested too deeply a RecursionError, a count of `Infinity` an OverflowError.
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise NoAnswer(f"{type(error).__name__}: {data[:200]!r}") from error
    if model not in (None, requests[0].model_name):
        raise ConfigError(f"asked for model {requests[0].model_name!r}, the server answered as {model!r}")
    return answers


def _shares(total: Any, lengths: list[int]) -> list[int]:
    """Divide a count that the server gives for the whole request by the length of the texts; the sum stays exact."""
    count, whole = int(total or 0), sum(lengths) or 1
    ends = [count * sum(lengths[: number + 1]) // whole for number in range(len(lengths))]
    ends[-1] = count
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _content(request: Request, choice: Any) -> str:
    content = choice["message"]["content"] if api_of(request) == "chat" else choice["text"]
    if not isinstance(content, str):
        raise NoAnswer(f"content of type {type(content).__name__}")
    return content


def _answer(request: Request, choice: Any, counts: list[int], facts: dict[str, Any]) -> Answer:
    read = _chat_digits if api_of(request) == "chat" else _completion_digits
    logprobs = choice.get("logprobs") if "logprobs" in request.sampling else None
    return Answer(
        generation_id=request.generation_id,
        output_text=_storable(_content(request, choice)),
        finish_reason=_storable(str(choice.get("finish_reason") or "stop")),
        prompt_tokens=counts[0],
        output_tokens=counts[1],
        facts={**facts, **({"digit_logprobs": read(logprobs)} if logprobs else {})},
    )


def _chat_digits(logprobs: Any) -> list[dict[str, Any]]:
    """Return where a digit of the scale was generated, with the alternatives: {"offset", "top": {"1": logprob}}."""
    tokens = logprobs["content"]
    alternatives = [[(item["token"], item["logprob"]) for item in token.get("top_logprobs") or []] for token in tokens]
    return _digits([(token["token"], token["logprob"]) for token in tokens], alternatives)


def _completion_digits(logprobs: Any) -> list[dict[str, Any]]:
    tokens = list(zip(logprobs["tokens"], logprobs["token_logprobs"], strict=True))
    tops = logprobs.get("top_logprobs") or [{} for _ in tokens]
    return _digits(tokens, [list((top or {}).items()) for top in tops])


def _digits(tokens: list[tuple[str, float]], tops: list[list[tuple[str, float]]]) -> list[dict[str, Any]]:
    found, offset = [], 0
    for (token, logprob), top in zip(tokens, tops, strict=True):
        if token.strip() in _DIGITS:
            best: dict[str, float] = {}
            for text, value in [(token, logprob), *top]:
                name = text.strip()
                if name in _DIGITS and math.isfinite(value):
                    best[name] = max(best.get(name, -math.inf), round(float(value), 5))
            found.append({"offset": offset, "top": dict(sorted(best.items()))})
        offset += len(token)
    return found


def _storable(text: str) -> str:
    """PostgreSQL refuses NUL, UTF-8 refuses lone surrogates; the stored answer is the one that goes downstream."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
