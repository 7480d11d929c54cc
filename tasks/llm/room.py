"""Does a prompt, with the answer it may get, fit the model's context? Asked before it is sent.

Tokens are counted by the model's own tokenizer: a local folder, or the server's /tokenize. A text of n bytes has at
most n tokens, so that most prompts need no counting.
"""

from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.errors import ConfigError
from tasks.llm.client import QuestionRefused
from tasks.llm.request import Refused, Request
from tasks.llm.tokenizer import LocalTokenizer
from tasks.llm.wire import api_of

# What a chat template may add around a prompt that the server writes out, in tokens.
TEMPLATE_TOKENS = 64
REASON = "prompt_too_long"


class Room:
    """`client` is asked only where the model has a context limit and no local tokenizer."""

    def __init__(self, config: LlmConfig, tokenizer: LocalTokenizer | None, client: Any) -> None:
        self._config = config
        self._limit = config.served_by.context_tokens
        self._tokenizer = tokenizer
        self._client = client

    def refusal(self, request: Request) -> Refused | None:
        """Return why `request` is not to be sent, None when it fits or nothing is known of the context."""
        if self._limit is None or self._config.tokens_needed(_most_tokens(request.text)) <= self._limit:
            return None
        try:
            count = self._count(request)
        except QuestionRefused as error:
            return Refused(request.generation_id, f"it cannot be counted: {error}", REASON)
        needed = self._config.tokens_needed(count)
        if needed <= self._limit:
            return None
        detail = f"the prompt has {count} tokens; with its answer it needs {needed}, the model has {self._limit}"
        return Refused(request.generation_id, detail, REASON)

    def _count(self, request: Request) -> int:
        if self._tokenizer is not None:
            extra = 0 if api_of(request) == "completions" else TEMPLATE_TOKENS
            return self._tokenizer.count(request.text) + extra
        messages = [{"role": "user", "content": request.text}]
        told = self._client.post("/tokenize", {"model": request.model_name, "messages": messages})
        try:
            return int(told["count"])
        except (LookupError, TypeError, ValueError) as error:
            raise ConfigError(
                f"model {request.model_name}: /tokenize gave no `count` but {told!r:.200}; give `tokenizer`, a folder "
                "with the model's tokenizer, beside `context_tokens`"
            ) from error


def _most_tokens(text: str) -> int:
    return len(text.encode("utf-8", "replace")) + TEMPLATE_TOKENS
