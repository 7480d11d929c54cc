"""How judgements are asked for and read: text, JSON by schema, and expected values."""

import json
import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.config import ScoreConfig
from tasks.core.errors import DataError
from tasks.llm.request import Answer
from tasks.score.modes import read_judgement

STRUCTURED = ScoreConfig(mode="structured").sampling()
EXPECTED = ScoreConfig(mode="expected").sampling()
SCHEMA = STRUCTURED["response_format"]["json_schema"]["schema"]


def answer(text: str, finish_reason: str = "stop", **facts: Any) -> Answer:
    return Answer("g", text, finish_reason, 7, 3, facts)


def reason(text: str, sampling: dict[str, Any], finish_reason: str = "stop", **facts: Any) -> str:
    with pytest.raises(DataError) as caught:
        read_judgement(answer(text, finish_reason, **facts), sampling)
    return caught.value.reason


def test_each_mode_asks_for_what_it_needs() -> None:
    """Text mode asks as the paper did; the others add what the server must do, by which they are known again."""
    plain = ScoreConfig().sampling()
    assert plain == {"temperature": 1.0, "top_p": 0.9, "max_tokens": 512}
    assert {**plain, "logprobs": True, "top_logprobs": 20} == EXPECTED
    assert {name: STRUCTURED[name] for name in plain} == plain
    assert STRUCTURED["response_format"]["type"] == "json_schema"
    assert list(SCHEMA["properties"]) == ["reasoning", "score"], "the reasoning comes first"
    json.dumps(STRUCTURED)


@pytest.mark.parametrize(
    ("given", "version"),
    [
        ({}, 1),
        ({"mode": "text"}, 1),
        ({"mode": "expected"}, 1),
        ({"mode": "structured"}, 2),
        ({"mode": "structured", "prompt": 1}, 1),
        ({"mode": "text", "prompt": 2}, 2),
    ],
)
def test_the_prompt_fits_the_mode(given: dict[str, Any], version: int) -> None:
    """A judge that must answer in JSON is asked for JSON, unless the specification names a version."""
    assert ScoreConfig.model_validate(given).prompt == version


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
def test_a_structured_judgement_is_its_score(score: int) -> None:
    """Whatever the schema allows is read, also where the reasoning names other scores."""
    said = {"reasoning": "Score: 3? No: 5/5 would be too much.", "score": score}
    jsonschema.validate(said, SCHEMA)
    assert read_judgement(answer(json.dumps(said)), STRUCTURED) == float(score)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Score: 4",
        '{"reasoning": "fine", "score": 4',
        '{"reasoning": "fine", "score": 4} and so on',
        '```json\n{"reasoning": "fine", "score": 4}\n```',
        '{"reasoning": "fine", "score": "4"}',
        '{"reasoning": "fine", "score": 4.0}',
        '{"reasoning": "fine", "score": true}',
        '{"reasoning": "fine", "score": null}',
        '{"reasoning": "fine"}',
        '{"score": 4, "score": 5}',
        "[4]",
        "4",
        "null",
        "[" * 100_000,
        "9" * 100_000,
    ],
)
def test_anything_else_is_unparseable(text: str) -> None:
    """The mode is strict: what the schema does not allow has not come from a server that decodes it."""
    assert reason(text, STRUCTURED) == "score_unparseable_json"


@pytest.mark.parametrize("score", [0, 6, -1, 10**400])
def test_a_number_off_the_scale_is_told_apart(score: int) -> None:
    """A server that takes the schema for a hint may leave the scale."""
    assert reason(json.dumps({"reasoning": "", "score": score}), STRUCTURED) == "score_out_of_range"


def test_a_judgement_that_was_cut_off_is_called_so() -> None:
    """The length is to blame, not the form; a cut after the score does no harm in text mode."""
    assert reason('{"reasoning": "It is', STRUCTURED, "length") == "answer_truncated"
    assert reason("It is", {}, "length") == "answer_truncated"
    assert read_judgement(answer("Score: 4\nIt is", "length"), {}) == 4.0


@given(st.text(max_size=200))
def test_no_text_breaks_the_structured_reader(text: str) -> None:
    """A score or a reason, for any answer."""
    try:
        found: float | str = read_judgement(answer(text), STRUCTURED)
    except DataError as error:
        found = error.reason
    assert found in (1.0, 2.0, 3.0, 4.0, 5.0, "score_unparseable_json", "score_out_of_range")


def digits(text: str, *tops: tuple[int, dict[str, float]]) -> Answer:
    return answer(text, digit_logprobs=[{"offset": offset, "top": top} for offset, top in tops])


def test_the_expected_score_is_the_weighted_mean() -> None:
    """Two thirds for 5, one third for 4, whatever else the server left out."""
    top = {"5": math.log(0.6), "4": math.log(0.3)}
    assert read_judgement(digits("Fine.\nScore: 5", (12, top)), EXPECTED) == pytest.approx(14 / 3, abs=1e-4)
    assert read_judgement(digits("Score: 2", (6, {"2": 0.0})), EXPECTED) == 2.0


def test_the_token_of_the_score_is_looked_at() -> None:
    """Digits in the reasoning have tokens too; a token may begin with the blank before the digit."""
    text = "It has 2 parts.\nScore: 5"
    tops = [(7, {"2": 0.0}), (text.index(" 5"), {"5": math.log(0.5), "1": math.log(0.5)})]
    assert read_judgement(digits(text, *tops), EXPECTED) == 3.0


def test_the_same_facts_give_the_same_number() -> None:
    """After a way through JSON, and in any order of the alternatives: verification computes it again."""
    top = {"1": -3.25, "2": -2.5, "3": -1.125, "4": -0.75, "5": -1.0}
    said = digits("Score: 4", (7, top))
    again = digits("Score: 4", (7, json.loads(json.dumps(dict(reversed(top.items()))))))
    assert read_judgement(said, EXPECTED) == read_judgement(again, EXPECTED)
    assert read_judgement(said, EXPECTED) == round(read_judgement(said, EXPECTED), 4)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"digit_logprobs": []},
        {"digit_logprobs": [{"offset": 0, "top": {"4": -0.1}}]},
        {"digit_logprobs": [{"offset": 7, "top": {}}]},
        {"digit_logprobs": [{"offset": 8, "top": {"4": -0.1}}]},
        {"digit_logprobs": [{"offset": 7, "top": {"4": -1e9}}]},
    ],
)
def test_without_probabilities_there_is_no_expected_score(facts: dict[str, Any]) -> None:
    """A server that does not tell them is named; the plain number is not taken in their place."""
    assert reason("Score: 4", EXPECTED, **facts) == "score_logprobs_missing"
    assert reason("Score: 4", EXPECTED, "length", **facts) == "score_logprobs_missing"


def test_the_statement_must_parse_first() -> None:
    """Two scores have no expected value."""
    assert reason("Score: 4 or 5", EXPECTED, digit_logprobs=[{"offset": 7, "top": {"4": 0.0}}]) == "score_ambiguous"
