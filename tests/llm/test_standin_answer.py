"""Taking prompts apart, and answers as functions of the prompt."""

import pytest

from tasks.llm.prompts import load_prompt
from tasks.llm.standin.answer import read_prompt
from tasks.llm.standin.protocol import Sampling, generate
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
@pytest.mark.parametrize("stage", ["backtranslate", "score", "rewrite"])
def test_no_document_breaks_the_rules(stage: str, document: str) -> None:
    """Whatever the web holds, the server answers."""
    prompt = load_prompt(stage, 1).render(document=document, instruction="Why is the sky blue?")
    made = generate(prompt, Sampling())
    assert made.finish_reason == "stop"
    assert made.text
