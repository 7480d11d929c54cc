"""What a chat puts around a request goes, and a request that looks like it stays as it is."""

import pytest

from tasks.backtranslate.parse import parse
from tasks.core.errors import DataError

QUESTION = "How do I prune a rose?"
ORDER = "Explain how bees make honey."

WRAPPED = [
    "Sure! Here is the instruction: {}",
    "Sure! Here is the instruction:\n\n{}",
    "Sure, here's the question: {}",
    "Sure thing! Here's a possible request: {}",
    "Here is a possible question: {}",
    "Here is the request:\n{}",
    "Here’s one likely question that a person might have asked:\n\n{}",
    "Here is a question that this text would answer: {}",
    "Here is the question or request to which this whole text is the best answer:\n\n{}",
    "Here is the user's request: {}",
    "Here is the most likely prompt: {}",
    "Here is a natural request, in the words the person would have typed: {}",
    "Here is a question someone might ask an assistant: {}",
    "**Here is the instruction:** {}",
    "**Here is the instruction**: {}",
    "Below is the reconstructed instruction: {}",
    "This is the question: {}",
    "Certainly! {}",
    "Certainly. {}",
    "Certainly!\n\n{}",
    "Absolutely! Here is a suitable question:\n\n**{}**",
    "Of course! {}",
    "Sure!\n{}",
    "Sure:\n\n{}",
    "Of course. Here is the instruction: {}",
    "Okay, here is the question: {}",
    "Q: {}",
    "**Q:** {}",
    "User: {}",
    "**User:** {}",
    "Human: {}",
    'User: "{}"',
    "Question: **{}**",
    "*Question:* {}",
    "Possible question: {}",
    "The most likely request: {}",
    "Suggested prompt: {}",
    "1. {}",
    "1) {}",
    "- {}",
    "* {}",
    "• {}",
    '1. "{}"',
    "1. **{}**",
    "- Question: {}",
    "Instruction:\n1. {}",
    "Here is the instruction:\n\n- {}",
    "「{}」",
    '**"{}"**',
    "***{}***",
    '"{}"\n\nI hope this helps!',
    "**{}**\n\nHope this helps! 😊",
    'Sure! Here is the instruction:\n\n"{}"\n\nI hope this helps!',
    "Sure! Here is the instruction:\n\n{}\n\nLet me know if you need anything else!",
    "<think>\nThe text is about a garden.\n</think>\n\n{}",
    "<think>Maybe this one?</think><think>No, that one.</think>{}",
    "The text is about a garden.\n</think>\n\n{}",
    "<think>Hm.</think>\nSure! Here is the question:\n\n{}",
]


@pytest.mark.parametrize("request_", [QUESTION, ORDER])
@pytest.mark.parametrize("answer", WRAPPED)
def test_what_a_chat_adds_goes(answer: str, request_: str) -> None:
    """Lead-ins, labels, a lonely list marker, marks around the whole, closing words and thoughts."""
    assert parse(answer.format(request_), "stop") == request_


@pytest.mark.parametrize(
    ("answer", "instruction"),
    [
        (f"{QUESTION} I hope this helps!", QUESTION),
        (f"{QUESTION}\nI hope that helps you.", QUESTION),
        (f"{QUESTION}\n\n(Let me know if you'd like another one!)", QUESTION),
        ('"What does "TLS" mean?"', 'What does "TLS" mean?'),
        ('Question: "What is "it" in "it rains"?"', 'What is "it" in "it rains"?'),
        ("Q: how do i prune a rose", "how do i prune a rose"),
        ("user: how do i prune a rose", "how do i prune a rose"),
        ("Query: Wie schneide ich Rosen?", "Wie schneide ich Rosen?"),
        ("1. Wie schneide ich Rosen?", "Wie schneide ich Rosen?"),
        ("User: 如何修剪玫瑰？", "如何修剪玫瑰？"),
        ("Question: Sort these by size:\n- apple\n- cherry", "Sort these by size:\n- apple\n- cherry"),
        ("Here is the question: What does </think> mean?", "What does </think> mean?"),
        ("<think>They ask about tags.</think>\nWhat does </think> mean?", "What does </think> mean?"),
        ("Question: Which is largest?\nA: Jupiter\nB: Mars", "Which is largest?\nA: Jupiter\nB: Mars"),
        ("Here is the instruction: Translate: “Sure! Here you are.”", "Translate: “Sure! Here you are.”"),
    ],
)
def test_only_the_wrapping_goes(answer: str, instruction: str) -> None:
    """What the request itself holds of marks, lists and tags stays."""
    assert parse(answer, "stop") == instruction


@pytest.mark.parametrize(
    "instruction",
    [
        "Sure signs of a concussion: what are they?",
        "Sure, I can buy bread. But how do I bake it?",
        "Sure! deodorant leaves stains, how do I get them out?",
        "Sure-fire ways to fall asleep?",
        "Certainly the moon has quakes, but how strong are they?",
        "Of course I know what DNS is, but what is DNSSEC?",
        "Absolutely no sugar: which desserts can I make?",
        "OK\nCancel\nIn which order do buttons stand in a dialogue?",
        "OK! Magazine: who owns it?",
        "Here is the query: SELECT * FROM users. Why is it slow?",
        "Here is the prompt: 'a cat on a mat'. How do I make the picture sharper?",
        "Here is my question: is it safe to eat raw dough?",
        "Here are three questions about roses: when, how and why do I prune them?",
        "Here is what I know about roses: nothing. Where do I start?",
        "Here is a request for a refund: 'Pay me.' Please make it polite.",
        "Here is the instruction I was given: press F8. What does it do?",
        "This is the third time my tap drips. What is wrong?",
        "The question is: to be or not to be. Who says that, and when?",
        "User: root is not in the sudoers file. How do I fix it?",
        "User: 'anna' cannot log in. What now?",
        "Request: failed with status code 500. What does it mean?",
        "User accounts: how do I delete one?",
        "User\nadmin\nHow do I list both in one table?",
        "Q1 results: how do I read them?",
        "Q\nW\nE\nWhich layout begins like this?",
        "Questions: how many does the driving test have?",
        "**Question** marks: when do I use them?",
        "1. FC Köln: wann wurde der Verein gegründet?",
        "1. Mai: warum ist das ein Feiertag?",
        "3. Oktober: warum ist das ein Feiertag?",
        "- 5 degrees: is that too cold for roses?",
        "-5 degrees: is that too cold for roses?",
        "- milk\n- eggs\n- flour\nWhat can I cook from these?",
        "1. Preheat the oven.\n2. Bake.\nWhat is missing in this recipe?",
        "1. What is DNS? 2. What is DNSSEC?",
        "- milk\nWhat can I cook with it?",
        "Rank these:\n1. apples\n2. pears",
        'Which is right: "I hope it helps" or "I hope this helps"?',
        "Which is better at the end of a letter: “Cheers” or “I hope this helps”?",
        "Translate into French: Dear Ada, the file is attached. I hope this helps.",
        "Improve this mail:\n\nDear Ada,\nthe file is attached.\n\nI hope this helps!",
        "Translate this sentence to German.\n\nI hope this helps!",
        "How do I decline politely? Let me know if there is a phrase for it.",
        '"To be" or "not to be"?',
        '"Sure" or "surely"',
        '"Hello" in French is "bonjour"',
        "*args and **kwargs",
        "`ls` or `dir`",
        "What does <think> mean in a model's answer?",
        "Why do models write <think> and </think>?",
        "Write a tag <think>\nand close it\n</think>\nin XML. Is that valid?",
        "What is the </think> tag for?",
    ],
)
def test_a_good_request_stays_as_it_is(instruction: str) -> None:
    """Requests that begin, end or are built like the habits of a chat are not touched."""
    assert parse(instruction, "stop") == instruction


@pytest.mark.parametrize(
    "answer",
    [
        "Q: How do I prune a rose?\nA: Cut above a bud.",
        "User: How do I prune a rose?\nAssistant: Cut above a bud.",
        "Question: How do I prune a rose?\n\nAnswer: Cut above a bud.",
        "Here is the question: How do I prune a rose?\nAnswer: Cut above a bud.",
        "Here is the instruction:\n1. How do I prune a rose?\n2. When do I prune a rose?",
        "Here is a possible question:\n- How do I prune?\n- When do I prune?",
        "The user asked: how do I prune a rose?",
    ],
)
def test_what_is_more_than_a_request_is_left_to_the_next_stage(answer: str) -> None:
    """An answer that goes on, or offers several requests, keeps the words by which cleaning knows it."""
    assert parse(answer, "stop") == answer


def read(answer: str) -> str:
    """The request, or the reason why there is none."""
    try:
        return parse(answer, "stop")
    except DataError as error:
        return error.reason


@pytest.mark.parametrize("answer", ["Here is the instruction:", "1.", "- ", "<think>Roses,", "User:", "**Q:**", "Q:\n"])
def test_wrapping_alone_is_no_request(answer: str) -> None:
    """Where nothing is wrapped there is nothing to ask, or the little that is left stays as it was."""
    assert read(answer) in {"answer_empty", answer}


@pytest.mark.parametrize(
    "junk",
    [
        *("Sure! ", "Here is the ", "Q: ", "- ", '"', "**", "<think>", "</think>\n", "a:\n", "1. ", "x\n\n", "hope "),
        *("the ", "? hope this helps ", "a: b:\n", "Here is the question ", "(", "\n- 2. "),
    ],
)
def test_pieces_without_an_end_are_read(junk: str) -> None:
    """A model that runs in circles is read, or refused as empty, in a time that grows with the text alone."""
    for text in (junk * (500_000 // len(junk)), f"Sure{' ' * 15_000}{junk * (4_000 // len(junk))}x"):
        assert read(text)
