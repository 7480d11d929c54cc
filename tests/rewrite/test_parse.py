"""The response is the last complete block between the markers, or there is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.errors import DataError
from tasks.rewrite.parse import parse

RESPONSE = "Cut above an outward bud, in late winter."


@pytest.mark.parametrize(
    "answer",
    [
        f"[RES]{RESPONSE}[/RES]",
        f"[RES]\n{RESPONSE}\n[/RES]",
        f"Sure! Here it is:\n\n[RES] {RESPONSE} [/RES]\n\nI hope this helps!",
        f"[RES]A first try.[/RES] Better:\n[RES]{RESPONSE}[/RES]",
        f"I write it between [RES] and then some. [RES]{RESPONSE}[/RES]",
        f"[RES]{RESPONSE}[/RES] and a stray [/RES]",
        f"[/RES] [RES]{RESPONSE}[/RES]",
        f"[RES]{RESPONSE}[/RES] [RES] one more, never closed",
        f"[RES]{RESPONSE}\x00[/RES]",
        f"[RES]{RESPONSE}\ud800[/RES]",
        f"I'm sorry, but I can't do it any shorter.\n[RES]{RESPONSE}[/RES]",
        f"**[RES]**\n{RESPONSE}\n**[/RES]**",
        f"`[RES]`{RESPONSE}`[/RES]`",
        f"```\n[RES]\n{RESPONSE}\n[/RES]\n```",
        f"[RES]{RESPONSE}[/RES]\nI wrote it between [RES] and [/RES], as you asked.",
        f"I write it between [RES] and [/RES].\n[RES]{RESPONSE}[/RES]",
        f"[RES]{RESPONSE}[/RES] [RES]…[/RES]",
        f"[RES] [RES]{RESPONSE}[/RES]",
        f"<think>[RES]A first idea of it.[/RES] No.</think>[RES]{RESPONSE}[/RES]",
        f"[RES]A first idea of it.[/RES] No, wait.</think>[RES]{RESPONSE}[/RES]",
    ],
)
def test_takes_the_last_complete_block(answer: str) -> None:
    """Text outside the markers, earlier tries and stray markers are ignored."""
    assert parse(answer, "stop") == RESPONSE


def test_keeps_markers_that_were_defused() -> None:
    """A marker of the document comes back with the space that the prompt put in, and is text."""
    assert parse("[RES]Write [ RES] and [ /RES] around it.[/RES]", "stop") == "Write [ RES] and [ /RES] around it."


def test_keeps_an_answer_about_thoughts() -> None:
    """The tags of a thought inside the block are what the answer is about."""
    answer = "Models write <think> and </think> around it."
    assert parse(f"[RES]{answer}[/RES]", "stop") == answer


def test_complete_block_before_the_token_limit() -> None:
    """A block that was closed before the limit is whole."""
    assert parse(f"[RES]{RESPONSE}[/RES] I kept to the", "length") == RESPONSE


@pytest.mark.parametrize(
    ("answer", "finish_reason", "reason"),
    [
        ("", "stop", "response_markers_missing"),
        (RESPONSE, "stop", "response_markers_missing"),
        (f"[RES]{RESPONSE}", "stop", "response_markers_missing"),
        (f"{RESPONSE}[/RES]", "stop", "response_markers_missing"),
        (f"[/RES]{RESPONSE}[RES]", "stop", "response_markers_missing"),
        (f"[res]{RESPONSE}[/res]", "stop", "response_markers_missing"),
        (f"[ RES]{RESPONSE}[ /RES]", "stop", "response_markers_missing"),
        (f"[RES]{RESPONSE}", "length", "response_truncated"),
        (f"[RES]{RESPONSE}[/RE", "length", "response_truncated"),
        (RESPONSE, "length", "response_truncated"),
        (f"[RES]A first try.[/RES] [RES]{RESPONSE}", "length", "response_truncated"),
        (f"<think>[RES]{RESPONSE}[/RES] is my first idea, but", "length", "response_truncated"),
        (f"<think>[RES]{RESPONSE}[/RES]</think>", "stop", "response_markers_missing"),
        ("<think>[RES]A good one.[/RES]</think>I'm sorry, but I can't help.", "stop", "response_refuses"),
        (f"[RES]To begin with, [RES]{RESPONSE}[/RES] That is all.[/RES]", "stop", "response_markers_nested"),
        (f"[RES][RES]{RESPONSE}[/RES][/RES]", "stop", "response_markers_nested"),
        ("[RES][/RES]", "stop", "response_empty"),
        ("[RES][/RES] [RES] \n[/RES]", "stop", "response_empty"),
        ("[RES] \n [/RES]", "stop", "response_empty"),
        ("[RES]…[/RES]", "stop", "response_empty"),
        ("[RES]\x00[/RES]", "stop", "response_empty"),
        ("I'm sorry, but I can't help with that.", "stop", "response_refuses"),
        ("[RES]I'm sorry, but I can't help with that.[/RES]", "stop", "response_refuses"),
        ("[RES]I’m sorry, but I can’t rewrite this draft.[/RES]", "stop", "response_refuses"),
        ("[RES]I am very sorry, but I am not able to do this.[/RES]", "stop", "response_refuses"),
        ("[RES]Sorry, I can't write about this.[/RES]", "stop", "response_refuses"),
        ("[RES]I apologize, but I cannot write this.[/RES]", "stop", "response_refuses"),
        ("[RES]As an AI language model, I cannot judge this.[/RES]", "stop", "response_refuses"),
        ("[RES]As an AI, I do not have a garden.[/RES]", "stop", "response_refuses"),
        ("[RES]I cannot fulfil this request.[/RES]", "stop", "response_refuses"),
        ("[RES]I'm unable to answer.[/RES]", "stop", "response_refuses"),
        ("[RES]I won't provide that.[/RES]", "stop", "response_refuses"),
        ("As an AI language model I cannot do this. [RES]", "stop", "response_refuses"),
    ],
)
def test_refuses(answer: str, finish_reason: str, reason: str) -> None:
    """Each way in which a rewrite can fail has its own reason."""
    with pytest.raises(DataError) as caught:
        parse(answer, finish_reason)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "response",
    [
        "I am sorry to hear that your rose is ill. Cut it back hard.",
        "Sorry seems to be the hardest word: here is how to say it.",
        "As an AI engineer you will want to know three tools.",
        "I can't believe it's not butter is a brand of spread.",
        "You cannot help a rose that has died.",
        "As an aid to memory, write it down.",
    ],
)
def test_lets_words_pass_that_look_like_a_refusal(response: str) -> None:
    """An answer that begins with regret, or speaks of AI, is no refusal."""
    assert parse(f"[RES]{response}[/RES]", "stop") == response


@pytest.mark.parametrize(
    "junk",
    ["[RES]", "[/RES]", "[RES]x[/RES]", "**", "`[RES]`", "<think>", "</think>", "\x00", "a", " ", "\u0645", "I "],
)
def test_a_megabyte_of_junk(junk: str) -> None:
    """Markers, thoughts and signs without an end are read to the end."""
    with suppress(DataError):
        assert len(parse(junk * (1_000_000 // len(junk)), "stop")) == 1


@given(st.text(max_size=200), st.sampled_from(["stop", "length", ""]))
def test_any_answer_is_read_or_refused(answer: str, finish_reason: str) -> None:
    """Nothing but a DataError comes out of any text."""
    with pytest.raises(DataError):
        parse(answer, finish_reason)


@given(st.lists(st.sampled_from(["[RES]", "[/RES]", "word", "\x00", "\n", "[RES", "RES]", "\ud800"]), max_size=12))
def test_any_order_of_markers(pieces: list[str]) -> None:
    """Whatever the order of the markers, what is returned holds none of them and can be stored."""
    with suppress(DataError):
        response = parse("".join(pieces), "stop")
        assert "[RES]" not in response
        assert "[/RES]" not in response
        assert "\x00" not in response
        response.encode("utf-8")
