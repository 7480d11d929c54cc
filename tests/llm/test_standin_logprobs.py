"""The stand-in's made-up probabilities, and its JSON judgements."""

import json
import math
from collections.abc import Iterator

import httpx
import pytest

from tasks.llm.prompts import load_prompt
from tasks.llm.standin.logprobs import tokens_of
from tests.llm.standin_process import MODEL, ask, standin
from tests.llm.standin_texts import HINGE

VALUES = {"document": HINGE, "instruction": "How do I fix a squeaking door hinge?"}
JUDGE = load_prompt("score", 1).render(**VALUES)
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "judgement",
        "schema": {"type": "object", "properties": {"reasoning": {"type": "string"}, "score": {"type": "integer"}}},
    },
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with standin() as started:
        yield started


def test_score_token_is_peaked_at_what_was_answered() -> None:
    """A digit is a token of its own, whose alternatives are the scale, falling off with the distance."""
    last = tokens_of("It helps.\n\nScore: 4", "key", 20)[-1]
    assert (last.text, last.offset) == ("4", 18)
    assert set(last.top) == {"1", "2", "3", "4", "5"}
    assert last.top["4"] > last.top["3"] == last.top["5"] > last.top["2"] > last.top["1"]
    assert sum(math.exp(value) for value in last.top.values()) == pytest.approx(1.0, abs=1e-4)


def test_tokens_make_up_the_answer_and_are_the_same_each_time() -> None:
    """Nothing is left out between the tokens, and the numbers depend on what was asked alone."""
    text = "One of 3 things, 10 of 12. " * 5
    tokens = tokens_of(text, "key", 5)
    assert "".join(token.text for token in tokens) == text
    assert [text[token.offset :].startswith(token.text) for token in tokens] == [True] * len(tokens)
    assert all(len(token.top) == 5 and token.top[token.text] == token.logprob for token in tokens)
    assert tokens == tokens_of(text, "key", 5) != tokens_of(text, "other", 5)


def test_chat_form(client: httpx.Client) -> None:
    """Chat gives a list of tokens, each with its alternatives; nothing where none were asked for."""
    choice = ask(client, JUDGE, logprobs=True, top_logprobs=5).json()["choices"][0]
    content = choice["logprobs"]["content"]
    assert "".join(token["token"] for token in content) == choice["message"]["content"]
    assert content[-1]["token"] == choice["message"]["content"][-1]
    assert {item["token"] for item in content[-1]["top_logprobs"]} == {"1", "2", "3", "4", "5"}
    assert ask(client, JUDGE).json()["choices"][0]["logprobs"] is None


def test_completions_form(client: httpx.Client) -> None:
    """Completions give four lists of one length, for each prompt its own."""
    body = {"model": MODEL, "prompt": [JUDGE, "Hello"], "max_tokens": 200, "logprobs": 5}
    response = client.post("/v1/completions", json=body).json()
    for choice in response["choices"]:
        logprobs = choice["logprobs"]
        assert "".join(logprobs["tokens"]) == choice["text"]
        assert len({len(values) for values in logprobs.values()}) == 1
        assert logprobs["text_offset"][:1] == [0]
        own = zip(logprobs["tokens"], logprobs["token_logprobs"], logprobs["top_logprobs"], strict=True)
        assert all(top[token] == logprob for token, logprob, top in own)


@pytest.mark.parametrize(
    ("path", "asked", "word"),
    [
        ("chat", {"logprobs": 5}, "logprobs must be true or false"),
        ("chat", {"logprobs": True, "top_logprobs": 21}, "top_logprobs must be at most 20"),
        ("plain", {"logprobs": True}, "logprobs must be a whole number"),
        ("plain", {"logprobs": 21}, "logprobs must be at most 20"),
        ("chat", {"response_format": {"type": "json_object"}}, "response_format"),
        ("plain", {"response_format": "json"}, "response_format"),
    ],
)
def test_what_is_not_served_is_refused(client: httpx.Client, path: str, asked: dict, word: str) -> None:
    """Each form has its own way to ask, as on a real server."""
    if path == "chat":
        response = ask(client, "Hello", **asked)
    else:
        response = client.post("/v1/completions", json={"model": MODEL, "prompt": "Hello", **asked})
    assert response.status_code == 400
    assert word in response.json()["error"]["message"]


@pytest.mark.parametrize("path", ["chat", "plain"])
def test_schema_gives_a_judgement_as_json(client: httpx.Client, path: str) -> None:
    """The same judgement comes as an object, in both forms; other stages answer as ever."""
    said = ask(client, JUDGE, seed=1).json()["choices"][0]["message"]["content"]
    if path == "chat":
        text = ask(client, JUDGE, seed=1, response_format=SCHEMA).json()["choices"][0]["message"]["content"]
    else:
        body = {"model": MODEL, "prompt": [JUDGE], "max_tokens": 400, "seed": 1, "response_format": SCHEMA}
        text = client.post("/v1/completions", json=body).json()["choices"][0]["text"]
    judgement = json.loads(text)
    assert f"{judgement['reasoning']}\n\nScore: {judgement['score']}" == said
