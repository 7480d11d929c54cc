"""Each rule by a text it finds fault with and texts it lets pass, and all of them by documents of every kind."""

import pytest

from tasks.core.config import FilterConfig
from tasks.core.errors import ConfigError
from tasks.filters.check import check
from tasks.filters.document import DocumentText
from tasks.filters.rules import ORDER, rules_of
from tests.filters.texts import FORUM, GERMAN, GOOD, MENU, PRODUCT, TAG_ARCHIVE, TECHNICAL, with_sentence

CONFIG = FilterConfig.model_validate({})
RULES = {rule.name: rule for rule in ORDER}

BAD = {
    "wrong_language": [GERMAN, "12 34 56 78 90 " * 40],
    "too_short": ["", "One sentence only.", "x" * 399],
    "too_long": ["x" * 24_001],
    "too_few_stop_words": ["Apples pears plums cherries quinces medlars ripen late everywhere. " * 8],
    "too_many_symbols": [
        "# note # see # also # here " * 20,
        "wait ... what ... no ... yes " * 20,
        "#hash #tags #on #every #word\n" * 20,
    ],
    "too_few_alphabetic_words": ["12 of 340 went 55 to 77 % in 1999 88 99 100 " * 10],
    "bad_mean_word_length": ["a b c d e f g h i " * 30, "Donaudampfschifffahrtsgesellschaft " * 30],
    "too_many_repeated_lines": ["Always the same line of text.\n" * 10 + GOOD],
    "too_many_list_lines": ["- apples\n- pears\n- plums\n" * 10],
    "too_many_ellipsis_lines": ["It goes on and on...\nIt ends here.\nIt is cut off…\n" * 5],
    "too_few_sentences": ["A heading without an end\n\nAnother one\n\nAnd a third one, also without", MENU],
    "placeholder_text": [
        with_sentence("Lorem ipsum dolor sit amet, consectetur."),
        "This page is under construction. Please come back later.",
        "This domain is for sale! Contact the owner.",
        "Welcome. Insert your text here.",
    ],
    "listing_page": [TAG_ARCHIVE, MENU],
    "forum_thread": [FORUM],
    "promotional": [PRODUCT],
    "cut_off": [
        GOOD + "\nThe third winter is the time for the roots, but that is",
        GOOD
        + "\nThere is more to say about the roots and about the soil they stand in, and what most gardeners forget",
        "A short teaser that ends in the middle...",
        "A short teaser. Read more",
        "A short teaser […]",
    ],
    "personal_data": [
        with_sentence("Write to jane.miller@orchard-club.org about it."),
        with_sentence("Call (212) 867-5309 for help."),
        with_sentence("Call +44 20 7946 1234 for help."),
        with_sentence("Call 415-867-5309 for help."),
        with_sentence("My card is 4539 1488 0343 6467."),
        with_sentence("My card is 371122223332225."),
        with_sentence("Pay to DE75 5121 0800 1245 1261 99."),
        with_sentence("The log shows 93.184.216.34 at noon."),
    ],
}

GOOD_ENOUGH = {
    "wrong_language": [GOOD, TECHNICAL],
    "too_short": ["x" * 400],
    "too_long": ["x" * 24_000],
    "too_few_stop_words": [GERMAN],
    "too_many_symbols": ["# Heading\n" + GOOD, "#!/bin/sh\n# a comment\n# another one\nls -l | wc\n" + GOOD],
    "too_few_alphabetic_words": ["In 1999 there were twelve trees, and in 2009 only 7 of them were left."],
    "too_many_repeated_lines": [TECHNICAL, "one\ntwo\none\nthree\nfour\nfive"],
    "too_many_list_lines": ["You need:\n- apples\n- pears\n- plums"],
    "too_many_ellipsis_lines": ["It goes on...\nIt ends here.\nIt ends.\nAnd here too."],
    "too_few_sentences": ["You need:\n- flour\n- water\n- salt\n- yeast\nMix it. Let it rest. Bake it for an hour."],
    "placeholder_text": [
        with_sentence("Typesetters call it lorem ipsum."),
        with_sentence("The server then says that this page is under construction.") * 3,
    ],
    "listing_page": [
        "Ingredients\n\n"
        + "\n".join(f"- {n}00 g of something good" for n in range(1, 12))
        + "\n\nMix it all and bake it.",
        with_sentence("See the chapter on frost to read more about it."),
    ],
    "forum_thread": [with_sentence('My neighbour wrote: "never cut in frost".')],
    "promotional": [
        with_sentence("Shops write “add to cart” on the button, and a saw costs about $25."),
        with_sentence("A pound of apples was $2.50 then, and $3 a year later."),
    ],
    "cut_off": [
        GOOD,
        TECHNICAL,
        GOOD + "\nprint('the end')",
        GOOD + "\n- a last item of a list that has no full stop at all here",
        GOOD + "\nSee also",
    ],
    "personal_data": [
        with_sentence("Write to jane@example.com or root@localhost or me@mail.invalid."),
        with_sentence("Clone git@github.com:orchard/tools.git first."),
        with_sentence("Call 555-0123 or (212) 555-0142 or 123-456-7890."),
        with_sentence("Test with 4111 1111 1111 1111 or 4242424242424242."),
        with_sentence("The number 4539 1488 0343 6468 fails the check, and 0.4539148803436467 is no card."),
        with_sentence("The registry shows GB82 WEST 1234 5698 7654 32 and the wrong DE75 5121 0800 1245 1261 98."),
        with_sentence("Ping 192.168.0.17, 10.0.0.5, 127.0.0.1, 192.0.2.44, 203.0.113.9 or 8.8.8.8."),
        with_sentence("Version 93.184.216.34 and release 1.2.11.4 and section 6.4.4.2 came in 2024-01-31."),
        with_sentence("The ISBN is 978-0-306-40615-7, the sum is 1 234 567 890."),
    ],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_a_rule_finds_its_fault(name: str, text: str) -> None:
    """The text has exactly the fault that the rule is named after."""
    assert RULES[name].fault(DocumentText(text), CONFIG)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD_ENOUGH.items() for text in texts])
def test_a_rule_lets_others_pass(name: str, text: str) -> None:
    """What looks like the fault and is none passes this rule."""
    assert RULES[name].fault(DocumentText(text), CONFIG) is None


def test_every_rule_has_a_bad_text() -> None:
    """A rule that no text can fail would be no rule."""
    assert set(BAD) == set(RULES)


@pytest.mark.parametrize("text", [GOOD, TECHNICAL], ids=["prose", "technical"])
def test_good_documents_pass_all_rules(text: str) -> None:
    """Prose and documentation with code and lists are kept."""
    verdict = check(text)
    assert (verdict.kept, verdict.reason, verdict.language) == (True, None, "en")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A note.", "too_short"),
        (GERMAN, "wrong_language"),
        (TAG_ARCHIVE, "listing_page"),
        (MENU, "listing_page"),
        (FORUM, "forum_thread"),
        (PRODUCT, "promotional"),
        (with_sentence("Write to jane.miller@orchard-club.org."), "personal_data"),
    ],
)
def test_a_document_is_rejected_for_what_it_is(text: str, reason: str) -> None:
    """The reason names the kind of page, not the first symptom of it."""
    assert check(text).reason == reason


def test_an_address_can_tell_a_listing() -> None:
    """Three dated teasers are an archive where the address says so, and may be a chronicle elsewhere."""
    text = "\n".join(f"{day} May 2020\n" + GOOD for day in (1, 2, 3))
    assert RULES["listing_page"].fault(DocumentText(text, url="https://a.example/tag/trees/"), CONFIG)
    assert RULES["listing_page"].fault(DocumentText(text, url="https://a.example/stages/trees"), CONFIG) is None


def test_personal_data_is_not_repeated_in_the_detail() -> None:
    """The detail goes to people and logs, so it names the kind and the place only."""
    verdict = check(with_sentence("Write to jane.miller@orchard-club.org."))
    assert "jane" not in verdict.detail
    assert "email" in verdict.detail


def test_a_specification_chooses_rules_and_their_order() -> None:
    """Named rules replace the default list; the first of them that finds a fault gives the reason."""
    config = FilterConfig.model_validate({"rules": ["wrong_language", "too_short"]})
    assert [rule.name for rule in rules_of(config)] == ["wrong_language", "too_short"]
    assert check("Kurz und auf Deutsch, das ist nicht zu übersehen.", config=config).reason == "wrong_language"
    assert check(PRODUCT, config=config).kept


@pytest.mark.parametrize("rules", [["too_short", "no_such_rule"], ["too_short", "too_short"]])
def test_a_specification_with_wrong_rules_is_refused(rules: list[str]) -> None:
    """An unknown or repeated name is a mistake in the file, and the message lists what there is."""
    with pytest.raises(ConfigError, match="rule"):
        rules_of(FilterConfig.model_validate({"rules": rules}))


def test_figures_of_a_verdict() -> None:
    """The figures are of the whole document, also of one that is rejected early."""
    assert check("Two words.").figures == {
        "chars": 10,
        "words": 2,
        "sentences": 1,
        "lines": 1,
        "language_probability": check("Two words.").figures["language_probability"],
    }


@pytest.mark.parametrize(
    "text", ["", "\n\n", "…", "a" * 20_000, "a\n" * 10_000, "(" * 20_000, "1" * 20_000, "<a " * 6_000]
)
def test_odd_texts_are_judged_without_failing(text: str) -> None:
    """Empty texts, endless lines and symbols alone get a verdict from every rule."""
    document = DocumentText(text)
    for rule in ORDER:
        fault = rule.fault(document, CONFIG)
        assert fault is None or fault
