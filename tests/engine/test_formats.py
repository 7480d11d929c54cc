"""A model answers each stage's real prompt in its format, and our parsers read what it said."""

from collections import Counter
from typing import Any

import pytest

from tasks.backtranslate.run import read_answer as read_instruction
from tasks.core.errors import DataError
from tasks.llm.request import Answer
from tasks.rewrite.run import read_answer as read_response
from tasks.score.modes import read_judgement
from tasks.score.parse import parse_score
from tests.engine.asking import answers, requests, spec, texts
from tests.engine.made_texts import JUDGES_HABIT
from tests.engine.server import EngineServer

pytestmark = pytest.mark.engine
COUNT = 96
# The fixture reaches 1.0 for each; a broken template or a lost marker makes it 0.
ENOUGH = 0.9


def is_read(read: Any, answer: Answer) -> bool:
    try:
        read(answer)
    except DataError:
        return False
    return True


@pytest.mark.parametrize("api", ["chat", "completions"])
@pytest.mark.parametrize(
    ("stage", "read"),
    [("backtranslate", read_instruction), ("rewrite", read_response)],
)
def test_answers_are_read(engine: EngineServer, stage: str, read: Any, api: str) -> None:
    """At T = 1 nearly every instruction and every rewrite has the right form, in both forms of the protocol."""
    model = spec(api=api)
    given = answers(engine.url, model, requests(stage, texts(COUNT), model))
    assert sum(is_read(read, answer) for answer in given) >= ENOUGH * COUNT
    assert len({answer.output_text for answer in given}) > COUNT // 4, "one answer for all: nothing was sampled"


def test_judgements_are_read(engine: EngineServer) -> None:
    """Nearly every judgement states one score after its reasoning, and the scores differ."""
    model = spec()
    given = answers(engine.url, model, requests("score", texts(COUNT), model))
    scores = Counter(parse_score(answer.output_text) for answer in given)
    assert scores.pop(None, 0) <= (1 - ENOUGH) * COUNT
    assert len(scores) >= 4


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_structured_judgements_always_parse(engine: EngineServer, api: str) -> None:
    """Decoded against the schema every judgement is read, also at a temperature at which hardly any text is sane.

    At that temperature a model may talk on until it is cut, which no schema can mend.
    """
    model = spec(api=api)
    asked = requests("score", texts(48), model, mode="structured", temperature=2.0, top_p=1.0, max_tokens=600)
    whole = [answer for answer in answers(engine.url, model, asked) if answer.finish_reason == "stop"]
    assert len(whole) >= ENOUGH * 48
    scores = {read_judgement(answer, asked[0].sampling) for answer in whole}
    assert scores <= {1.0, 2.0, 3.0, 4.0, 5.0}
    assert len(scores) > 1


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_expected_score_is_weighed(engine: EngineServer, api: str) -> None:
    """The digit that is the score is found with the likelihood of the other four, and gives a finer score."""
    model = spec(api=api)
    asked = requests("score", texts(48), model, mode="expected")
    read = [answer for answer in answers(engine.url, model, asked) if parse_score(answer.output_text) is not None]
    assert len(read) >= ENOUGH * 48
    for answer in read:
        last = answer.facts["digit_logprobs"][-1]
        assert answer.output_text[last["offset"] :].strip() == str(parse_score(answer.output_text))
        assert set(last["top"]) == {"1", "2", "3", "4", "5"}
    expected = [read_judgement(answer, asked[0].sampling) for answer in read]
    # Scores were drawn apart from the texts, by weights whose mean is 3.6.
    assert 3.0 < sum(expected) / len(expected) < 4.2
    assert any(score != int(score) for score in expected)


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_adapters_answer_by_their_names(engine: EngineServer, api: str) -> None:
    """A request for an adapter is answered by its weights: each was trained to one habit of its own."""
    made = texts(24)
    backward, judge = spec(name="backward", api=api), spec(name="judge", api=api)
    asked = answers(engine.url, backward, requests("backtranslate", made, backward))
    judged = answers(engine.url, judge, requests("score", made, judge))
    assert sum(answer.output_text.startswith("What is the best way") for answer in asked) >= 16
    assert sum(answer.output_text == JUDGES_HABIT for answer in judged) >= 14
