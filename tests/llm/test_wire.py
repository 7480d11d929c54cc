"""What is sent and what is read, in both forms of the protocol; anything that is no answer is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.errors import ConfigError
from tasks.llm.request import Request
from tasks.llm.wire import NoAnswer, batch_key, decode, encode
from tests.llm.asking import SAMPLING, completions, request
from tests.llm.model_server import MODEL, Reply, chat, completion

FACTS = {"seconds": 0.5}
PROBABLE = {"logprobs": True, "top_logprobs": 5}


def read(requests: list[Request], reply: Reply) -> list[Any]:
    return decode(requests, reply[2], FACTS)


def prompts(requests: list[Request]) -> dict[str, Any]:
    return {"prompt": [item.text for item in requests]}


def test_chat_body_holds_one_message_and_the_seed() -> None:
    """The prompt is the user's message; what the stage adds to the sampling goes along by its own name."""
    schema = {"type": "json_schema", "json_schema": {"name": "judgement", "schema": {}}}
    body = json.loads(encode([request("Tea?", sampling={**SAMPLING, **PROBABLE, "response_format": schema})]))
    assert body == {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Tea?"}],
        "seed": 11,
        **SAMPLING,
        "logprobs": True,
        "top_logprobs": 5,
        "response_format": schema,
    }


def test_completions_body_holds_many_prompts_and_no_seed() -> None:
    """How it is sent is no parameter of the server; the template is written out, so that none is added."""
    requests = completions(3)
    assert json.loads(encode(requests)) == {
        "model": MODEL,
        "prompt": ["prompt 0", "prompt 1", "prompt 2"],
        "add_special_tokens": False,
        **SAMPLING,
    }


def test_completions_ask_for_logprobs_by_their_number() -> None:
    """This form has one parameter for what chat has two."""
    body = json.loads(encode(completions(1, **PROBABLE)))
    assert body["logprobs"] == 5 and "top_logprobs" not in body
    body = json.loads(encode(completions(1, logprobs=False)))
    assert "logprobs" not in body
    assert "logprobs" in completions(1, **PROBABLE)[0].sampling, "the request itself is not changed"


def test_only_equal_sampling_travels_together() -> None:
    """One request has one model and one sampling, whatever its prompts; the attempt is not sent."""
    first, second = completions(2)
    assert batch_key(first) == batch_key(second)
    assert batch_key(first) == batch_key(request("other", sampling=dict(reversed(first.sampling.items())), attempt=3))
    assert batch_key(first) != batch_key(completions(1, max_tokens=9)[0])
    assert batch_key(first) != batch_key(request("other", sampling=first.sampling, model_name="big"))


@pytest.mark.parametrize("text", ["a\ud800b", "nul \x00 byte", '\U0001f375 \u2028 "quoted" \\ \x7f'])
def test_any_text_is_valid_json_on_the_wire(text: str) -> None:
    """Lone surrogates and NUL go out escaped: refusing them is for the server, and harms that prompt alone."""
    data = encode([request(text)])
    assert data.isascii()
    assert json.loads(data)["messages"][0]["content"] == text


def test_chat_answer() -> None:
    """Text, finish reason, the server's counts and our facts."""
    (answer,) = read([request()], chat("Tea.", finish="length"))
    assert (answer.generation_id, answer.output_text) == (request().generation_id, "Tea.")
    assert (answer.finish_reason, answer.prompt_tokens, answer.output_tokens) == ("length", 7, 3)
    assert answer.facts == FACTS


def test_completions_answers_follow_their_indexes() -> None:
    """The order in which the choices come says nothing."""
    requests = completions(4)
    body = json.loads(completion(prompts(requests))[2])
    body["choices"] = [body["choices"][number] for number in (2, 0, 3, 1)]
    answers = decode(requests, json.dumps(body).encode(), FACTS)
    assert [answer.output_text for answer in answers] == ["PROMPT 0", "PROMPT 1", "PROMPT 2", "PROMPT 3"]
    assert [answer.generation_id for answer in answers] == [item.generation_id for item in requests]


def test_usage_is_shared_by_length() -> None:
    """The server counts a request as a whole: longer texts are charged more, and nothing is lost."""
    requests = [request("p" * size, sampling=completions(1)[0].sampling) for size in (10, 30, 60)]
    usage = {"prompt_tokens": 50, "completion_tokens": 10}
    answers = read(requests, completion(prompts(requests), lambda text: "x" * (100 - len(text)), usage=usage))
    assert [answer.prompt_tokens for answer in answers] == [5, 15, 30]
    assert [answer.output_tokens for answer in answers] == [4, 4, 2]
    empty = read(requests, completion(prompts(requests), lambda text: "", usage=usage))
    assert sum(answer.output_tokens for answer in empty) == 10


@given(st.integers(0, 10**6), st.lists(st.integers(0, 500), min_size=1, max_size=20))
def test_shares_add_up(count: int, lengths: list[int]) -> None:
    """Whatever the lengths, the counts of the answers are those of the request, and none is negative."""
    requests = [request("p" * length, sampling=completions(1)[0].sampling) for length in lengths]
    answers = read(requests, completion(prompts(requests), usage={"prompt_tokens": count}))
    assert sum(answer.prompt_tokens for answer in answers) == count
    assert min(answer.prompt_tokens for answer in answers) >= 0


def without(name: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in choice.items() if key != name}


BAD_CHOICES: dict[str, Any] = {
    "fewer": lambda choices: choices[:2],
    "more": lambda choices: [*choices, {**choices[0], "index": 3}],
    "twice the answers": lambda choices: [*choices, *choices],
    "an index twice": lambda choices: [choices[0], choices[1], {**choices[2], "index": 1}],
    "an index too high": lambda choices: [choices[0], choices[1], {**choices[2], "index": 3}],
    "an index that is missing": lambda choices: [choices[0], choices[1], without("index", choices[2])],
    "an index that is no number": lambda choices: [choices[0], choices[1], {**choices[2], "index": "last"}],
    "an infinite index": lambda choices: [choices[0], choices[1], {**choices[2], "index": float("inf")}],
    "null text": lambda choices: [choices[0], {**choices[1], "text": None}, choices[2]],
    "no text": lambda choices: [choices[0], without("text", choices[1]), choices[2]],
    "a text that is a list": lambda choices: [choices[0], {**choices[1], "text": ["t"]}, choices[2]],
    "a choice that is null": lambda choices: [choices[0], None, choices[2]],
    "a choice of chat": lambda choices: [{"index": n, "message": {"content": "c"}} for n in range(3)],
    "none": lambda choices: [],
    "null": lambda choices: None,
    "a text": lambda choices: "abc",
    "an object": lambda choices: {"0": 1, "1": 2, "2": 3},
}


@pytest.mark.parametrize("name", BAD_CHOICES)
def test_bad_choices_are_no_answer(name: str) -> None:
    """One answer for each prompt, or none at all: there is no telling which of them would be right."""
    requests = completions(3)
    body = json.loads(completion(prompts(requests))[2])
    body["choices"] = BAD_CHOICES[name](body["choices"])
    with pytest.raises(NoAnswer):
        decode(requests, json.dumps(body).encode(), FACTS)


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b"[", b'{"choices": [{"te', b"null", b"7", b"\xff", b"[" * 10**5]
)
def test_what_is_no_json_object_is_no_answer(data: bytes) -> None:
    """Half a JSON, an HTML page, nothing at all."""
    for requests in ([request()], completions(2)):
        with pytest.raises(NoAnswer):
            decode(requests, data, FACTS)


@pytest.mark.parametrize("count", [-1, 2**31, 1e300, float("nan"), "many", [], {}])
@pytest.mark.parametrize("name", ["prompt_tokens", "completion_tokens"])
def test_an_impossible_usage_is_no_answer(name: str, count: Any) -> None:
    """The store refuses what cannot be counted, and what is charged must be true; an empty count is no count."""
    reply = chat(usage={name: count})
    if count in ([], {}):
        assert len(read([request()], reply)) == 1
    else:
        with pytest.raises(NoAnswer):
            read([request()], reply)


@pytest.mark.parametrize("finish", ["abort", "error"])
def test_an_answer_that_was_broken_off_is_no_answer(finish: str) -> None:
    """A server that is stopped sends what it has so far, with a 200."""
    with pytest.raises(NoAnswer, match=finish):
        read([request()], chat("Half an ans", finish=finish))
    requests = completions(2)
    body = json.loads(completion(prompts(requests))[2])
    body["choices"][1]["finish_reason"] = finish
    with pytest.raises(NoAnswer, match=finish):
        decode(requests, json.dumps(body).encode(), FACTS)


@pytest.mark.parametrize("model", ["other", "tiny-2", "", ["tiny"], 7])
def test_another_model_is_a_configuration_error(model: Any) -> None:
    """In both forms: an answer of a model that was not asked would make the lineage lie."""
    with pytest.raises(ConfigError, match="the server answered as"):
        read([request()], chat(model=model))
    requests = completions(2)
    with pytest.raises(ConfigError, match="the server answered as"):
        read(requests, completion(prompts(requests), model=model))


@pytest.mark.parametrize(
    ("text", "stored"), [("a\x00b", "a\ufffdb"), ("a\udfffb", "a?b"), ("\ud83c\udf75", "\U0001f375")]
)
def test_what_cannot_be_stored_is_replaced(text: str, stored: str) -> None:
    """In both forms, and in the finish reason too; two surrogates that belong together are one character."""
    (answer,) = read([request()], chat(text, finish=text))
    assert (answer.output_text, answer.finish_reason) == (stored, stored)
    requests = completions(2)
    assert [a.output_text for a in read(requests, completion(prompts(requests), lambda _: text))] == [stored] * 2


def chat_logprobs(tokens: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    content = [
        {
            "token": token,
            "logprob": top.get(token, -9.0),
            "top_logprobs": [{"token": other, "logprob": value} for other, value in top.items()],
        }
        for token, top in tokens
    ]
    return {"content": content}


def completion_logprobs(tokens: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    return {
        "tokens": [token for token, _ in tokens],
        "token_logprobs": [top.get(token, -9.0) for token, top in tokens],
        "top_logprobs": [top or None for _, top in tokens],
    }


def digits(tokens: list[tuple[str, dict[str, Any]]], text: str) -> list[Any]:
    """Return what both forms make of an answer `text` that came as `tokens`, which must be the same."""
    choice = {"message": {"content": text}, "finish_reason": "stop", "logprobs": chat_logprobs(tokens)}
    (of_chat,) = read([request(sampling={**SAMPLING, **PROBABLE})], chat(choices=[choice]))
    choice = {"text": text, "finish_reason": "stop", "logprobs": completion_logprobs(tokens)}
    (of_completions,) = read(completions(1, **PROBABLE), chat(choices=[choice]))
    assert of_chat.facts == of_completions.facts
    found = of_chat.facts["digit_logprobs"]
    assert isinstance(found, list)
    return found


def test_digits_of_the_scale_with_their_alternatives() -> None:
    """Only tokens that are one digit of 1 to 5, with the logprobs of the digits; the best of those that look alike."""
    tokens = [
        ("Score", {"Score": -0.1}),
        (":", {}),
        (" 4", {" 4": -0.25, "4": -2.0, " 5": -1.5, " four": -3.0, "7": -4.0, "6": -5.0}),
        (" of", {" of": -0.1, "5": -0.3}),
        (" 10", {" 10": -0.1}),
        (" 5", {"4": -1.25, " 4": -1.5}),
        ("\n", {}),
    ]
    assert digits(tokens, "Score: 4 of 10 5\n") == [
        {"offset": 6, "top": {"4": -0.25, "5": -1.5}},
        {"offset": 14, "top": {"4": -1.25, "5": -9.0}},
    ]


def test_offsets_are_places_in_the_answer() -> None:
    """Tokens need not add up to the text: parts of one character, a stop token, a first space that is cut."""
    half = "\ufffd"
    tokens = [
        (" Good", {}),
        (half, {}),
        (half, {}),
        (half, {}),
        (" Score", {}),
        (": ", {}),
        ("3", {"3": -0.5}),
        ("</s>", {}),
    ]
    text = "Good \N{TEACUP WITHOUT HANDLE} Score: 3"
    assert "3" not in text[:-1]
    (found,) = digits(tokens, text)
    assert text[found["offset"] :] == "3"
    (found,) = digits([("", {}), ("4", {"4": -0.5}), ("", {})], "4")
    assert found["offset"] == 0


def test_a_digit_that_the_answer_does_not_hold_is_left_out() -> None:
    """Reasoning that the server cut out of the text has tokens all the same."""
    assert digits([("2", {"2": -0.1}), ("fine", {})], "fine") == []


@pytest.mark.parametrize("value", [None, float("nan"), float("-inf"), "low"])
def test_a_logprob_that_is_no_number_is_left_out(value: Any) -> None:
    """JSON knows no infinity, servers do."""
    assert digits([("4", {"4": -0.5, "5": value})], "4") == [{"offset": 0, "top": {"4": -0.5}}]


def test_logprobs_that_were_not_asked_for_are_not_stored() -> None:
    """And those that were asked for and did not come are simply not there."""
    choice = {"message": {"content": "4"}, "logprobs": chat_logprobs([("4", {"4": -0.5})])}
    (answer,) = read([request()], chat(choices=[choice]))
    assert answer.facts == FACTS
    asked = [request(sampling={**SAMPLING, **PROBABLE})]
    (answer,) = read(asked, chat("4"))
    assert answer.facts == FACTS
    choice["logprobs"] = {"content": None}
    (answer,) = read(asked, chat(choices=[choice]))
    assert answer.facts == {**FACTS, "digit_logprobs": []}


@pytest.mark.parametrize("logprobs", ["high", [1], {"content": [None]}, {"content": [{"token": "4"}]}, {"other": 1}])
def test_logprobs_out_of_shape_are_no_answer(logprobs: Any) -> None:
    """A stage that weighs by them must not take half of them."""
    choice = {"message": {"content": "4"}, "logprobs": logprobs}
    with pytest.raises(NoAnswer):
        read([request(sampling={**SAMPLING, **PROBABLE})], chat(choices=[choice]))
