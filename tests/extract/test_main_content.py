"""What is content and what is furniture, one decision at a time."""

import pytest

from tasks.extract.html import Page, extract
from tasks.extract.main_content.names import Kind, kind_of

FIRST = "The harbour board met for the third time this month, and again it left without a decision on the old crane."
SECOND = "Engineers found that the pump failed not because of its age but because a filter had never been replaced."
THIRD = "Volunteers count the birds every Sunday at dawn, and their notebooks now reach back further than the records."
LINKS = "".join(f"<li><a href='/{n}'>Another article, number {n}</a></li>" for n in range(5))


def page(body: str, head: str = "", form: str = "text") -> Page:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return extract(html.encode(), form="markdown" if form == "markdown" else "text")


def text(body: str, form: str = "text") -> str:
    return page(body, form=form).text


def article(inside: str) -> str:
    return f"<div class='article-body'><p>{FIRST}</p>{inside}<p>{SECOND}</p></div>"


@pytest.mark.parametrize(
    ("tag", "attributes", "kind"),
    [
        ("div", {"class": "share-bar"}, Kind.WEAK),
        ("div", {"class": "postShare"}, Kind.WEAK),
        ("div", {"class": "shareholders"}, Kind.PLAIN),
        ("div", {"class": "commentary"}, Kind.PLAIN),
        ("div", {"id": "comments"}, Kind.STRONG),
        ("div", {"class": "no-comments"}, Kind.PLAIN),
        ("p", {"id": "comments"}, Kind.PLAIN),
        ("div", {"class": "entry-content"}, Kind.BODY),
        ("div", {"itemprop": "articleBody", "class": "x"}, Kind.BODY),
        ("article", {}, Kind.ARTICLE),
        ("main", {"class": "x"}, Kind.MAIN),
        ("nav", {"class": "note"}, Kind.SITE),
        ("aside", {"class": "note"}, Kind.NOTE),
        ("aside", {}, Kind.WEAK),
        ("div", {"role": "navigation"}, Kind.SITE),
        ("div", {"style": "color: red; display : none"}, Kind.HIDDEN),
        ("div", {"aria-hidden": "false"}, Kind.PLAIN),
        ("div", {"class": None}, Kind.PLAIN),
        ("div", {"class": "story-body__inner"}, Kind.BODY),
        ("div", {"class": "story-body__share"}, Kind.WEAK),
        ("div", {"class": "article-body with-sidebar"}, Kind.BODY),
        ("div", {"class": "layout-no-sidebar"}, Kind.PLAIN),
        ("article", {"class": "post-7 type-post hentry category-news tag-advertising"}, Kind.ARTICLE),
        ("div", {"id": "onetrust-consent-sdk"}, Kind.STRONG),
        ("div", {"class": "d-none"}, Kind.HIDDEN),
        ("div", {"class": "d-none d-lg-block"}, Kind.PLAIN),
        ("div", {"class": "overflow-hidden"}, Kind.PLAIN),
        ("div", {"class": "hidden"}, Kind.HIDDEN),
        ("div", {"class": "paywall"}, Kind.MILD),
        ("div", {"class": "paywall-prompt"}, Kind.WEAK),
        ("p", {"class": "article__standfirst"}, Kind.LEAD),
        ("div", {"class": "lead-story"}, Kind.ARTICLE),
        ("div", {"class": "mas-leidas"}, Kind.WEAK),
        ("div", {"class": "artikel-text"}, Kind.BODY),
    ],
)
def test_names_are_read_as_whole_words(tag: str, attributes: dict[str, str | None], kind: Kind) -> None:
    """Class, id, role, microdata and style each say what an element is; parts of words say nothing."""
    assert kind_of(tag, attributes) == kind


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav><p>Home and more</p></nav>",
        "<div class=related><ul><li><a href=x>Another article</a></li></ul></div>",
        f"<ul>{LINKS}</ul>",
        f"<h3>Related articles</h3><ul>{LINKS}</ul>",
        "<p><strong>Read more: <a href=x>Another article about cranes</a></strong></p>",
        "<p>Advertisement</p>",
        "<form><p>Sign up here</p></form>",
        "<p>Sign up for our newsletter and get the best of the week, with notes from the editors, by mail.</p>",
        "<p><a href=x>Five things we learned on the harbour</a></p>",
        f"<blockquote><p>“{FIRST[:60]}”</p></blockquote>",
        "<p>3 / 12</p>",
        "<p>14:05</p>",
        "<figure><img src=x><figcaption>The crane, as it was</figcaption></figure>",
        f"<div style='display:none'><p>{THIRD}</p></div>",
        "<script>var a = '<p>b</p>';</script><style>p {}</style><noscript><p>no script</p></noscript>",
    ],
)
def test_furniture_inside_an_article_is_cut_out(furniture: str) -> None:
    """Menus, lists of links, pointers, notices, forms, captions and what nobody sees."""
    assert text(article(furniture)) == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<ol start=4><li>one<ol><li>in</li></ol></li><li>two</li></ol>", "4. one\n  1. in\n5. two"),
        ("<h2>What comes next</h2>", "What comes next"),
        ("<blockquote><p>A short saying.</p></blockquote>", "A short saying."),
        ("<aside class=note><p>Mind the step.</p></aside>", "Mind the step."),
        ("<pre>if a:\n\n    b</pre>", "if a:\n\n    b"),
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a | b\n1 | 2"),
        ("<dl><dt>crane</dt><dd>lifts</dd></dl>", "crane\n\nlifts"),
        ("<p>10<sup>6</sup> birds<sup><a href=#f>2</a></sup></p>", "10^6 birds"),
        ("one line<br>the next<br><br>another", "one line\nthe next\n\nanother"),
        ("<p>Ask <a href=x>the board</a> or <b>me</b>.</p>", "Ask the board or me."),
    ],
)
def test_what_is_content_keeps_its_form(content: str, shown: str) -> None:
    """Short as it is, and whatever it is made of."""
    assert text(article(content)) == f"{FIRST}\n\n{shown}\n\n{SECOND}"


def test_light_markdown() -> None:
    """Headings, inline code, fences, quotes and tables are marked; emphasis and links are not."""
    body = (
        "<h2>A <i>b</i></h2><p>Call <code>f(x)</code>.</p><pre>f(1)</pre><blockquote><p>so</p></blockquote>"
        "<table><tr><th>a<th>b<tr><td>1<td>2</table>"
    )
    assert text(article(body), "markdown") == (
        f"{FIRST}\n\n## A b\n\nCall `f(x)`.\n\n```\nf(1)\n```\n\n> so\n\n"
        f"| a | b |\n| --- | --- |\n| 1 | 2 |\n\n{SECOND}"
    )


def test_names_that_lie_cost_no_text() -> None:
    """A wrapper called sidebar with most of the prose in it is none; hidden text that is all there is stays."""
    assert text(f"<div class='with-sidebar'><p>{FIRST}</p><p>{SECOND}</p></div>") == f"{FIRST}\n\n{SECOND}"
    assert text(f"<div style='visibility:hidden'><p>{FIRST}</p></div>") == FIRST


def test_comments_go_even_where_they_are_most_of_the_page() -> None:
    """An article of a few lines below which readers wrote many, but not a page that is all comments."""
    comments = f"<div id=comments>{f'<p>{THIRD}</p>' * 9}</div>"
    assert text(f"<p>{FIRST}</p><p>{SECOND}</p><p>{FIRST}</p>{comments}") == f"{FIRST}\n\n{SECOND}\n\n{FIRST}"
    assert text(comments).count(THIRD) == 9


TEASERS = "".join(f"<div><h3><a href=/{n}>A headline of number {n}</a></h3><p>{THIRD}</p></div>" for n in range(4))
REMARKS = "".join(f"<div><b>June</b> said<p>{THIRD} {n}</p><a href=#>Reply</a></div>" for n in range(4))


@pytest.mark.parametrize("group", [TEASERS, REMARKS])
def test_boxes_that_begin_or_end_alike_are_furniture_without_a_name(group: str) -> None:
    """Other articles below linked headlines, and what readers wrote above an offer to reply; but not a page of them."""
    body = f"<p>{FIRST}</p><p>{SECOND}</p><p>{FIRST}</p>"
    assert text(f"<div>{body}</div><div>{group}</div>") == f"{FIRST}\n\n{SECOND}\n\n{FIRST}"
    assert text(f"<div>{group}</div>").count(THIRD) == 4


def test_a_list_that_is_an_article_is_kept() -> None:
    """Linked headings, each with more than a blurb below it."""
    parts = "".join(
        f"<div><h2><a href=/{n}>The harbour of number {n}</a></h2><p>{THIRD * 4}</p></div>" for n in range(4)
    )
    assert text(f"<div><p>{FIRST}</p><p>{SECOND}</p><p>{FIRST}</p>{parts}</div>").count(THIRD) == 16


def test_a_page_about_cookies_keeps_its_words() -> None:
    """What elsewhere is a notice is the text where it is much of it."""
    notice = "We use cookies so that the harbour knows you when you come back, and for nothing else at all."
    assert text(f"<p>{notice}</p><p>{FIRST}</p><p>{notice}</p>").count(notice) == 2


def test_a_summary_between_title_and_text_belongs_to_it() -> None:
    """Where it is called one; what stands there without such a name does not, nor what stands above the title."""
    body = f"<div class=article-body><p>{FIRST}</p><p>{SECOND}</p></div>"
    for names, found in (("article__standfirst", True), ("x", False)):
        assert (THIRD in text(f"<h1>The crane</h1><div><p class={names}>{THIRD}</p></div>{body}")) == found
    assert THIRD not in text(f"<p class=standfirst>{THIRD}</p><h1>The crane</h1>{body}")


def test_an_article_in_pieces_is_put_together() -> None:
    """Parts of the same name side by side, with furniture between them."""
    pieces = (f"<div class=story-body><p>{piece}</p></div>" for piece in (FIRST, SECOND))
    body = "<div class=promo>buy</div>".join(pieces)
    assert text(f"<div>{body}</div><div><p>Footer words</p></div>") == f"{FIRST}\n\n{SECOND}"


def test_lines_around_the_text_go_and_the_text_stays() -> None:
    """Bylines above, tags, notices and the author's portrait below."""
    body = (
        "<h1>The crane</h1><p>By Mara Lindqvist</p><p>Published 3 March 2026</p>"
        f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
        "<p>{0}</p><p>Filed under: harbour</p><p>Mara Lindqvist is a reporter in the town.</p><p>© 2026 Example</p>"
    )
    assert text(body.replace("{0}", "It is over.")) == f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n\nIt is over."


LD = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "body", "date"),
    [
        (LD.format('{"@graph": [{"datePublished": "2026-03-14T08:00:00Z"}]}'), "", "2026-03-14"),
        (LD.format('{"datePublished": '), "", None),
        (LD.format("[" * 100_000), "", None),
        ('<meta property="article:published_time" content="2026-03-14">', "", "2026-03-14"),
        ('<meta name="DC.date" content="20260314">', "", "2026-03-14"),
        ('<meta name="date" content="14 March">', "<time datetime='2026-03-14T10:00'>x</time>", "2026-03-14"),
        ("", "<meta itemprop=datePublished content='2026-03-14'>", "2026-03-14"),
        ("", "<p>14 March 2026</p>", None),
        ('<meta name="date" content="2026-13-40">', "", None),
    ],
)
def test_the_date_is_what_the_page_states_plainly(head: str, body: str, date: str | None) -> None:
    """JSON-LD, then <meta>, then <time>; nothing is guessed from the text."""
    assert page(f"<p>{FIRST}</p>{body}", head).date == date


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>The old crane | Example</title>", "The old crane", "The old crane"),
        ("<title>The old crane of the town - Example</title>", "Example", "The old crane of the town"),
        ("<title>A - B</title>", "", "A - B"),
        (
            '<title>Crane - The Example Times</title><meta property="og:site_name" content="The Example Times">',
            "",
            "Crane",
        ),
        ("<title>Crane - The Example Times</title>", "The Example Times", "Crane"),
        ('<title>x</title><meta property="og:title" content="The old crane">', "", "The old crane"),
        ("", "The old crane<a class=headerlink href=#x>¶</a>", "The old crane"),
        ("", "", None),
    ],
)
def test_the_title_is_the_pages_and_not_the_sites(head: str, heading: str, title: str | None) -> None:
    """The heading that <title> begins with, og:title, or <title> without the site's name; it is not in the text."""
    found = page(f"<h1>{heading}</h1><p>{FIRST}</p>", head)
    assert found.title == title
    assert "Example" in heading or found.text == FIRST


def test_a_text_for_scripts_is_found_in_json_ld() -> None:
    """Where the page itself shows nothing, and with markup in it or without."""
    for given in (f"{FIRST}\\n\\n{SECOND}\\n{THIRD}", f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"):
        data = LD.format(f'{{"@type": "NewsArticle", "articleBody": "{given}"}}')
        assert page("<div id=app></div>", data).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
