"""Whether a prompt fits the model's context: mostly known without counting, and never a crash."""

from pathlib import Path
from typing import Any

import pytest

from tasks.core.config import BacktranslateConfig, LlmConfig
from tasks.core.errors import ConfigError, RetriableError
from tasks.llm.client import QuestionRefused
from tasks.llm.room import REASON, TEMPLATE_TOKENS, Room
from tasks.llm.tokenizer import LocalTokenizer
from tests.llm.asking import SAMPLING, request
from tests.llm.made_tokenizer import make_tokenizer
from tests.llm.model_server import MODEL

COMPLETIONS = {**SAMPLING, "api": "completions", "chat_template": "t"}


class Server:
    """Says of each prompt that it has as many tokens as words, and remembers what it was asked."""

    def __init__(self, told: Any = None) -> None:
        self.told = told
        self.asked: list[tuple[str, Any]] = []

    def post(self, path: str, body: Any) -> Any:
        self.asked.append((path, body))
        if isinstance(self.told, Exception):
            raise self.told
        return {"count": len(body["messages"][0]["content"].split())} if self.told is None else self.told


def config(context: int | None, kind: type[LlmConfig] = LlmConfig, **fields: Any) -> LlmConfig:
    model = {"connection": "c", "name": MODEL, "revision": "r1", "context_tokens": context}
    return kind.model_validate({"model": model, "max_tokens": 100, **fields})


def test_nothing_is_counted_where_nothing_is_known_of_the_context() -> None:
    """Without `context_tokens` the server decides."""
    server = Server()
    assert Room(config(None), None, server).refusal(request("word " * 10**5)) is None
    assert server.asked == []


def test_a_text_has_no_more_tokens_than_bytes() -> None:
    """What fits even so is not counted; one byte more is."""
    server = Server()
    room = Room(config(1000), None, server)
    limit = 1000 - 100 - TEMPLATE_TOKENS
    assert room.refusal(request("a" * limit)) is None
    assert room.refusal(request("\u00e9" * (limit // 2))) is None
    assert server.asked == []
    assert room.refusal(request("a" * (limit + 1))) is None
    assert room.refusal(request("\u00e9" * (limit // 2 + 1))) is None
    assert len(server.asked) == 2


def test_the_server_counts_with_its_own_template() -> None:
    """The conversation is asked for, as it will be sent; what just fits is sent, one token more is not."""
    server = Server()
    room = Room(config(1000), None, server)
    fits, long = request("word " * 900), request("word " * 901)
    assert room.refusal(fits) is None
    assert server.asked == [
        ("/tokenize", {"model": MODEL, "messages": [{"role": "user", "content": fits.text}]}),
    ]
    refused = room.refusal(long)
    assert refused is not None
    assert (refused.generation_id, refused.reason) == (long.generation_id, REASON)
    assert refused.detail == "the prompt has 901 tokens; with its answer it needs 1001, the model has 1000"


def test_the_local_tokenizer_is_preferred(tmp_path: Path) -> None:
    """No question is asked; a prompt of chat leaves room for the template that the server adds."""
    tokenizer, server = LocalTokenizer(make_tokenizer(tmp_path)), Server()
    room = Room(config(1000), tokenizer, server)
    # Each special token is one token, though it has many bytes.
    text = "<|assistant|>" * 836
    assert room.refusal(request(text)) is None
    assert room.refusal(request(text + "a")) is not None
    assert room.refusal(request("<|assistant|>" * 900, sampling=COMPLETIONS)) is None
    assert room.refusal(request("<|assistant|>" * 901, sampling=COMPLETIONS)) is not None
    assert server.asked == []


def test_each_stage_knows_what_it_needs() -> None:
    """A document whose rewrite would not fit is not asked for its instruction either."""
    long = request("word " * 500)
    assert Room(config(1000), None, Server()).refusal(long) is None
    refused = Room(config(1000, BacktranslateConfig), None, Server()).refusal(long)
    assert refused is not None and "it needs 1100" in refused.detail


@pytest.mark.parametrize("text", ["a\ud800b" * 1000, "\x00" * 3000, "\U0001f375" * 1000, "a" * 10**6])
def test_any_text_is_measured(tmp_path: Path, text: str) -> None:
    """Hostile texts are too long or they are not."""
    tokenizer = LocalTokenizer(make_tokenizer(tmp_path))
    refused = Room(config(1000), tokenizer, None).refusal(request(text, rendered_sha256="r"))
    assert refused is not None and refused.reason == REASON


def test_a_text_that_cannot_be_counted_is_too_long() -> None:
    """A server that will not even count it will not answer it: that row is rejected, not the shard."""
    room = Room(config(1000), None, Server(QuestionRefused("HTTP 400: 9999 tokens")))
    refused = room.refusal(request("word " * 901))
    assert refused is not None and refused.reason == REASON and "HTTP 400: 9999 tokens" in refused.detail


@pytest.mark.parametrize("error", [RetriableError("away"), ConfigError("HTTP 404")])
def test_a_server_that_is_away_fails_the_try(error: Exception) -> None:
    """Nothing is sent without knowing that it fits."""
    with pytest.raises(type(error)):
        Room(config(1000), None, Server(error)).refusal(request("word " * 901))


@pytest.mark.parametrize("told", [{}, [], "many", {"count": None}, {"count": "many"}, {"tokens": [1, 2]}])
def test_a_server_that_cannot_count_is_a_configuration_error(told: Any) -> None:
    """The message says what to give instead."""
    with pytest.raises(ConfigError, match="give `tokenizer`"):
        Room(config(1000), None, Server(told)).refusal(request("word " * 901))
