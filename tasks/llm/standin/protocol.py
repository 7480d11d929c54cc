"""Requests of the OpenAI protocol, as far as it is spoken here: reading and refusing them."""

import json
from dataclasses import dataclass
from typing import Any

from tasks.llm.standin.tokens import count_tokens

MODEL = "backforth-standin"
MAX_MODEL_LEN = 8192
MOST_LOGPROBS = 20  # alternatives per token, the default limit of vLLM
DEFAULT_COMPLETION_TOKENS = 16  # of POST /v1/completions, as in the OpenAI reference; chat has no default limit


class RequestError(Exception):
    """A request that will not be answered: HTTP status, and the type and message of the error object."""

    def __init__(self, status: int, message: str, kind: str = "BadRequestError", param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.param = param

    def body(self) -> dict[str, Any]:
        """Return the error in the form of the protocol."""
        return {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.status}}


@dataclass(frozen=True)
class Sampling:
    """The parameters of a request that can change an answer. `logprobs` is None where none are asked for."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int | None = None
    seed: int | None = None
    logprobs: int | None = None
    as_json: bool = False


def read_body(raw: bytes) -> dict[str, Any]:
    """Parse a request's body. Raises RequestError 400 when it is not a JSON object."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, f"the body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise RequestError(400, f"the body must be a JSON object, not {type(body).__name__}")
    return body


def check_model(body: dict[str, Any]) -> None:
    """Raise RequestError 404 for a model that is not served here."""
    if body.get("model") != MODEL:
        raise RequestError(
            404, f"The model `{body.get('model')}` does not exist; served here: {MODEL}", "NotFoundError", "model"
        )


def read_sampling(body: dict[str, Any]) -> Sampling:
    """Return a request's sampling parameters. Raises RequestError 400 for values out of range."""
    limit = body.get("max_completion_tokens")
    return Sampling(
        temperature=_number(body, "temperature", 1.0, 0.0, 2.0),
        top_p=_number(body, "top_p", 1.0, 0.0, 1.0),
        max_tokens=_whole(body, "max_tokens" if limit is None else "max_completion_tokens", 1),
        seed=_whole(body, "seed", None),
        logprobs=_logprobs(body),
        as_json=_wants_json(body),
    )


def _logprobs(body: dict[str, Any]) -> int | None:
    """Return the number of alternatives asked for. Chat says `logprobs: true, top_logprobs: n`, the other form n."""
    wanted, name = body.get("logprobs"), "logprobs"
    if "messages" in body:
        if wanted not in (None, True, False):
            raise RequestError(400, f"logprobs must be true or false, got {wanted!r}", param="logprobs")
        if not wanted:
            return None
        name = "top_logprobs"
    count = _whole(body, name, 0)
    if count is not None and count > MOST_LOGPROBS:
        raise RequestError(400, f"{name} must be at most {MOST_LOGPROBS}, got {count}", param=name)
    return (count or 0) if wanted is not None else None


def _wants_json(body: dict[str, Any]) -> bool:
    """Say whether a JSON answer is asked for. Only the schema of a judgement is known here."""
    form = body.get("response_format")
    if form is None or form == {"type": "text"}:
        return False
    try:
        names = set(form["json_schema"]["schema"]["properties"]) if form["type"] == "json_schema" else None
    except (TypeError, LookupError):
        names = None
    if names != {"reasoning", "score"}:
        message = "response_format must be a json_schema with the properties reasoning and score, or text"
        raise RequestError(400, message, param="response_format")
    return True


def _number(body: dict[str, Any], name: str, default: float, low: float, high: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RequestError(400, f"{name} must be a number from {low:g} to {high:g}, got {value!r}", param=name)
    return float(value)


def _whole(body: dict[str, Any], name: str, low: int | None) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or (low is not None and value < low):
        least = "" if low is None else f" from {low}"
        raise RequestError(400, f"{name} must be a whole number{least}, got {value!r}", param=name)
    return value


def check_supported(body: dict[str, Any]) -> None:
    """Raise RequestError 400 for what the protocol knows and this server does not do."""
    if body.get("n") not in (None, 1):
        raise RequestError(400, f"n must be 1, got {body.get('n')!r}", param="n")
    if body.get("stream"):
        raise RequestError(400, "stream is not served here: leave it out", param="stream")


def chat_prompt(body: dict[str, Any]) -> str:
    """Return the text of the last user message. Raises RequestError 400 when there is none."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise RequestError(400, "messages must be a list with at least one message", param="messages")
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role") == "user":
            return _message_text(message.get("content"))
    raise RequestError(400, "messages hold no message of the role user", param="messages")


def _message_text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        if len(parts) == len(content) and all(isinstance(part, str) for part in parts):
            return "\n".join(map(str, parts))
    raise RequestError(400, "a message's content must be text", param="messages")


def completion_prompts(body: dict[str, Any]) -> list[str]:
    """Return the prompts of a completions request. Raises RequestError 400 unless it is a text or a list of texts."""
    prompt = body.get("prompt")
    prompts = [prompt] if isinstance(prompt, str) else prompt
    if not isinstance(prompts, list) or not prompts or not all(isinstance(one, str) for one in prompts):
        raise RequestError(400, "prompt must be a text or a list of texts", param="prompt")
    return prompts


def check_text(text: str) -> None:
    """Raise RequestError 400 for a prompt with half a surrogate pair, as vLLM does: JSON can hold one, Unicode not."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RequestError(400, f"the prompt is no Unicode text: {error.reason}", param="prompt") from error


def check_length(text: str, sampling: Sampling) -> None:
    """Raise RequestError 400 when prompt and answer cannot fit the context, as vLLM does."""
    used = count_tokens(text)
    wanted = sampling.max_tokens or 1
    if used + wanted > MAX_MODEL_LEN:
        raise RequestError(
            400,
            f"This model's maximum context length is {MAX_MODEL_LEN} tokens. However, you requested {used + wanted} "
            f"tokens ({used} in the prompt, {wanted} for the answer). Please shorten the prompt or lower max_tokens",
            param="max_tokens" if used < MAX_MODEL_LEN else "prompt",
        )
