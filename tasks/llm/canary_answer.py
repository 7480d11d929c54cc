"""An answer to the canary question: read from either form of the protocol, and compared with an earlier one."""

import math
from dataclasses import dataclass, field
from typing import Any

from tasks.core.runtime import Row

# How far the logarithms of the same token's probability may lie apart. Logits come out in bfloat16, whose steps
# between 16 and 32 are 0.125 wide; other batches, kernels and cards shift one by a step or two.
TOLERANCE = 0.25
# What stands for a probability of zero, as in vLLM: JSON has no infinity.
LEAST_LOGPROB = -9999.0


@dataclass(frozen=True)
class Token:
    """One generated token. `top` holds the log probabilities of the likeliest ones, its own among them."""

    text: str
    logprob: float
    top: dict[str, float] = field(default_factory=dict)

    def logprob_of(self, text: str) -> float | None:
        """Return the log probability of a token in this place, None where it was not told."""
        return self.logprob if text == self.text else self.top.get(text)


@dataclass(frozen=True)
class CanaryAnswer:
    """What a model said; `tokens` is None where the server tells no probabilities."""

    text: str
    tokens: tuple[Token, ...] | None

    @classmethod
    def from_response(cls, body: Any, api: str) -> "CanaryAnswer":
        """Read the one choice of a response. Raises LookupError, TypeError, ValueError or AttributeError for others."""
        (choice,) = body["choices"]
        text = choice["message"]["content"] if api == "chat" else choice["text"]
        if not isinstance(text, str):
            raise TypeError(f"content of type {type(text).__name__}")
        told = choice.get("logprobs")
        tokens = (_chat_tokens if api == "chat" else _completion_tokens)(told) if told else []
        return cls(_storable(text), tuple(tokens) or None)

    @classmethod
    def from_row(cls, row: Row) -> "CanaryAnswer":
        """Read what `row` gave."""
        told = row["logprobs"]
        tokens = None if told is None else tuple(Token(item["token"], item["logprob"], item["top"]) for item in told)
        return cls(row["answer"], tokens)

    def row(self) -> Row:
        """Return the columns of lineage.model_canary that hold the answer."""
        told = [{"token": one.text, "logprob": one.logprob, "top": one.top} for one in self.tokens or ()]
        return {"answer": self.text, "logprobs": told or None}


def difference(then: CanaryAnswer, now: CanaryAnswer) -> str:
    """Return in what `now` differs from `then` more than the same weights may, "" where it does not.

    Where both tell probabilities: place by place, the tokens of both must have been about as likely then as now. Two
    tokens that are about equally likely may so change places; what follows them answers different beginnings and is
    not compared. Else the texts must be equal.
    """
    if then.tokens is None or now.tokens is None:
        return "" if then.text == now.text else "the texts differ, and there are no probabilities to compare"
    for place, (old, new) in enumerate(zip(then.tokens, now.tokens, strict=False)):
        for text in dict.fromkeys((old.text, new.text)):
            was, is_now = old.logprob_of(text), new.logprob_of(text)
            if was is None or is_now is None or abs(was - is_now) > TOLERANCE:
                return f"token {place}, {text!r}: log probability {_shown(was)} then, {_shown(is_now)} now"
        if old.text != new.text:
            return ""
    if len(then.tokens) != len(now.tokens):
        return f"{len(then.tokens)} tokens then, {len(now.tokens)} now"
    return ""


def _shown(logprob: float | None) -> str:
    return "not among the likeliest" if logprob is None else f"{logprob:.3f}"


def _chat_tokens(told: Any) -> list[Token]:
    return [
        _token(item["token"], item["logprob"], {one["token"]: one["logprob"] for one in item.get("top_logprobs") or []})
        for item in told.get("content") or []
    ]


def _completion_tokens(told: Any) -> list[Token]:
    tops = told.get("top_logprobs") or [None] * len(told["tokens"])
    return [
        _token(text, logprob, top or {})
        for text, logprob, top in zip(told["tokens"], told["token_logprobs"], tops, strict=True)
    ]


def _token(text: str, logprob: float, top: dict[str, float]) -> Token:
    return Token(_storable(text), _finite(logprob), {_storable(name): _finite(value) for name, value in top.items()})


def _finite(logprob: float) -> float:
    value = float(logprob)
    return value if math.isfinite(value) else LEAST_LOGPROB


def _storable(text: str) -> str:
    """PostgreSQL refuses NUL, UTF-8 refuses lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
