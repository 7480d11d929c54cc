"""The rules about characters, links and kinds of page, by texts they find fault with and texts they let pass."""

import json
from typing import Any

import pytest

from tasks.core.filter_config import FilterConfig
from tasks.core.filter_presets import FILTER_PRESETS
from tasks.core.filter_rules import rule_name
from tasks.filters import Chain, Verdict, check
from tests.filters import pages
from tests.filters.texts import FORUM, GERMAN, GOOD, MENU, PRODUCT, TAG_ARCHIVE, TECHNICAL, with_sentence

OURS = {str(rule_name(entry)): entry for entry in FILTER_PRESETS["backforth"]}


def judged(rule: str, text: str, *, url: str | None = None, params: dict[str, Any] | None = None) -> Verdict:
    """Ask one rule, with the parameters of our preset where it is in it."""
    entry = OURS.get(rule, rule) if params is None else {rule: params}
    return Chain(FilterConfig.model_validate({"rules": [entry]})).check(text, url=url)


BAD: dict[str, list[str]] = {
    "too_many_digits": ["In 1999 and 2001"],
    "too_many_parentheses": ["(a) (b) (c)"],
    "too_much_white_space": ["a  b  c", "\n\n\t"],
    "too_many_non_alphanumeric": ["*** !!! *** a", "", "  "],
    "too_long_word": ["a word " + "x" * 1_001],
    "too_long_lines": ["short\n" + "x" * 1_001, ""],
    "link_density": [pages.LINKS, "[a](https://a.example/b) and www.b.example/c"],
    "boilerplate": [pages.NOTICES],
    "placeholder_text": [with_sentence("Lorem ipsum dolor sit amet, consectetur."), *pages.BLANK_PAGES],
    "error_page": [pages.NOT_FOUND, pages.NO_SCRIPT, "503 Service unavailable", "Access denied.\nReference 18.2"],
    "cookie_wall": [pages.COOKIE_WALL],
    "login_wall": [pages.LOGIN_WALL, pages.LOGIN_FORM],
    "machine_output": [pages.MACHINE_LOG, pages.CODE_DUMP],
    "forum_thread": [FORUM],
    "comment_thread": [pages.COMMENTS],
    "listing_page": [TAG_ARCHIVE, MENU, pages.CUT_ENTRIES],
    "search_results": [pages.SEARCH_RESULTS, "No results found for your query\nDid you mean: barrel?"],
    "several_items": [pages.FRONT_PAGE, pages.NEWS_DIGEST, pages.POSTED],
    "calendar": [pages.EVENTS, pages.MONTH_GRID],
    "product_list": [pages.GOODS],
    "promotional": [PRODUCT],
    "too_few_sentences": ["A heading without an end\n\nAnother one\n\nAnd a third one, also without", MENU],
    "cut_off": [
        GOOD + "\nThe third winter is the time for the roots, but that is",
        GOOD + "\nThere is more to say about the roots and the soil they stand in, and what most gardeners forget",
        "A short teaser that ends in the middle...",
        "A short teaser. Read more",
        "A short teaser […]",
    ],
    "personal_data": [with_sentence("Write to jane.miller@orchard-club.org about it.")],
}

# How a manual or an article may look without being such a page.
GOOD_ENOUGH: dict[str, list[str]] = {
    "too_many_digits": ["In 1999 there were many old trees here, and in 2001 there were none."],
    "too_many_parentheses": ["Trees (old ones) and shrubs."],
    "too_much_white_space": [GOOD],
    "too_many_non_alphanumeric": [TECHNICAL],
    "too_long_word": ["x" * 1_000],
    "too_long_lines": ["x" * 1_000],
    "link_density": [with_sentence("See https://www.example.org/trees for more."), GOOD],
    "boilerplate": [
        with_sentence("Read the terms of use before you buy such a tree."),
        GOOD + "\n\nAll rights reserved.",
        "The privacy policy of a site says what it keeps. " * 12 + "\n\n" + GOOD[:200].replace("\n", " "),
    ],
    "placeholder_text": [
        with_sentence("Typesetters call it lorem ipsum."),
        with_sentence("The server then says that this page is under construction.") * 3,
    ],
    "error_page": [
        GOOD + "A server answers 404 not found when there is no such page. " * 3,
        with_sentence("Programs that cannot open the file say that an error occurred.") * 2,
        GOOD[:600] + " Where there is no such page, the server says: page not found. The visitor then goes back.",
        pages.NOT_FOUND + GOOD,
    ],
    "cookie_wall": [
        "A cookie is a short text that a server sends and a browser returns. Cookies carry the number of a session. A "
        "cookie with the attribute Secure is only sent over TLS. A cookie with HttpOnly is hidden from scripts. Most "
        "cookies expire after some days. Third parties set cookies to follow people from site to site.",
        pages.COOKIE_WALL + GOOD * 2,
        pages.COOKIE_WALL + GOOD,
    ],
    "login_wall": [
        "To change your password, log in and open the settings. Choose a new password of twelve characters or more. If "
        "you have forgotten your old one, use the link below the form. Then sign in again on all your devices.",
        with_sentence("Sign in to read your messages.") * 3,
        pages.LOGIN_WALL + GOOD * 2,
        "Log in to continue where you stopped, says the machine.\n" + GOOD + "Create an account only if you want to.",
    ],
    "machine_output": [TECHNICAL, GOOD, "$ make\n$ make install\n$ make check\n$ make clean"],
    "forum_thread": [
        with_sentence('My neighbour wrote: "never cut in frost".'),
        FORUM + GOOD.replace(". ", ".\n") * 10,
        "Posted by A on 1 May\n" * 2 + "Reply",
        "Posted by A on 1 May\n" * 5,
    ],
    "comment_thread": [
        GOOD + "\n3 comments",
        GOOD * 3 + pages.COMMENTS[len(GOOD) :],
        "Anna says:\nIt was late.\nBert says:\nIt was not.\nAnna says:\nThen listen.",
        with_sentence("“It was late,” the gardener said."),
    ],
    "listing_page": [
        "Ingredients\n\n"
        + "\n".join(f"- {n}00 g of something good" for n in range(1, 12))
        + "\n\nMix it all and bake it.",
        with_sentence("See the chapter on frost to read more about it."),
        "\n".join(f"| name {n} | what it is for |" for n in range(20)),
    ],
    "search_results": [
        with_sentence("The results for young trees are better."),
        "Sorting a table\n\nSort by the second column first.\n\nThen filter by date. Empty cells come last.",
    ],
    "several_items": [
        "\n".join(f"{day} May 1940\nThe army crossed the river, and the town was taken." for day in range(3, 9)),
        GOOD + "\nPosted by Marta on 3 May 2024",
    ],
    "calendar": [
        "\n".join(f"{day} March 1912: The ship passed the cape, and the ice came nearer." for day in range(1, 13)),
        GOOD,
    ],
    "product_list": [
        "\n".join(f"The saw of type {n} costs about ${n}0, and it lasts a few years." for n in range(1, 9)),
        with_sentence("A saw costs $25."),
    ],
    "promotional": [
        with_sentence("Shops write “add to cart” on the button, and a saw costs about $25."),
        with_sentence("A pound of apples was $2.50 then, and $3 a year later."),
        with_sentence("People who order nowadays pay $5 more, and buy now and then a second tree."),
    ],
    "too_few_sentences": [
        "You need:\n- flour\n- water\n- salt\n- yeast\nMix it. Let it rest. Bake it for an hour.",
        "Limits of the index:\n" + "\n".join(f"- no more than {n} words in each of the entries" for n in range(4)),
    ],
    "cut_off": [
        GOOD,
        TECHNICAL,
        GOOD + "\nprint('the end')",
        GOOD + "\n- a last item of a list that is long enough to be a paragraph and has no full stop at all",
        GOOD + "\n| a last row of a table | which is long enough to be a paragraph | and has no full stop | at all",
        GOOD[:300] + "\nThe end of a short text may be a caption that is as long as this one and as harmless",
        GOOD + "\nSee also",
        GOOD + "\nWritten in the winter of the year by a gardener and a friend of old trees, Orchard Road, Old Town",
    ],
    "personal_data": [with_sentence("Write to jane@example.com or root@localhost.")],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BAD.items() for text in texts])
def test_a_rule_finds_its_fault(rule: str, text: str) -> None:
    """The text has the fault that the rule is named after."""
    verdict = judged(rule, text)
    assert verdict.reason == rule
    assert verdict.detail


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in GOOD_ENOUGH.items() for text in texts])
def test_a_rule_lets_others_pass(rule: str, text: str) -> None:
    """What looks like the fault and is none passes this rule."""
    verdict = judged(rule, text)
    assert verdict.kept, verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A note.", "too_short"),
        (GERMAN, "wrong_language"),
        (TAG_ARCHIVE, "listing_page"),
        (MENU, "listing_page"),
        (FORUM, "forum_thread"),
        (PRODUCT, "promotional"),
        (pages.NOT_FOUND, "error_page"),
        (pages.NO_SCRIPT, "error_page"),
        (pages.COOKIE_WALL, "cookie_wall"),
        (pages.LOGIN_WALL, "login_wall"),
        (pages.MACHINE_LOG, "machine_output"),
        (pages.CODE_DUMP, "machine_output"),
        (pages.COMMENTS, "comment_thread"),
        (pages.SEARCH_RESULTS, "search_results"),
        (pages.FRONT_PAGE, "several_items"),
        (pages.NEWS_DIGEST, "several_items"),
        (pages.EVENTS, "calendar"),
        (pages.MONTH_GRID, "calendar"),
        (pages.LINKS, "link_density"),
        (pages.GOODS * 2, "product_list"),
    ],
)
def test_a_document_is_rejected_for_what_it_is(text: str, reason: str) -> None:
    """The reason names the kind of page, not the first symptom of it."""
    verdict = check(text)
    assert verdict.reason == reason, json.dumps(verdict.figures)


@pytest.mark.parametrize("text", [GOOD, TECHNICAL], ids=["prose", "technical"])
def test_good_documents_pass_all_rules(text: str) -> None:
    """Prose and documentation with code and lists are kept."""
    verdict = check(text)
    assert (verdict.kept, verdict.reason, verdict.language) == (True, None, "en")


def test_an_address_can_tell_a_listing() -> None:
    """Three dated teasers are an archive where the address says so, and may be a chronicle elsewhere."""
    text = "\n".join(f"{day} May 2020\n" + GOOD for day in (1, 2, 3))
    assert judged("listing_page", text, url="https://a.example/tag/trees/").reason
    assert judged("listing_page", text, url="https://a.example/stages/trees").kept


def test_an_address_can_tell_search_results() -> None:
    """One sign is enough where the address is that of a search."""
    text = "248 results\n" + GOOD
    assert judged("search_results", text, url="https://a.example/search?q=barrel").reason
    assert judged("search_results", text, url="https://a.example/barrel").kept


def test_personal_data_is_not_repeated_in_the_detail() -> None:
    """The detail goes to people and logs, so it names the kind and the place only."""
    verdict = judged("personal_data", with_sentence("Write to jane.miller@orchard-club.org."))
    assert "jane" not in verdict.detail
    assert "email" in verdict.detail
    only_cards = judged(
        "personal_data", with_sentence("Write to jane.miller@orchard-club.org."), params={"kinds": ["card"]}
    )
    assert only_cards.kept
