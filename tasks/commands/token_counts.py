"""Counts tokens as a model would, without asking it to generate anything."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.core.config import ModelSpec
from tasks.core.errors import PipelineError
from tasks.llm.client import OpenAIClient
from tasks.llm.tokenizer import local_tokenizer

# What is usual for English with the tokenizers of present models.
CHARS_PER_TOKEN = 4


@dataclass(frozen=True)
class TokenCounter:
    """`count(text)` in tokens; `how` says by whom they are counted."""

    how: str
    count: Callable[[str], int]


def token_counter(model: ModelSpec, open_client: Callable[[], OpenAIClient]) -> TokenCounter:
    """Return the best counter there is: the server's /tokenize, the local tokenizer, else four characters a token.

    Raises ConfigError when the local tokenizer is another one than the specification says.
    """
    try:
        client = open_client()

        def ask(text: str) -> int:
            return int(client.post("/tokenize", {"model": model.name, "prompt": text})["count"])

        ask("one two")
    except (PipelineError, LookupError, TypeError, ValueError):
        tokenizer = local_tokenizer(model)
    else:
        return TokenCounter("the server's /tokenize", ask)
    if tokenizer is not None:
        return TokenCounter(f"the tokenizer in {model.tokenizer}", tokenizer.count)
    return TokenCounter(f"{CHARS_PER_TOKEN} characters a token", lambda text: -(-len(text) // CHARS_PER_TOKEN))
