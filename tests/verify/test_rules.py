"""Grounding: made cases of every fault, and answers that merely resemble a faulty one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.config import VerifyConfig
from tasks.core.errors import DataError
from tasks.verify.grounding import Grounding
from tasks.verify.rules import ORDER, check

DOCUMENT = """Keeping a sourdough starter alive

Hi, it's Nora from Brookfield again! I have kept mine for 12 years, and it lives in a jar that holds 1,000 ml.

Feed the starter once a week with 50 g of flour and 50 ml of water. Keep it in the fridge at 4 °C between feedings.
Before you bake, take it out and feed it twice, about eight hours apart. A healthy starter doubles in size and smells
of apples. If a grey liquid gathers on top, pour it off and feed the starter more often. Throw it away if it turns
pink, because that means mould.

The bakers of San Francisco say that a starter should never see a metal spoon. That is a myth: steel does no harm.

Subscribe to our newsletter and leave a comment!
"""
INSTRUCTION = "How do I keep a sourdough starter alive?"
GOOD = """Feed the starter once a week with 50 g of flour and 50 ml of water, and keep it in the fridge at 4 °C between
feedings. Before you bake:

1. Take it out and feed it twice, about eight hours apart.
2. Wait until it doubles in size and smells of apples.

If a grey liquid gathers on top, pour it off and feed the starter more often. Throw it away if it turns pink, because
that means mould. A metal spoon does no harm, whatever the bakers of San Francisco say.
"""


def faults(response: str, *, document: str = DOCUMENT, instruction: str = INSTRUCTION, **bounds: float) -> str | None:
    """Return the reason for which a response is rejected, or None."""
    config = VerifyConfig.model_validate(bounds)
    fault = check(response, document=document, instruction=instruction, language="en", config=config)[1]
    return fault.reason if fault else None


def figures(response: str, *, document: str = DOCUMENT, instruction: str = INSTRUCTION) -> Grounding:
    """Return the figures of a response."""
    return check(response, document=document, instruction=instruction, language="en")[0]


def test_a_grounded_answer_passes() -> None:
    """An answer that keeps the facts and drops the web page is kept, with figures that say so."""
    found, fault = check(GOOD, document=DOCUMENT, instruction=INSTRUCTION, language="en")
    assert fault is None
    assert found.copy_rate > 0.75
    assert found.length_ratio < 1
    assert found.lost_numbers == ("12", "1,000")
    assert found.new_numbers == found.new_names == found.wrapper_phrases == found.web_furniture == ()


REJECTED = {
    "response_too_short": ["Feed it.", "", "\x00"],
    "response_too_long": [GOOD + GOOD + GOOD],
    "wrapper_phrase": [
        "Sure! Here's how to do it.\n\n" + GOOD,
        "Sure, here is a clear answer.\n\n" + GOOD,
        "Certainly! " + GOOD,
        "Of course! " + GOOD,
        "Absolutely. " + GOOD,
        "Great question! " + GOOD,
        "I'd be happy to help. " + GOOD,
        "Here is the rewritten answer:\n" + GOOD,
        "Here's a revised response:\n" + GOOD,
        "Thank you for your question. " + GOOD,
        GOOD + "I hope this helps!",
        GOOD + "Let me know if you need more.",
        GOOD + "Feel free to ask.",
        GOOD + "If you have any other questions, just ask.",
        GOOD + "Please don't hesitate to reach out.",
        GOOD + "Would you like me to write a plan?",
        GOOD + "As an AI language model, I do not bake.",
        "As an AI, I cannot taste it. " + GOOD,
    ],
    "mentions_source_text": [
        GOOD + "The draft names a jar as well.",
        GOOD + "The article says that steel does no harm.",
        GOOD + "According to the article, steel does no harm.",
        GOOD + "According to the document, steel does no harm.",
        GOOD + "As described in the text, steel does no harm.",
        GOOD + "The text above explains the rest.",
        GOOD + "This article is about bread.",
        "In this post, you learn to keep a starter. " + GOOD,
        GOOD + "The author recommends a jar.",
        GOOD + "The author's opinion is that steel does no harm.",
        GOOD + "The provided text does not say more.",
        GOOD + "The text does not mention rye.",
        GOOD + "The original draft holds more.",
    ],
    "web_furniture": [
        GOOD + "Subscribe to our newsletter.",
        GOOD + "Sign up for our weekly newsletter.",
        GOOD + "Share this post with a friend.",
        GOOD + "Leave a comment!",
        GOOD + "We use cookies to make things better.",
        GOOD + "This website uses cookies.",
        GOOD + "Accept all cookies",
        GOOD + "© 12 Nora. All rights reserved.",
        GOOD + "Click here for the jar.",
        GOOD + "To buy the jar, click here.",
        GOOD + "\nRead more\n",
        GOOD + "\nRead more »\n",
        GOOD + "\n[Continue reading →]",
        GOOD + "\nRelated posts\n",
        GOOD + "\n12 comments\n",
        GOOD + "\nPosted in baking\n",
        GOOD + "\nPrivacy policy | Contact\n",
        GOOD + "\nTags: bread, flour\n",
        GOOD + "Follow us on Facebook.",
        GOOD + "Thanks for reading!",
    ],
    "new_quotations": [
        GOOD + 'As Nora says, "never trust a fridge with your bread."',
        GOOD + "“We are thrilled to welcome it,” says the baker.",
        GOOD + "‘We’re thrilled to welcome it,’ says the baker.",
        GOOD + "'We are thrilled to welcome it,' says the baker.",
        GOOD + "„Wir freuen uns sehr darüber“, sagt der Bäcker.",
        GOOD + "« Nous en sommes très heureux », dit le boulanger.",
        GOOD + "»Wir freuen uns sehr darüber«, sagt der Bäcker.",
        GOOD + 'The bakers call it "a myth … that never dies".',
        GOOD + 'The bakers say "a starter should [always] see a silver spoon".',
    ],
    "new_dates": [
        GOOD + "The myth dates from March 2019.",
        GOOD + "It was first told on 3 May.",
        GOOD + "It was first told on 12/03/2019.",
        GOOD + "It was first told on 2019-03-12.",
        GOOD + "It goes back to the 1990s.",
        GOOD + "It goes back to the 19th century.",
        GOOD + "Feed it twice as often in July.",
    ],
    "new_numbers": [
        GOOD + "A starter can live for 100 years.",
        GOOD.replace("50 g", "60 g"),
        GOOD.replace("eight hours", "six hours"),
        GOOD + "Some 73% of starters die young.",
        GOOD + "It was invented in 1987.",
    ],
    "new_names": [
        GOOD + "It was praised by Paul Hollywood in London, and later by Mary Berry.",
        GOOD + "Try it with flour from King Arthur or from Shipton Mill, as the people at Tartine do.",
    ],
    "response_copies_too_little": [
        "You will want to nourish your culture regularly, using equal parts by weight, and chill it in the meantime. "
        "Prior to making bread, let it warm up and refresh it several times. Discard any culture showing signs of rot, "
        "and decant whatever fluid has separated out. Utensils made out of steel are fine to use.",
    ],
}


@pytest.mark.parametrize(
    ("reason", "response"), [(reason, text) for reason, texts in REJECTED.items() for text in texts]
)
def test_finds_the_fault(reason: str, response: str) -> None:
    """A faulty response is rejected for the reason that a person would give."""
    assert faults(response) == reason


def test_every_rule_has_its_own_reason_and_its_own_cases() -> None:
    """No reason is used twice, and none is without a made case here."""
    assert len({rule.reason for rule in ORDER}) == len(ORDER)
    assert {rule.reason for rule in ORDER} == set(REJECTED)


@pytest.mark.parametrize(
    "text",
    [
        "A web server sets a cookie with the Set-Cookie header, and the browser sends the cookie back. A page that "
        "uses cookies for tracking needs consent. Write a cookie policy, and let people change their cookie settings.",
        'Ask for consent with a short text such as "We use cookies to count visits", and never hide the second button.',
        'Avoid links that say `click here` or "read more": people who listen to a page hear the links alone.',
        "If you want to write well, read more books and share what you read with others. Leave comments in your code.",
        "The rights of the author last for a lifetime. The author of a work may give the rights away.",
        "Revise your essay: read the text aloud, then change the document where you stumble. Keep a copy of it.",
        "It is certainly true that bread is cheap. Of course, flour is cheaper still. Surely you know that.",
        "Sure-footed goats climb well. Here is where they live: on steep hills, of course.",
        'Let people know if you are late. A note such as "Let me know if this suits you" is polite.',
        "As an AI engineer you train models. As an aid to memory, write it down.",
        "Post a letter early, print it on thick paper and reply in time. Sign in with your name.",
        "This article of the constitution protects speech. Free speech has limits.",
    ],
)
def test_lets_an_answer_pass_that_speaks_of_such_things(text: str) -> None:
    """An answer about cookies, links, letters or authors is no residue of a page."""
    found = figures(text, document=text)
    assert found.wrapper_phrases == found.source_mentions == found.web_furniture == ()
    assert faults(text, document=text) is None


def test_words_that_the_document_uses_itself() -> None:
    """In an answer about writing, the draft and the article are its subject and no slip."""
    advice = "Write the draft in one go, then let it lie. Read the article aloud before you send it off to a friend."
    assert faults(advice, document=advice) is None
    assert figures(advice, document="Write it in one go.").source_mentions == ("the draft", "the article")


def test_a_short_note_that_was_blown_up() -> None:
    """A one-sentence note that grew into a press release, with made-up quotations and claims, is caught."""
    note = "Harlow Bakery said on Tuesday that it has bought the flour mill of Ines Dorn; the price was not named."
    release = (
        'Harlow Bakery said on Tuesday that it has bought the flour mill of Ines Dorn. "We are thrilled to welcome the '
        'team," said chief executive Victor Lang, "and together we will shape the future of bread." The mill, which '
        "employs 240 people in Westmark, will open 15 new shops by 2027. Analysts at Morrow Capital expect that sales "
        "will rise by 30% as customers look for regional flour of high quality."
    )
    instruction = "What did Harlow Bakery announce?"
    assert faults(release, document=note, instruction=instruction) == "response_too_long"
    # Where the length alone does not give it away, the quotations do.
    assert faults(release, document=note, instruction=instruction, max_length_ratio=9) == "new_quotations"
    lax = {"max_length_ratio": 9, "max_new_numbers": 9, "max_new_quotations": 9}
    assert faults(release, document=note, instruction=instruction, **lax) == "new_names"
    found = figures(release, document=note, instruction=instruction)
    assert set(found.new_numbers) == {"240", "15", "2027", "30"}
    assert set(found.new_names) == {"Victor Lang", "Westmark", "Morrow Capital"}


def test_evidence_that_was_lost() -> None:
    """Figures that the rewrite dropped are listed, and reasons it made up lower the share of copied words."""
    document = (
        "The town's night bus costs 41 million a year, while Elmstead pays 23 million for twice the distance. Only 9 "
        "riders an hour use it, against 31 in Elmstead. That is why the council wants to end it."
    )
    response = (
        "The council wants to end the night bus because its routes cover a limited area and because the town lacks "
        "investors who believe in public transport and in modern technology."
    )
    found = figures(response, document=document, instruction="Why does the council want to end the night bus?")
    assert found.lost_numbers == ("41 million", "23 million", "9", "31")
    assert found.new_numbers == ()
    assert faults(response, document=document) == "response_copies_too_little"


def test_a_premise_that_drifted() -> None:
    """A question about another country than the document's shows in the figures of the premise."""
    document = (
        "In the spring of 1956 the choir sang in Prague and in Vienna, and people queued around the block for it."
    )
    response = "The choir sang in Prague and in Vienna, and people queued around the block for it."
    drifted = figures(response, document=document, instruction="What did the choir sing in Russia and in Poland?")
    faithful = figures(response, document=document, instruction="What did the choir sing in Vienna?")
    assert drifted.premise_names == ("Russia", "Poland")
    assert faithful.premise_names == ()


def test_numbers_and_names_of_the_instruction_are_known() -> None:
    """What the person who asks brings along may come back in the answer."""
    instruction = "How do I keep a starter from Oslo alive for 30 days?"
    response = GOOD + "That keeps a starter from Oslo alive for 30 days."
    assert faults(response, instruction=instruction) is None
    assert faults(response) == "new_numbers"


@pytest.mark.parametrize(
    ("response", "names"),
    [
        ("Bread is old. Rye is older. Paris is where it is sold.", ()),
        ("They say that Paris is where it is sold.", ("Paris",)),
        ("They say that Marie Curie ate it.", ("Marie Curie",)),
        ("It was made by Nora's friends in brookfield and San Francisco.", ()),
        ("On Monday, in May, I eat bread at Christmas.", ()),
        ("## How Marie Curie Baked Her Bread\nThe bread rose.", ()),
        ("**The Right Jar:** any jar will do.", ()),
        ("1. **Feed It Well.** Use flour.\n- Water Of Good Taste", ()),
        ("The Right Jar For You: any will do.", ()),
        ('He said: "Keep it cool." (Warm is bad.)', ()),
        ("Ask Dr. Weber about it.", ("Weber",)),
        ("Do NOT use metal, and NEVER use salt.", ()),
        ("It is sold by NASA and by McDonald's.", ("NASA", "McDonald's")),
        ("Use `JarOpener` or ```\nuse Jar\n``` for it.", ()),
        ("People of São-Tomé like it, and Ülkü does too.", ("São-Tomé", "Ülkü")),
        ("It was Paris and again Paris.", ("Paris",)),
        ("Go to https://Example.com/Jar or write to Jar@Example.com soon.", ()),
    ],
)
def test_names(response: str, names: tuple[str, ...]) -> None:
    """A name is a capitalised word within a sentence that nobody brought up before."""
    assert figures(response).new_names == names


def test_german_nouns_are_no_names() -> None:
    """Where every noun has a capital, a capital says nothing."""
    response = "Man nimmt dazu Mehl, Wasser und ein Glas aus Hamburg."
    found, _ = check(response, document="Mehl.", instruction="Wie?", language="de-AT")
    assert found.new_names == ()


def test_bounds_come_from_the_configuration() -> None:
    """Bounds are inclusive, and a specification may move them."""
    found = figures(GOOD)
    assert faults(GOOD, min_length_ratio=found.length_ratio, max_length_ratio=found.length_ratio) is None
    assert faults(GOOD, min_length_ratio=found.length_ratio + 0.001) == "response_too_short"
    assert faults(GOOD, max_length_ratio=found.length_ratio - 0.001) == "response_too_long"
    assert faults(GOOD, min_copy_rate=found.copy_rate) is None
    assert faults(GOOD, min_copy_rate=found.copy_rate + 0.001) == "response_copies_too_little"
    assert faults(GOOD + "It takes 99 days.", max_new_numbers=1) is None
    assert faults(GOOD + "They bake in Oslo.", max_new_names=0) == "new_names"
    assert faults(GOOD + "They bake in Oslo.", max_new_names=1) is None


def test_numbers_of_a_date_are_no_numbers_of_their_own() -> None:
    """A date that is new is told once, as a date; the year of a known one is known, however it was written."""
    found = figures(GOOD + "It began on 17 June 2011.")
    assert (found.new_dates, found.new_numbers) == (("17 June 2011",), ())
    document = DOCUMENT + "It began on 17/6/11."
    found = figures(GOOD + "It began in 2011, on 17 June, in the 2010s.", document=document)
    assert (found.new_dates, found.new_numbers) == ((), ())
    assert figures(GOOD + "It began in 2012.", document=document).new_numbers == ("2012",)


def test_detail_names_what_was_found() -> None:
    """A person who reads the reject sees the numbers and names in question."""
    _, fault = check(GOOD + "It takes 99 days.", document=DOCUMENT, instruction=INSTRUCTION)
    assert str(fault) == "new_numbers: 1 not in the document: 99"


def test_copy_rate_is_a_share_of_runs() -> None:
    """Two of four 3-word runs are half, case and punctuation aside; shorter responses are compared whole."""
    assert figures("A b, C D x. y", document="a b c d e f").copy_rate == 0.5
    assert figures("a b", document="x a b y").copy_rate == 1.0
    assert figures("b a", document="x a b y").copy_rate == 0.0
    assert figures("…", document="x").copy_rate == 0.0


def test_figures_are_canonical_json() -> None:
    """The figures are stored as JSON whose bytes depend on the texts alone, with every field there."""
    text = figures(GOOD).to_json()
    assert text == figures(GOOD).to_json()
    fields = Grounding.__dataclass_fields__
    lists = [name for name, field in fields.items() if field.type == tuple[str, ...]]
    assert json.loads(text).keys() == {*fields, *(f"{name}_count" for name in lists)}
    assert json.loads(text)["kept_numbers"] == 0.6


def test_long_lists_are_cut_and_counted() -> None:
    """A row carries ten findings of a kind, each cut, and says how many there were; the rules see them all."""
    quotation = '"' + "never trust a fridge " * 20 + '"'
    response = f"{GOOD} It is {quotation}, and takes {', '.join(str(number) for number in range(200, 260))} days."
    found = json.loads(figures(response).to_json())
    assert (len(found["new_numbers"]), found["new_numbers_count"]) == (10, 60)
    assert (len(found["new_quotations"][0]), found["new_quotations_count"]) == (120, 1)
    assert faults(response, max_new_quotations=1, max_new_numbers=59, max_length_ratio=9) == "new_numbers"
    assert faults(response, max_new_quotations=1, max_new_numbers=60, max_length_ratio=9, min_copy_rate=0) is None


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60), st.sampled_from(["en", "de", "", None]))
def test_any_texts_are_judged(response: str, document: str, instruction: str, language: str | None) -> None:
    """No texts can make a check raise."""
    found, fault = check(response, document=document, instruction=instruction, language=language)
    assert fault is None or isinstance(fault, DataError)
    assert found.length_ratio >= 0
    assert 0 <= found.copy_rate <= 1


@pytest.mark.parametrize(
    "junk", ["\x00", "\ud800", "\u202e", "\n", "**", "a.", "A ", "1,", '"', "`", "- ", "Step 1 ", "©"]
)
def test_long_junk_is_judged(junk: str) -> None:
    """Fifty thousand times the same sign, in all three texts, is judged like anything else."""
    found, _ = check(junk * 50_000, document=junk * 50_000, instruction=junk * 100)
    assert found.length_ratio <= 1
