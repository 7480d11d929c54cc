"""Main text of HTML pages."""

from typing import Any

import pytest

from tasks.core.errors import DataError
from tasks.extract.html import EXTRACTOR, MAX_TITLE_CHARS, extract

ARTICLE = """<!doctype html><html><head><title> Bread &amp;
 butter </title><script>var hidden = 1;</script></head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/all">All recipes</a></li></ul></nav></header>
<main><article><h1>Bread</h1><p>Bread is <b>easy</b> to bake.<br>It needs time.</p>
<h2>What you need</h2><ul><li>500 g flour</li><li>water<ul><li>cold</li></ul></li></ul>
<h2>Steps</h2><ol><li>Mix.</li><li>Wait.</li></ol>
<pre>for loaf in oven:
    take(loaf)

    # cool
</pre></article></main>
<aside>Related: cake</aside><footer>Copyright</footer></body></html>"""


def text(html: str) -> str:
    return extract(html.encode()).text


def reason(html: bytes, content_type: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        extract(html, content_type=content_type)
    return caught.value.reason


def test_the_form_of_the_main_text_is_kept() -> None:
    """Paragraphs, headings, lists and code come out readable; navigation, scripts and footers do not."""
    assert text(ARTICLE) == (
        "Bread is easy to bake.\nIt needs time.\n\nWhat you need\n\n- 500 g flour\n- water\n  - cold\n\n"
        "Steps\n\n1. Mix.\n2. Wait.\n\nfor loaf in oven:\n    take(loaf)\n\n    # cool"
    )


def test_a_page_carries_title_charset_and_extractor() -> None:
    """The title is apart from the text, and the extractor names its version."""
    page = extract(ARTICLE.encode())
    assert (page.title, page.charset, page.extractor) == ("Bread", "utf-8", EXTRACTOR)


def test_the_extractor_is_the_one_the_stage_version_was_raised_for() -> None:
    """Another release of the engine may give other text: raise VERSION in run.py together with this line."""
    assert EXTRACTOR == "backforth@1+selectolax@1.0.2"


@pytest.mark.parametrize("wrapper", ["{}", "<article>{}</article>", "<main><article>{}</article></main>"])
def test_lists_near_the_root_are_content(wrapper: str) -> None:
    """A list of ingredients directly in the article stays; the engine alone would take it for navigation."""
    page = wrapper.format("<p>You need this.</p><ul><li>500 g flour</li><li>300 ml water</li></ul><p>Then mix it.</p>")
    assert text(f"<html><body>{page}</body></html>") == (
        "You need this.\n\n- 500 g flour\n- 300 ml water\n\nThen mix it."
    )


@pytest.mark.parametrize(
    "menu",
    [
        '<ul><li><a href="/a">First page</a></li><li><a href="/b">Second page</a></li></ul>',
        "<nav><ul><li>First page</li><li>Second page</li></ul></nav>",
    ],
)
def test_menus_near_the_root_are_not_content(menu: str) -> None:
    """Lists of links and lists in navigation are still dropped."""
    assert text(f"<html><body>{menu}<article><p>The article.</p></article></body></html>") == "The article."


def test_reader_comments_and_bylines_are_left_out() -> None:
    """What readers wrote below an article is no part of it."""
    page = '<body><main><p>The article.</p></main><section class="comments"><p>First! Great post.</p></section></body>'
    assert text(page) == "The article."


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>A</title><h1>B</h1><p>x", "A"),
        ("<title> </title><h1>B <i>c</i></h1><p>x", "B c"),
        ("<p>no title", None),
        ("<title>a\x00b\u202ec</title><p>x", "abc"),
        (f"<title>{'word ' * 200}</title><p>x", ("word " * 200)[:MAX_TITLE_CHARS].rstrip()),
    ],
)
def test_the_title_is_one_short_line(html: str, title: str | None) -> None:
    """The title comes from <title>, else from <h1>, and hostile ones are tamed."""
    assert extract(html.encode()).title == title


def test_code_in_a_list_keeps_its_lines_together() -> None:
    """All lines of a code block inside a list are indented alike, with blank lines around it."""
    page = "<body><ol><li>Run:<pre>if x:\n    y\n</pre></li><li>Stop.</li></ol></body>"
    assert text(page) == "1. Run:\n\n    if x:\n        y\n\n2. Stop."


@pytest.mark.parametrize(
    "html",
    [b"", b"   ", b"<html><body></body></html>", b"<script>only()</script>", b"<frameset><frame src=a></frameset>"],
)
def test_a_page_without_text_is_rejected(html: bytes) -> None:
    """Nothing to read is a reason of its own."""
    assert reason(html) == "empty_text"


def test_a_wrong_charset_does_not_lose_the_page() -> None:
    """A Latin-1 page that claims UTF-8 is read as what it is."""
    page = extract(
        "<p>Die Prüfung gehört dazu, natürlich.</p>".encode("cp1252"), content_type="text/html; charset=utf-8"
    )
    assert (page.text, page.charset) == ("Die Prüfung gehört dazu, natürlich.", "windows-1252")


def test_nul_bytes_do_not_reach_the_text() -> None:
    """PostgreSQL refuses NUL, so none gets through."""
    assert "\x00" not in extract(b"<title>a\x00b</title><p>one\x00two &#0; three</p>").text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 5_000 + "text",
        "<div>text " * 20_000,
        "<p " + " ".join(f"a{number}=1" for number in range(20_000)) + ">text",
        "<p " + " ".join(f'a{number}=">"' for number in range(20_000)) + ">text",
    ],
    ids=["deep", "deep with text", "attributes", "attributes with brackets"],
)
def test_markup_made_to_cost_time_is_rejected(html: str) -> None:
    """Nesting and attributes without end are refused before they cost quadratic time."""
    assert reason(html.encode()) == "hostile_markup"


def test_binary_that_claims_to_be_html_is_rejected() -> None:
    """A picture is undecodable, not an empty page."""
    assert reason(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "text/html") == "undecodable"


def test_a_text_begins_with_the_title_on_demand() -> None:
    """Many a page says in its title alone what it is about; one whose own heading says something else keeps that."""
    body = b"<p>Boil the water first, then let it cool for a quarter of an hour before you pour it over the leaves.</p>"

    def text(head: bytes, heading: bytes, **options: Any) -> str:
        markup = b"<html><head>" + head + b"</head><body><main>" + heading + body * 4 + b"</main></body></html>"
        return extract(markup, title_first=True, **options).text

    site = b"<title>Green tea - The kettle and its friends, a site of many pages</title>"
    assert text(b"<title>Green tea</title>", b"<h1>Green tea</h1>").startswith("Green tea\n\nBoil the water")
    assert text(b"<title>Green tea</title>", b"<h1>Green tea</h1>", form="markdown").startswith("# Green tea\n\nBoil")
    assert text(b"<title>Green tea</title>", b"").startswith("Green tea\n\nBoil the water")
    assert text(site, b"<h1>How hot is the water for tea?</h1>").startswith("How hot is the water for tea?\n\nBoil")
    apart = extract(b"<title>Green tea</title><main><h1>Green tea</h1>" + body * 4 + b"</main>")
    assert (apart.title, apart.text.startswith("Boil the water")) == ("Green tea", True)
