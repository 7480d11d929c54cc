"""Made-up probabilities of the tokens of an answer: a function of the answer and its prompt, in both forms.

A digit is a token of its own, and its alternatives are the digits of the scale: most of the probability lies on what
was answered, the rest falls off with the distance, as a judge's does.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from tasks.llm.standin.choice import number_of, share_of
from tasks.llm.standin.tokens import CHARS_PER_TOKEN

_TOKEN = re.compile(rf"\d|[^\d]{{1,{CHARS_PER_TOKEN}}}", re.DOTALL)
_SCALE = ("1", "2", "3", "4", "5")
# What an answer's own token gets at least and at most.
_LOW, _HIGH = 0.6, 0.98
_FALL_OFF = 0.3  # of the probability per step of the scale
_WORDS = (" the", " a", " of", " and", " to", " in", " it", " is", ".", ",", "\n", " for", " you", " on", " as", " be")


@dataclass(frozen=True)
class Token:
    """One token: where it stands in the answer, its log probability, and the likeliest ones, itself among them."""

    text: str
    offset: int
    logprob: float
    top: dict[str, float]


def tokens_of(answer: str, key: str, count: int) -> list[Token]:
    """Return the tokens of `answer` with `count` alternatives each. `key` stands for what was asked, and of whom."""
    return [_token(match, key, count) for match in _TOKEN.finditer(answer)]


def _token(match: re.Match[str], key: str, count: int) -> Token:
    text, offset = match[0], match.start()
    own = _LOW + (_HIGH - _LOW) * share_of("own", key, offset, text)
    rest = _digits(text) if text in _SCALE else _words(text, key, offset)
    whole = sum(rest.values())
    shares = {text: own, **{other: (1 - own) * share / whole for other, share in rest.items()}}
    logs = {token: round(math.log(share), 6) for token, share in shares.items()}
    top = dict(sorted(logs.items(), key=lambda item: (-item[1], item[0]))[:count])
    # What was answered is told in any case.
    return Token(text, offset, logs[text], top if count == 0 or text in top else {**top, text: logs[text]})


def _digits(text: str) -> dict[str, float]:
    return {digit: _FALL_OFF ** abs(int(digit) - int(text)) for digit in _SCALE if digit != text}


def _words(text: str, key: str, offset: int) -> dict[str, float]:
    first = number_of("alternatives", key, offset)
    return {
        _WORDS[(first + step) % len(_WORDS)]: 0.5**step
        for step in range(5)
        if _WORDS[(first + step) % len(_WORDS)] != text
    }


def chat_logprobs(tokens: list[Token]) -> dict[str, Any]:
    """Return the tokens in the form of a chat answer."""
    return {
        "content": [
            {**_entry(token.text, token.logprob), "top_logprobs": [_entry(*item) for item in token.top.items()]}
            for token in tokens
        ]
    }


def completion_logprobs(tokens: list[Token]) -> dict[str, Any]:
    """Return the tokens in the form of a plain completion."""
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": [token.top for token in tokens],
        "text_offset": [token.offset for token in tokens],
    }


def _entry(text: str, logprob: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode("utf-8", "replace"))}
