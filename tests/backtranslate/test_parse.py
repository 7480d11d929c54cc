"""What is left of a backward model's answer is the request alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.backtranslate.parse import parse
from tasks.core.errors import DataError

QUESTION = "How do I prune a rose?"


@pytest.mark.parametrize(
    "answer",
    [
        QUESTION,
        f"  {QUESTION}\n\n",
        f'"{QUESTION}"',
        f"“{QUESTION}”",
        f"„{QUESTION}“",
        f"'{QUESTION}'",
        f"«{QUESTION}»",
        f"`{QUESTION}`",
        f"**{QUESTION}**",
        f"*{QUESTION}*",
        f"# {QUESTION}",
        f"Instruction: {QUESTION}",
        f"instruction : {QUESTION}",
        f"INSTRUCTION:\n{QUESTION}",
        f"Question: {QUESTION}",
        f"The question: {QUESTION}",
        f"Request: {QUESTION}",
        f"User's request: {QUESTION}",
        f"Prompt: {QUESTION}",
        f"**Question:** {QUESTION}",
        f"**Question**: {QUESTION}",
        f"**Question: {QUESTION}**",
        f"## Question\n\n{QUESTION}",
        f"## Question:\n{QUESTION}",
        f'Question: "{QUESTION}"',
        f'Instruction: Question: "{QUESTION}"',
        f"[INS]\n{QUESTION}\n[/INS]",
        f"\x00{QUESTION}\x00",
        "How do I\ud800 prune a rose?",
        f"{QUESTION}\ud83d",
        f"<think>They want roses.</think>\n{QUESTION}",
        f"```\n{QUESTION}\n```",
    ],
)
def test_takes_the_wrapping_off(answer: str) -> None:
    """Labels, headings, quotation marks, emphasis and unprintable characters are not part of a request."""
    assert parse(answer, "stop") == QUESTION


@pytest.mark.parametrize(
    "instruction",
    [
        'Which is right, "affect" or "effect"?',
        '"Affect" or "effect"?',
        '"Affect" or "effect"',
        "'Tis or it's: which one is older?",
        "Question marks: when do I need one?",
        "What is the question that *Hamlet* asks?",
        "Request a refund politely for a late parcel.",
        "How do I write C# code?",
        "#5 on a remote control: what does it do?",
        "Write a poem:\nfirst line about snow,\nsecond line about rain.",
        "Explain **kwargs in Python",
        "Instructions: how do I write good ones?",
        "Erkläre die Photosynthese.",
        "如何修剪玫瑰？",
    ],
)
def test_leaves_a_request_as_it_is(instruction: str) -> None:
    """Quotation marks, colons and stars that belong to the request stay."""
    assert parse(instruction, "stop") == instruction


@pytest.mark.parametrize(
    "answer", ["", "  \n\t", '""', "Question:", "**Instruction:**", "…", "\x00", "\ud800", "# ", "***"]
)
def test_refuses_an_empty_answer(answer: str) -> None:
    """An answer without one word in it is refused as empty."""
    with pytest.raises(DataError) as caught:
        parse(answer, "stop")
    assert caught.value.reason == "answer_empty"


def test_refuses_a_truncated_answer() -> None:
    """A request that the token limit cut off asks for something else than the model meant."""
    with pytest.raises(DataError) as caught:
        parse("How do I prune a rose that", "length")
    assert caught.value.reason == "answer_truncated"


def parse_or_reason(answer: str, finish_reason: str) -> tuple[str | None, str]:
    """Return the instruction, or None, and the reason."""
    try:
        return parse(answer, finish_reason), ""
    except DataError as error:
        return None, error.reason


@given(st.text(alphabet=st.characters(), max_size=200), st.sampled_from(["stop", "length", "", "content_filter"]))
def test_any_answer_is_read_or_refused(answer: str, finish_reason: str) -> None:
    """Nothing but a DataError comes out, and what is returned is clean text that is stable under parsing."""
    instruction, reason = parse_or_reason(answer, finish_reason)
    if instruction is None:
        assert reason in {"answer_empty", "answer_truncated"}
        return
    assert instruction == instruction.strip()
    assert "\x00" not in instruction
    instruction.encode("utf-8")
    assert parse(instruction, "stop") == instruction


@given(st.text(alphabet="\"'*_`#: \nQuestioInr[]/S“”", max_size=120))
def test_answers_made_of_wrapping(answer: str) -> None:
    """Answers that consist of quotation marks, stars and labels come to an end as well."""
    instruction, reason = parse_or_reason(answer, "stop")
    assert instruction or reason == "answer_empty"
