"""A direct answer is the last complete block between the markers, and is not wrapped in chat."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.errors import DataError
from tasks.distil.parse import parse

RESPONSE = "Warm the pot first, then pour the water over the leaves."


@pytest.mark.parametrize(
    ("text", "finish_reason"),
    [
        (f"[RES]{RESPONSE}[/RES]", "stop"),
        (f"[RES]\n{RESPONSE}\n[/RES]", "stop"),
        (f"Sure! Here is the answer:\n[RES]{RESPONSE}[/RES]\nI hope this helps!", "stop"),
        (f"[RES]One way to do it.[/RES] or better [RES]{RESPONSE}[/RES]", "stop"),
        (f"[RES]{RESPONSE}[/RES] and then I went", "length"),
        (f"**[RES]**{RESPONSE}**[/RES]**", "stop"),
        (f"I write it between [RES] and [/RES].\n[RES]{RESPONSE}[/RES]", "stop"),
        (f"<think>[RES]As an AI, I would say no.[/RES]</think>[RES]{RESPONSE}[/RES]", "stop"),
        (f"[RES]{RESPONSE}\x00\ud800[/RES]", "stop"),
        (f"I'm sorry, but it got long. [RES]{RESPONSE}[/RES]", "stop"),
    ],
)
def test_the_last_whole_block_counts(text: str, finish_reason: str) -> None:
    """Whatever stands around it, and also when the token limit came after it."""
    assert parse(text, finish_reason) == RESPONSE


@pytest.mark.parametrize(
    ("text", "finish_reason", "reason"),
    [
        ("", "stop", "response_markers_missing"),
        (RESPONSE, "stop", "response_markers_missing"),
        (f"[RES]{RESPONSE}", "stop", "response_markers_missing"),
        (f"[/RES]{RESPONSE}[RES]", "stop", "response_markers_missing"),
        (f"[RES][RES]{RESPONSE}[/RES][/RES]", "stop", "response_markers_nested"),
        (f"[RES]{RESPONSE}", "length", "response_truncated"),
        (RESPONSE, "length", "response_truncated"),
        (f"[RES]{RESPONSE}[/RES] Or: [RES]Warm the", "length", "response_truncated"),
        ("[RES] … [/RES]", "stop", "response_empty"),
        ("I'm sorry, but I can't help with that.", "stop", "response_refuses"),
        ("[RES]I'm sorry, but I cannot help with that.[/RES]", "stop", "response_refuses"),
        ("[RES]As an AI language model, I cannot taste tea.[/RES]", "stop", "response_refuses"),
        (f"[RES]Sure! Here is what to do. {RESPONSE}[/RES]", "stop", "wrapper_phrase"),
        (f"[RES]Certainly! {RESPONSE}[/RES]", "stop", "wrapper_phrase"),
        (f"[RES]Great question! {RESPONSE}[/RES]", "stop", "wrapper_phrase"),
        (f"[RES]Here is the answer: {RESPONSE}[/RES]", "stop", "wrapper_phrase"),
        (f"[RES]{RESPONSE} I hope this helps![/RES]", "stop", "wrapper_phrase"),
        (f"[RES]{RESPONSE}\n\nLet me know if you have questions.[/RES]", "stop", "wrapper_phrase"),
        (f"[RES]{RESPONSE} But I am only an AI.[/RES]", "stop", "wrapper_phrase"),
    ],
)
def test_what_is_no_answer_has_its_reason(text: str, finish_reason: str, reason: str) -> None:
    """Missing and nested markers, the token limit, refusals and chat are told apart."""
    with pytest.raises(DataError) as caught:
        parse(text, finish_reason)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "response",
    [
        'Begin with "Dear Ada", end with "I hope this helps!", and add your name.',
        "Sure signs of a ripe melon are its weight and its scent.",
        "I am sorry to hear that. Descale the kettle with vinegar.",
        "As an aid to memory, write it down.",
        "Write [ RES] and [ /RES] around it.",
    ],
)
def test_an_answer_that_only_looks_like_chat_stays(response: str) -> None:
    """Phrases that are quoted, or mean what they say, are no fault."""
    assert parse(f"[RES]{response}[/RES]", "stop") == response


@pytest.mark.parametrize(
    "text", ["\x00", "[RES]" * 1_000, "[/RES][RES]", "\ud800", "[RES]\ud800\x00[/RES]", "x" * 10**6]
)
def test_hostile_answers_have_a_reason(text: str) -> None:
    """Never another exception."""
    with pytest.raises(DataError):
        parse(text, "stop")


@given(
    st.lists(st.sampled_from(["[RES]", "[/RES]", "word ", "Sure! ", "\x00", "\n", "\ud800", "<think>"]), max_size=12)
)
def test_any_order_of_markers(pieces: list[str]) -> None:
    """Whatever the order of the markers, what is returned holds none of them and can be stored."""
    with suppress(DataError):
        response = parse("".join(pieces), "stop")
        assert "[RES]" not in response and "[/RES]" not in response and "\x00" not in response
        response.encode("utf-8")
