"""Taking prompts apart, and answers as functions of the prompt."""

import json
import re

import pytest

from tasks.llm.prompts import load_prompt
from tasks.llm.standin.answer import read_prompt
from tasks.llm.standin.generation import generate
from tasks.llm.standin.protocol import Sampling
from tests.llm.standin_texts import HINGE

VALUES = {"document": HINGE, "instruction": "How do I fix a hinge?"}


@pytest.mark.parametrize("stage", ["backtranslate", "score", "rewrite"])
def test_parts_come_back_as_they_were_filled_in(stage: str) -> None:
    """Prompts that speak of their own markers in a sentence do not confuse the reader."""
    prompt = read_prompt(load_prompt(stage, 1).render(**VALUES))
    assert (prompt.stage, prompt.document) == (stage, HINGE.strip("\n"))
    assert prompt.instruction == ("" if stage == "backtranslate" else VALUES["instruction"])


def test_markers_within_a_line_are_read_too() -> None:
    """A prompt may put its markers around a text without line breaks."""
    prompt = read_prompt("What was asked? [DOC]Tea is a drink.[/DOC]")
    assert (prompt.stage, prompt.document) == ("backtranslate", "Tea is a drink.")


def test_prompt_without_a_document_is_told_so() -> None:
    """Anything else is answered honestly."""
    assert read_prompt("Write a poem.").stage == "other"
    assert "stand-in" in generate("Write a poem.", Sampling()).text


def test_judge_that_is_asked_for_json_is_recognised() -> None:
    """The prompt of the structured mode names the score as a key, not as a line."""
    prompt = load_prompt("score", 2).render(**VALUES)
    assert read_prompt(prompt).stage == "score"
    judgement = json.loads(generate(prompt, Sampling(as_json=True)).text)
    assert judgement["score"] == 5
    assert judgement["reasoning"]


def test_request_without_a_draft_is_answered_without_a_fact() -> None:
    """There is nothing to know here: an answer of the right form, without a number or a name, that differs by seed."""
    prompt = load_prompt("distil", 1).render(instruction=VALUES["instruction"])
    answers = {generate(prompt, Sampling(seed=seed)).text for seed in range(20)}
    assert read_prompt(prompt).stage == "distil"
    assert len(answers) > 3
    for text in answers:
        (inner,) = re.findall(r"\A\[RES\]\n(.*)\n\[/RES\]\Z", text, re.DOTALL)
        assert "hinge" in inner
        assert not re.search(r"\d\d|(?<!\A)(?<![.\n] )(?<!\n)\b[A-Z][a-z]", inner)


@pytest.mark.parametrize(
    ("response", "score"),
    [
        ("Grease stays where it is put. Oil alone helps for a week or two.", 5),
        ("Grease stays where it is put. Oil alone helps for 17 weeks or two.", 2),
        ("Quantum entanglement explains consciousness throughout galactic history.", 1),
    ],
)
def test_claims_beyond_the_document_cost_points(response: str, score: int) -> None:
    """A response in the document's own words is faithful; a new number or new words are not."""
    prompt = f"Compare.\n[DOC]\n{HINGE}\n[/DOC]\n[RES]\n{response}\n[/RES]\nEnd with:\nScore: <number>"
    assert read_prompt(prompt).stage == "faithfulness"
    assert generate(prompt, Sampling()).text.splitlines()[-1] == f"Score: {score}"


def test_seed_varies_the_wording_and_temperature_zero_does_not() -> None:
    """Seeds act as with a real server: not at all at temperature 0."""
    prompt = load_prompt("backtranslate", 1).render(**VALUES)
    warm = {generate(prompt, Sampling(1.0, 0.9, 200, seed)).text for seed in range(30)}
    cold = {generate(prompt, Sampling(0.0, 1.0, 200, seed)).text for seed in range(30)}
    assert len(warm) > 3
    assert len(cold) == 1


@pytest.mark.parametrize(
    "document",
    [
        "",
        " \n\t\n",
        "\ud800",
        "x" * 8_000,
        "a\x00b\n" * 50,
        "[[[(((",
        "1.\n2.\n3.",
        "• \n• ",
        "?!" * 300,
        "A" + " A" * 5000,
    ],
    ids=["empty", "blank", "surrogate", "one word", "nul", "brackets", "numbers", "bullets", "marks", "letters"],
)
@pytest.mark.parametrize("stage", ["backtranslate", "score", "rewrite", "distil"])
def test_no_document_breaks_the_rules(stage: str, document: str) -> None:
    """Whatever the web holds, the server answers."""
    prompt = load_prompt(stage, 1).render(document=document, instruction="Why is the sky blue?")
    made = generate(prompt, Sampling())
    assert made.finish_reason == "stop"
    assert made.text
