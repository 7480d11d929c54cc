"""The failures that the paper's own examples show (arXiv 2408.04614, Tables 7 to 9), in made miniatures, are caught.

A press note of one sentence that is blown up with invented quotations and claims; figures that get lost while reasons
are made up; a page of a tag archive whose other items stay in the answer; a question whose premise has drifted away
from the text; the wrappers of a chat.
"""

import json
from typing import Any

import pytest

from tasks.clean.rules import check as check_instruction
from tasks.core.config import VerifyConfig
from tasks.verify.grounding import Grounding
from tasks.verify.rules import check

LAX = {"max_length_ratio": 99.0, "min_copy_rate": 0.0}


def judged(response: str, document: str, instruction: str, **bounds: Any) -> tuple[Grounding, str | None]:
    config = VerifyConfig.model_validate(bounds)
    figures, fault = check(response, document=document, instruction=instruction, language="en", config=config)
    return figures, fault.reason if fault else None


NOTE = "Fernhill Audio has agreed to buy Tunesmith, the maker of an app that recognises birdsong, the firms said today."
RELEASE = """Fernhill Audio has agreed to buy Tunesmith, the maker of an app that recognises birdsong.

"We could not be more excited to bring these two teams together," said Marla Quist, chief executive of Fernhill Audio.
"Together we will change how people listen to nature." Tunesmith was founded in June 2009 by Otto Venn and has been
installed more than 40 million times. The app will be built into every Fernhill headset, works offline and knows over
6,000 species. The deal is expected to close in the fourth quarter, subject to the usual approvals."""


def test_a_note_that_became_a_press_release() -> None:
    """The length gives it away; and so would each of the quotations, dates, numbers and names alone."""
    figures, reason = judged(RELEASE, NOTE, "What did Fernhill Audio announce?")
    assert reason == "response_too_long"
    assert len(figures.new_quotations) == 2
    assert figures.new_dates == ("June 2009",)
    assert figures.new_numbers == ("40 million", "6,000")
    assert figures.new_names == ("Marla Quist", "Otto Venn")
    bounds = {"max_new_quotations": 9, "max_new_dates": 9, "max_new_numbers": 9}
    expected = ["new_quotations", "new_dates", "new_numbers", "new_names"]
    found = []
    for kept in range(4):
        lax = LAX | dict(list(bounds.items())[:kept])
        found.append(judged(RELEASE, NOTE, "What did Fernhill Audio announce?", **lax)[1])
    assert found == expected


COSTS = """Why a kilometre of tramway costs so much in Arlen

A kilometre of new track in Arlen costs 46 million euros. Comparable cities pay less: 18 million in Bremsted, 21 million
in Oudwal and 25 million in Casteljo. Track bed and rails make up 30% of it, moving pipes and cables 35%. Arlen moves
all 4 kinds of pipe before it builds, the others move 1. The 12 stops are longer as well, at 60 metres instead of 40."""
VAGUE = """A kilometre of new track in Arlen costs so much for several reasons. The network is small, so that few people
share the fixed costs, and the region has hardly any builders of railways. Moving pipes and cables is a large part of
it. Arlen moves all kinds of pipe before it builds, and the stops are longer as well."""


def test_lost_figures_show() -> None:
    """The share of figures that are left is told on the row; it rejects nothing, as short answers leave some out."""
    figures, reason = judged(VAGUE, COSTS, "Why does a kilometre of tramway cost so much in Arlen?")
    assert figures.kept_numbers == 0.0
    assert len(figures.lost_numbers) == 11
    assert "46 million" in figures.lost_numbers
    assert reason == "response_copies_too_little", "the made-up reasons are nobody's words"
    faithful, reason = judged(COSTS, COSTS, "Why does a kilometre of tramway cost so much in Arlen?")
    assert (faithful.kept_numbers, faithful.lost_numbers, reason) == (1.0, (), None)
    row = json.loads(figures.to_json())
    assert (row["kept_numbers"], row["lost_numbers_count"]) == (0.0, 11)


def test_a_document_without_figures_keeps_none() -> None:
    """Where nothing can be lost there is no share."""
    text = "A rose is cut in late winter, above a bud that faces outward, and never in the frost."
    assert judged(text, text, "How do I prune a rose?")[0].kept_numbers is None


ARCHIVE = """Browsing: all posts tagged "harbour"

Congratulations to our own Ines on her prize for the best cover of the year! We are all very proud of her.
Read more »

How the harbour crane was moved
The harbour crane was moved on rollers. Forty men pulled it along the quay for two days, over planks laid crosswise, and
at night it was tied to bollards. A path had been cleared of tram wires, and the trams stood still. When it stood on
its new base, the rollers were sold to a circus.

Posted in history
Older posts"""
KEPT_FURNITURE = """The harbour crane was moved on rollers. Forty men pulled it along the quay for two days, over planks
laid crosswise, and at night it was tied to bollards.

Congratulations to our own Ines on her prize for the best cover of the year! We are all very proud of her.

Posted in history"""


def test_the_furniture_of_an_archive_page_is_found() -> None:
    """The line of the page that stays behind betrays an answer that was not cleaned."""
    figures, reason = judged(KEPT_FURNITURE, ARCHIVE, "How was the harbour crane moved?")
    assert reason == "web_furniture"
    assert figures.web_furniture == ("Posted in history",)


def test_a_residual_paragraph_is_not_seen_by_rules() -> None:
    """A paragraph off the topic is the document's own words: only a judge (score, faithfulness) can object to it."""
    clean = KEPT_FURNITURE.replace("\n\nPosted in history", "")
    assert judged(clean, ARCHIVE, "How was the harbour crane moved?")[1] is None


CHOIR = """In the spring of 1956 the choir sang in Prague and in Vienna, and people queued around the block.
The Soviet Union had let it travel for the first time, and the singers filled two trunks with coffee on the way back
from Hungary."""


@pytest.mark.parametrize(
    ("instruction", "reason"),
    [
        ("Why did the choir's tour of 1956 to Russia and Eastern Asia draw such crowds?", "instruction_new_names"),
        ("Why did people queue for the choir in Poland, Bulgaria and Vienna?", "instruction_new_names"),
        ("Why did people queue for the choir in the spring of 1958?", "instruction_new_numbers"),
        ("Why did 3,000 people queue around the block for the choir?", "instruction_new_numbers"),
        ("What was the choir's tour of 1956 to Prague and Vienna like?", None),
        ("What did the Soviet choir bring home from Hungary?", None),
        ("What did the singers fill their 2 trunks with in the 1950s?", None),
        ("Tell me in 100 words about the choir that people queued for in Vienna.", None),
    ],
)
def test_a_premise_that_has_drifted(instruction: str, reason: str | None) -> None:
    """A question about places or years that the text does not name is rejected before anybody answers it."""
    fault = check_instruction(instruction, document=CHOIR, prompt_text="", language="en")
    assert (fault.reason if fault else None) == reason, str(fault)


def test_the_row_tells_of_a_premise_that_came_through() -> None:
    """One name that the document lacks is let pass, and stands on the row."""
    response = "In the spring of 1956 the choir sang in Prague and in Vienna, and people queued around the block."
    figures, reason = judged(response, CHOIR, "What did the choir sing in Russia?")
    assert (figures.premise_names, reason) == (("Russia",), None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Sure! Here's how the crane was moved:\n\n", ""),
        ("Certainly! ", ""),
        ("Great question! ", ""),
        ("Here is the rewritten response:\n\n", ""),
        ("", "\n\nI hope this helps! Let me know if you have any questions."),
        ("", "\n\nPlease note that I am an AI, and as an AI language model I cannot verify this."),
        ("", "\n\nIf you have any further questions, feel free to ask."),
    ],
)
def test_the_wrappers_of_a_chat(before: str, after: str) -> None:
    """Greetings, announcements, offers and disclaimers are what distilled answers have, and an answer has not."""
    answer = KEPT_FURNITURE.partition("\n\n")[0]
    assert judged(answer, ARCHIVE, "How was the crane moved?")[1] is None
    assert judged(f"{before}{answer}{after}", ARCHIVE, "How was the crane moved?")[1] == "wrapper_phrase"
