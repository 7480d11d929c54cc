"""Whether a document speaks of what is asked, for questions that people put in their own words."""

import pytest

from tasks.clean.content_words import Vocabulary, acronyms, content_words, stem
from tasks.clean.rules import check
from tasks.clean.run import prompt_text
from tasks.core.text.words import words

PAGES = {
    "tap": "A dripping tap wastes 30 litres a day. Turn off the water, take the handle off and replace the washer. "
    "Repairing it takes ten minutes and one spanner.",
    "bees": "Bees make honey by drying flower nectar. Worker bees carry it to the hive, where others fan it with their "
    "wings until it thickens, and seal the cells with wax.",
    "tls": "HTTPS is HTTP inside an encrypted connection. The server shows a certificate, signed by an authority that "
    "the browser trusts. The World Wide Web Consortium did not invent it.",
    "vote": "In ranked-choice voting, voters number the candidates. Whoever has the fewest first choices is "
    "eliminated, and the ballots go to the next choice, until somebody has more than 50% of them.",
}


def rejected(instruction: str, page: str) -> bool:
    found = check(instruction, document=PAGES[page], prompt_text=prompt_text(), language="en")
    return found is not None and found.reason == "answer_not_contained"


@pytest.mark.parametrize(
    ("page", "instruction"),
    [
        ("tap", "How do I fix a dripping faucet?"),
        ("tap", "My kitchen tap drips. What can I do about it?"),
        ("tap", "What tools are needed to repair a leaking tap?"),
        ("tap", "Can I replace a tap washer myself in 10 minutes?"),
        ("bees", "Why does honey get thick?"),
        ("bees", "Explain to a child how honey is produced by bees."),
        ("bees", "What do honeybees do with nectar?"),
        ("tls", "How does a browser know that it can trust a secure website?"),
        ("tls", "Explain in simple terms how encryption of web pages works."),
        ("tls", "What part did the WWC play?"),
        ("vote", "How does instant-runoff voting determine the winner of an election with several candidates?"),
        ("vote", "What happens to my ballot when my favourite candidate is eliminated?"),
        ("vote", "Explain the system in which votes are transferred to the second choice."),
        ("vote", "What is it?"),
        ("vote", "What is democracy?"),
        ("tap", "How does plumbing work?"),
    ],
)
def test_a_paraphrase_is_answered(page: str, instruction: str) -> None:
    """A person who has not seen the page uses other words for some of it, and other forms for most."""
    assert not rejected(instruction, page)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "instruction",
    [
        "How do I grow tomatoes on a balcony?",
        "Who painted the ceiling of the Sistine Chapel?",
        "What are the tax rules for freelancers in Portugal?",
        "Write a short story about a dragon who fears fire.",
    ],
)
def test_another_matter_is_not_answered(page: str, instruction: str) -> None:
    """None of the pages holds what these ask for."""
    assert rejected(instruction, page)


def test_words_of_asking_are_left_out() -> None:
    """What is left is what the question is about, names and numbers included."""
    asked = "Could you please explain step by step how the 3 main types of TLS certificates differ in Rome's networks?"
    assert content_words(asked) == ["3", "tls", "certificates", "differ", "rome", "networks"]
    assert content_words("What is it, and how does it work?") == []


def test_scripts_without_spaces_are_no_words() -> None:
    """A sentence that looks like one word cannot be looked up."""
    assert content_words("如何修剪玫瑰花？请告诉我") == []


@pytest.mark.parametrize(
    "group",
    ["prune prunes pruned pruning", "stop stops stopped stopping", "city cities", "box boxes", "encrypt encryption",
     "replace replaced replacement", "vote votes voted voting voter voters", "battery batteries"],
)  # fmt: skip
def test_forms_of_a_word_meet(group: str) -> None:
    """Each form is found where only another one is written."""
    forms = group.split()
    for form in forms:
        assert all(Vocabulary([other]).speaks_of(form) or stem(other).startswith(stem(form)) for other in forms)


def test_numbers_and_acronyms_meet_their_words() -> None:
    """Three is 3, and WHO is a World Health Organization."""
    vocabulary = Vocabulary(words("three reports of the World Health Organization about 7 towns"))
    assert vocabulary.speaks_of("3") and vocabulary.speaks_of("seven")
    assert not vocabulary.speaks_of("4") and not vocabulary.speaks_of("nine")
    assert vocabulary.spells_out("who") and not vocabulary.spells_out("nato")
    assert acronyms("WHO and the EU, not Who or A") == {"who", "eu"}
