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
# A server that is being stopped ends what it is at with these: half an answer is none.
_UNFINISHED = {"abort", "error"}
_MOST_TOKENS = 2**31


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
        choices = body["choices"]
        if not isinstance(choices, list) or len(choices) != len(requests):
            raise NoAnswer(f"not one choice for each of {len(requests)} prompts: {data[:200]!r}")
        if len(requests) > 1:
            choices = sorted(choices, key=lambda choice: int(choice["index"]))
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
    if not 0 <= count < _MOST_TOKENS:
        raise NoAnswer(f"a usage of {count} tokens")
    ends = [count * sum(lengths[: number + 1]) // whole for number in range(len(lengths))]
    ends[-1] = count
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _content(request: Request, choice: Any) -> str:
    if choice.get("finish_reason") in _UNFINISHED:
        raise NoAnswer(f"the server broke off: finish_reason {choice['finish_reason']!r}")
    content = choice["message"]["content"] if api_of(request) == "chat" else choice["text"]
    if not isinstance(content, str):
        raise NoAnswer(f"content of type {type(content).__name__}")
    return content


def _answer(request: Request, choice: Any, counts: list[int], facts: dict[str, Any]) -> Answer:
    content = _content(request, choice)
    read = _chat_tokens if api_of(request) == "chat" else _completion_tokens
    logprobs = choice.get("logprobs") if "logprobs" in request.sampling else None
    return Answer(
        generation_id=request.generation_id,
        output_text=_storable(content),
        finish_reason=_storable(str(choice.get("finish_reason") or "stop")),
        prompt_tokens=counts[0],
        output_tokens=counts[1],
        facts={**facts, **({"digit_logprobs": _digits(read(logprobs), content)} if logprobs else {})},
    )


# A token that was generated, and the alternatives at its place with their logprobs, itself among them.
_Token = tuple[str, list[tuple[str, Any]]]


def _chat_tokens(logprobs: Any) -> list[_Token]:
    return [
        (
            token["token"],
            [(item["token"], item["logprob"]) for item in [token, *(token.get("top_logprobs") or [])]],
        )
        for token in logprobs["content"] or []
    ]


def _completion_tokens(logprobs: Any) -> list[_Token]:
    tokens, own = logprobs["tokens"], logprobs["token_logprobs"]
    tops = logprobs.get("top_logprobs") or [None] * len(tokens)
    return [
        (token, [(token, logprob), *(top or {}).items()]) for token, logprob, top in zip(tokens, own, tops, strict=True)
    ]


def _digits(tokens: list[_Token], text: str) -> list[dict[str, Any]]:
    """Return where a digit of the scale was generated, with the alternatives: {"offset", "top": {"1": logprob}}.

    Tokens are found again in the text, as they need not add up to it: those that hold parts of one character are
    written out each, and so is the one that ended the answer.
    """
    found: list[dict[str, Any]] = []
    end = skipped = 0  # text[:end] was found, and what follows it is at most `skipped` characters long in the text
    for token, alternatives in tokens:
        offset = text.rfind(token, end, end + skipped + len(token)) if token else -1
        if offset < 0:
            skipped += len(token)
            continue
        end, skipped = offset + len(token), 0
        if token.strip() in _DIGITS:
            best: dict[str, float] = {}
            for other, value in alternatives:
                name = other.strip()
                if name in _DIGITS and isinstance(value, int | float) and math.isfinite(value):
                    best[name] = max(best.get(name, -math.inf), round(float(value), 5))
            found.append({"offset": offset, "top": dict(sorted(best.items()))})
    return found


def _storable(text: str) -> str:
    """PostgreSQL refuses NUL, UTF-8 refuses lone surrogates; the stored answer is the one that goes downstream."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
