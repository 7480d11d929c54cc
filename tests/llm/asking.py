"""Requests of one prompt and of many, and a client to send them with."""

from typing import Any

from tasks.core.config import ModelSpec
from tasks.llm.client import OpenAIClient
from tasks.llm.request import Answer, Refused, Request
from tests.llm.model_server import MODEL

SAMPLING = {"temperature": 0.5, "top_p": 0.9, "max_tokens": 64}


def request(text: str = "What is tea?", **changes: Any) -> Request:
    """A request whose id follows from its text."""
    fields = {
        "stage": "score",
        "prompt_id": "p",
        "text": text,
        "rendered_sha256": text,
        "model_name": MODEL,
        "model_revision": "r1",
        "sampling": SAMPLING,
        "seed": 11,
        "attempt": 0,
    }
    return Request(**{**fields, **changes})


def completions(count: int, **sampling: Any) -> list[Request]:
    """Requests that may travel together."""
    fields = {**SAMPLING, "api": "completions", "chat_template": "t", **sampling}
    return [request(f"prompt {number}", sampling=fields, seed=None) for number in range(count)]


def said(answers: list[Answer | Refused]) -> dict[str, str]:
    """What was answered to each prompt; fails where one was answered twice."""
    found = {item.generation_id: item.output_text for item in answers if isinstance(item, Answer)}
    assert len({item.generation_id for item in answers}) == len(answers), "answered twice"
    return found


def shouted(requests: list[Request]) -> dict[str, str]:
    """What the servers here answer to each of `requests`."""
    return {item.generation_id: item.text.upper() for item in requests}


def client(*urls: str, api_key: str = "", demo: bool = False, **model: Any) -> OpenAIClient:
    """A client of the servers at `urls`."""
    fields = {"connection": "c", "name": MODEL, "revision": "r1", "concurrency": 4, "timeout_seconds": 5.0, **model}
    return OpenAIClient(base_url=urls, model=ModelSpec(**fields), api_key=api_key, demo=demo)
