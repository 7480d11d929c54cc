"""Each fault of an instruction is found and named, and what people really type passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.clean.rules import ORDER, check
from tasks.clean.run import prompt_text
from tasks.core.config import CleanConfig
from tasks.core.errors import DataError

PROMPT = prompt_text()
DOCUMENT = """How to prune roses in winter

Pruning keeps a rose young. Cut in late winter, when the worst frost is over and the buds begin to swell.
What is the difference between a hybrid tea and a climber? A climber keeps its long shoots, a hybrid tea does not.

Take sharp and clean secateurs, look for a bud that faces outward, and cut at a slant a finger's breadth above it,
so that rain runs off the wound and away from the bud, and the new shoot grows out of the middle of the bush.
"""


def fault(
    instruction: str, *, document: str = DOCUMENT, language: str | None = "en", **bounds: int
) -> DataError | None:
    """Check one instruction against the rose page."""
    config = CleanConfig.model_validate(bounds)
    return check(instruction, document=document, prompt_text=PROMPT, language=language, config=config)


REJECTED = {
    "instruction_empty": ["", "   ", "?!", "\x00", "…\n", "\ud800"],
    "instruction_too_short": ["Roses", "Why?", "prune them"],
    "instruction_too_long": ["How do I prune a rose? " * 100],
    "instruction_echoes_prompt": [
        "Answer in the style of an AI Assistant. How do I prune a rose?",
        "Write the one question or request to which this whole text is the best answer",
        "ask for what the text gives, and for nothing it does not give",
        "Something that would serve well as an answer to something a person asked",
    ],
    "instruction_copies_response": [
        "Look for a bud that faces outward, and cut at a slant a finger's breadth above it, so that rain runs off the "
        "wound and away from the bud - is that right?",
        "Pruning keeps a rose young.",
        "Cut in late winter, when the worst frost is over and the buds begin to swell.",
        "Take sharp and clean secateurs, look for a bud that faces outward, and cut at a slant",
        "A climber keeps its long shoots, a hybrid tea does not!",
        "Gardening: take sharp and clean secateurs, look for a bud that faces outward, and cut at a slant",
    ],
    "instruction_refers_to_text": [
        "According to the article, when should roses be pruned?",
        "What is the main idea of the article?",
        "Based on the text, how do I prune a rose?",
        "Based on the above text, how do I prune a rose?",
        "Based on the information provided, when do I prune?",
        "Using the information above, write a plan for a rose bed.",
        "Given the following, when do I prune a rose?",
        "What tools are named in the document?",
        "What does this passage say about frost?",
        "Explain the text above in simple words.",
        "In this article, which tool is the best one?",
        "What does the author say about secateurs?",
        "What is the author's view of climbers?",
        "Why does the author prefer late winter?",
        "Does the text recommend sharp secateurs?",
        "The passage describes two kinds of roses. Which ones?",
        "Summarize the following paragraph about roses.",
        "Summarise the following.",
        "Summarize this in two sentences, please.",
        "Rewrite the following text in plain English.",
        "Which steps are mentioned above for the pruning?",
        "As described in the passage, how is a rose pruned?",
        "What is this blog post about, in one sentence?",
        "Which mistakes are shown in the picture above?",
        "What can I learn from this page about roses?",
        "From the excerpt, when is the worst frost over?",
        "How does the blog post explain the slant?",
    ],
    "instruction_refuses": [
        "I'm sorry, but I can't write a question for that.",
        "I am sorry, I cannot determine what was asked.",
        "Sorry, I can't help with that one.",
        "As an AI language model, I cannot ask questions.",
        "I cannot provide an instruction of this kind.",
        "I'm unable to generate an instruction.",
        "I’m just a language model and have no questions.",
        "I don't feel comfortable with this content.",
    ],
    "instruction_meta": [
        "Here is an instruction: how do I prune a rose?",
        "Here's a possible question that fits: how do I prune a rose?",
        "The user asked how to prune a rose.",
        "The user wants to know when roses are cut.",
        "A suitable question would be: how do I prune a rose?",
        "The most likely question is: how do I prune a rose?",
        "Instruction: tell me how a rose is pruned",
        "User: how do I prune a rose?",
        "Sure! How do I prune a rose?",
        "How do I prune a rose?\nAnswer: in late winter.",
        "How do I prune a rose?\n\n**Response:** in late winter.",
        'The question is: "How do I prune a rose?"',
        "[INS] How do I prune a rose",
        "Write an instruction that this response answers.",
    ],
    "instruction_wrong_language": [
        "Wie schneide ich meine Rosen im Winter richtig zurück?",
        "Comment tailler un rosier pendant l'hiver sans l'abîmer ?",
        "¿Cuáles son los mejores meses para podar los rosales?",
        "如何在冬天修剪玫瑰花？请告诉我具体的步骤和注意事项。",
    ],
}

PASSING = [
    "How do I prune a rose?",
    "How to prune roses in winter",
    "How do I prune roses in winter?",
    "What is the difference between a hybrid tea and a climber?",
    "Explain how to prune roses in winter.",
    "When the worst frost is over, do I prune my roses at once or do I wait?",
    "I'm sorry for the odd question, but how do I prune a rose that never flowers?",
    "I can't find the bud on my rose. What should I look for?",
    "I am unable to log in to my account. How do I reset the password?",
    "What can you tell me about the use of AI language models in gardening?",
    "How do I write a cover letter text?",
    "Which text editor is good for Python?",
    "How do I send a text message from my computer?",
    "How do I wrap the text inside a table cell with CSS?",
    "How do I change the colour of the text in a button?",
    "How do I find a line in the text file with grep?",
    "How do I get the root of the document tree in JavaScript?",
    "What does the document object model do?",
    "Who is the author of The Secret Garden?",
    "How do I become the author of a best-selling book?",
    "How do I write an article for a gardening magazine?",
    "What is the passage of time like for a tree?",
    "How does the passage of the moon change the tides?",
    "When do I use the definite article in German?",
    "According to the rules of chess, may a pawn move backward?",
    "How do I scrape a given page with Python?",
    "Write a function in Python with the following signature: def add(a, b)",
    "Why does Chrome say this page can't be displayed?",
    'What does "according to the article" mean in an exam question?',
    "How many players are picked in the draft each year?",
    "How do I ask a good question in an interview?",
    "What is a good question for a first date?",
    "How do I let the user choose a file in a web form?",
    "How do I detect whether the user wants a dark theme?",
    "How do I write a prompt for an image model?",
    "What are the instructions for repotting an orchid?",
    "Answer key for the 2019 maths exam: where can I find it?",
    "Best risotto alla milanese technique",
    "pandas merge vs join",
    "What does the word Weltanschauung mean?",
    "Explain what os.path.join does and give me an example.",
    "Describe vegetative propagation",
    "Give me a recipe for a risotto alla milanese, please.",
    "¿Qué es un rosal?",
]


@pytest.mark.parametrize(
    ("reason", "instruction"), [(reason, text) for reason, texts in REJECTED.items() for text in texts]
)
def test_finds_the_fault(reason: str, instruction: str) -> None:
    """A faulty instruction is rejected for the reason that a person would give."""
    found = fault(instruction)
    assert found is not None
    assert found.reason == reason
    assert found.detail


@pytest.mark.parametrize("instruction", PASSING)
def test_lets_a_natural_request_pass(instruction: str) -> None:
    """A request that merely resembles a faulty one is kept."""
    found = fault(instruction)
    assert found is None, f"{found.reason}: {found.detail}"


def test_every_rule_has_its_own_reason_and_its_own_cases() -> None:
    """No reason is used twice, and none is without a made case here."""
    assert len({rule.reason for rule in ORDER}) == len(ORDER)
    assert {rule.reason for rule in ORDER} == set(REJECTED)


def test_bounds_come_from_the_configuration() -> None:
    """Bounds are inclusive, and a specification may move them."""
    question = "How do I prune a rose?"
    copied = "Is it true that the new shoot grows out of the middle of the bush?"
    assert fault(question, min_chars=len(question), max_chars=len(question)) is None
    assert str(fault(question, min_chars=len(question) + 1)).startswith("instruction_too_short: 22 characters")
    assert str(fault(question, max_chars=len(question) - 1)).startswith("instruction_too_long: 22 characters")
    assert fault(copied, max_copied_words=11) is None
    assert str(fault(copied, max_copied_words=10)).startswith("instruction_copies_response: 11 words in a row")


def test_language_is_compared_to_the_documents() -> None:
    """A German page may be asked for in German, not in English; without a language nothing is compared."""
    german = "Wie schneide ich meine Rosen im Winter richtig zurück?"
    english = "How do I prune my roses in winter, and which tools do I need for it?"
    assert fault(german, language="de") is None
    assert fault(german, language="de-AT") is None
    assert fault(german, language=None) is None
    assert fault(german, language="xx") is None
    assert str(fault(english, language="de")).startswith("instruction_wrong_language: en with probability")


def test_a_document_without_words_is_no_copy() -> None:
    """An empty document shares nothing with any instruction."""
    assert fault("How do I prune a rose?", document="") is None


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "de", "", "xx", None]))
def test_any_text_is_checked(instruction: str, document: str, language: str | None) -> None:
    """No instruction and no document can make a rule raise."""
    found = fault(instruction, document=document, language=language)
    assert found is None or found.reason.startswith("instruction_")


@given(
    st.text(alphabet=st.sampled_from([chr(0), "\ud800", "\udfff", "\n", "a", " ", "\u202e", "\U0001f339"]), max_size=60)
)
def test_hostile_characters_are_checked(instruction: str) -> None:
    """NUL bytes, lone surrogates and direction marks break no rule either."""
    found = fault(instruction * 20, document=instruction)
    assert found is None or found.detail
