# ruff: noqa: E501 - markup and prose are kept on their lines
"""The layouts of made pages: what content management systems put around a text. Each returns (html, gold text)."""

from collections.abc import Callable
from html import escape

from tests.extract.made.words import CODE, SECTIONS, SUBHEADS, Words

Made = tuple[str, str]
LAYOUTS: dict[str, Callable[[Words], Made]] = {}


def layout(function: Callable[[Words], Made]) -> Callable[[Words], Made]:
    LAYOUTS[function.__name__] = function
    return function


def page(title: str, body: str, head: str = "", site: str = "The Daily Example") -> str:
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{escape(title)} | {site}</title>{head}"
        f"<script>var data = {{'a': '<p>not text</p>'}};</script><style>p {{color: red}}</style></head><body>{body}</body></html>"
    )


def menu(cls: str = "main-nav") -> str:
    return f"<ul class={cls!r}>" + "".join(f"<li><a href='/{s}'>{s}</a></li>" for s in SECTIONS) + "</ul>"


def teasers(words: Words, count: int = 4, text: bool = False) -> str:
    out = ""
    for teaser in words.teasers(count):
        more = f"<p>{words.sentence()}</p>" if text else ""
        out += f"<li><a href='/x'><img src=a.jpg>{teaser}</a>{more}</li>"
    return f"<ul>{out}</ul>"


def ps(paragraphs: list[str], words: Words | None = None) -> str:
    """Paragraphs, some words of them linked or set off."""
    out = []
    for number, text in enumerate(paragraphs):
        first, _, rest = escape(text, quote=False).partition(" ")
        mark = f"<a href='/y'>{first}</a>" if number % 3 == 1 else f"<em>{first}</em>" if number % 3 == 2 else first
        out.append(f"<p>{mark} {rest}</p>")
    return "\n".join(out)


FOOTER = (
    "<footer class='site-footer'><p>The Daily Example is published by the Example Press Company, a non-profit organization. "
    "Read how we work and what our readers pay for.</p><ul><li><a href='/p'>Privacy</a></li><li><a href='/t'>Terms</a></li></ul>"
    "<p>© 2026 Example Press. All rights reserved.</p></footer>"
)
COOKIES = (
    "<div id='cookie-consent' class='cookie-banner'><h2>We value your privacy</h2><p>We and our 812 partners store and access "
    "information on a device, such as cookies, and process personal data. Click to consent to the processing described.</p>"
    "<button>Accept</button></div>"
)
SHARE = "<div class='share-bar'><span>Share this:</span> <a href='#'>Facebook</a> <a href='#'>Twitter</a> <a href='#'>Email</a></div>"
NEWSLETTER = (
    "<div class='newsletter-signup'><h3>Get the morning letter</h3><p>Sign up for our newsletter and get the best stories of "
    "the day sent to your inbox, every morning at six.</p><form><input name=e><button>Sign up</button></form></div>"
)


def comments(words: Words, count: int = 3) -> str:
    body = "".join(
        f"<li class='comment'><div class='comment-author'>{words.name()} says</div><p>{words.paragraph()}</p><a href='#'>Reply</a></li>"
        for _ in range(count)
    )
    return f"<section id='comments'><h3>{count} comments</h3><ol class='comment-list'>{body}</ol></section>"


@layout
def news(words: Words) -> Made:
    title, body = words.title(), words.paragraphs()
    half = len(body) // 2
    inline = f"<div class='related-inline'><h4>Related</h4>{teasers(words, 2)}</div><p><strong>Read more: <a href='/z'>{words.teasers(1)[0]}</a></strong></p>"
    figure = "<figure><img src=a.jpg><figcaption>The crane in the harbour. Photo: Example</figcaption></figure>"
    html = (
        f"{COOKIES}<header class='masthead'><a href='/'>The Daily Example</a><nav>{menu()}</nav></header><main><article class='story'>"
        f"<header><h1>{title}</h1><div class='byline'>By <a href='/a'>{words.name()}</a></div><time datetime='2026-03-14'>March 14, 2026</time>{SHARE}</header>"
        f"{figure}<div class='story-body'>{ps(body[:half])}{inline}<div class='ad-slot'>Advertisement</div>{ps(body[half:])}</div>"
        f"<div class='article-tags'>Tags: <a href='/h'>harbour</a>, <a href='/c'>council</a></div>{NEWSLETTER}</article>"
        f"<aside class='sidebar'><h3>Most read</h3>{teasers(words, 5)}</aside></main>{comments(words)}{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def blog(words: Words) -> Made:
    title, body = words.title(), words.paragraphs()
    html = (
        f"<div id='page' class='site'><div id='masthead'><p class='site-title'>An Example Blog</p>{menu('menu')}</div><div id='content'>"
        f"<div id='primary'><div id='post-17' class='post type-post hentry'><h1 class='entry-title'>{title}</h1><div class='entry-meta'>Posted on "
        f"<a href='#'>March 3, 2026</a> by {words.name()}</div><div class='entry-content'>{ps(body[:2])}<h2>{SUBHEADS[0]}</h2>{ps(body[2:])}"
        f"<div class='sharedaddy'><h3>Share this:</h3><ul><li><a href='#'>Tweet</a></li></ul></div><div class='jp-relatedposts'><h3>Related</h3>{teasers(words, 3, True)}</div></div>"
        f"<footer class='entry-footer'>Posted in <a href='#'>Town</a> | Tagged <a href='#'>mill</a></footer></div>"
        f"<nav class='post-navigation'><a href='#'>Previous post</a> <a href='#'>Next post</a></nav>{comments(words, 6)}</div>"
        f"<div id='secondary' class='widget-area'><div class='widget'><h2>About</h2><p>{words.paragraph()}</p></div><div class='widget'><h2>Recent posts</h2>{teasers(words, 5)}</div></div></div>{FOOTER}</div>"
    )
    return page(title, html), "\n".join([*body[:2], SUBHEADS[0], *body[2:]])


@layout
def essay(words: Words) -> Made:
    """Classes without meaning, as style compilers make them."""
    title, body = words.title(), words.paragraphs(6, 12)
    parts = "".join(
        f"<div class='x{n}q7'><p class='k3f'>{escape(p, quote=False)}</p></div>" for n, p in enumerate(body)
    )
    html = (
        f"<div class='a9x'><div class='b2'><a href='/'>Example</a><a href='/in'>Sign in</a></div></div><div class='c81'><section><div class='dd'><h1 class='zz'>{title}</h1>"
        f"<div class='q1'><a href='#'>{words.name()}</a><span>7 min read</span><span>Mar 3, 2026</span></div>{parts}</div></section></div>"
        f"<div class='e5'><a href='#'>History</a><a href='#'>Harbours</a></div><div class='r4'><h2>More from Example</h2>{teasers(words, 4, True)}</div><div class='t7'><a href='#'>Help</a><a href='#'>Terms</a></div>"
    )
    return page(title, html), "\n".join(body)


@layout
def breaks(words: Words) -> Made:
    """No paragraph at all: lines apart by two breaks."""
    title, body = words.title(), words.paragraphs()
    text = "<br><br>\n".join(escape(p, quote=False) for p in body)
    html = f"<div id=top><a href='/'>Home</a> | <a href='/n'>News</a> | <a href='/c'>Contact</a></div><div class=t>{title}</div><div>{text}</div><div id=bottom>Copyright 2026 Example. <a href='/i'>Imprint</a></div>"
    return page(title, html), "\n".join(body)


@layout
def tables(words: Words) -> Made:
    """A page of the old kind, laid out in tables."""
    title, body = words.title(), words.paragraphs()
    left = "".join(f"<tr><td><a href='/{s}'><font size=2>{s}</font></a></td></tr>" for s in SECTIONS)
    text = "".join(f"<p><font face=arial>{escape(p, quote=False)}</font></p>" for p in body)
    html = (
        f"<table width=100%><tr><td colspan=3 bgcolor=navy><font color=white>Example County Home Page</font></td></tr><tr><td width=120 valign=top><table>{left}</table></td>"
        f"<td valign=top><h1><font face=arial>{title}</font></h1>{text}</td><td width=150><b>Links</b><br><a href='#'>Weather</a><br><a href='#'>Maps</a></td></tr></table><center><font size=1>Last updated 3/3/2004</font></center>"
    )
    return page(title, html), "\n".join(body)


@layout
def recipe(words: Words) -> Made:
    title = "Overnight rye loaf"
    needs, steps = (
        ["400 g rye flour", "300 ml water", "8 g salt", "2 spoons of caraway"],
        [words.sentence() for _ in range(5)],
    )
    story = words.paragraphs(2, 3)
    html = (
        f"<nav>{menu()}</nav><article class='recipe'><h1>{title}</h1><a class='jump-to-recipe' href='#r'>Jump to recipe</a>{ps(story)}<div id=r class='wprm-recipe'><h2>Ingredients</h2><ul>"
        + "".join(f"<li>{need}</li>" for need in needs)
        + "</ul><h2>Method</h2><ol>"
        + "".join(f"<li>{step}</li>" for step in steps)
        + f"</ol></div><div class='rating'>Rate this recipe: 4.8 from 212 votes</div><h3>You may also like</h3>{teasers(words)}</article>{comments(words, 4)}{FOOTER}"
    )
    return page(title, html), "\n".join([*story, "Ingredients", *needs, "Method", *steps])


@layout
def docs(words: Words) -> Made:
    title, body = "Finding a free seat", words.paragraphs(4, 6)
    rows = [("seats", "list", "The rows of the house."), ("row", "int", "Which row to search; the first is 0.")]
    table = (
        "<table><thead><tr><th>Name</th><th>Type</th><th>Meaning</th></tr></thead><tbody>"
        + "".join(f"<tr><td><code>{a}</code></td><td>{b}</td><td>{c}</td></tr>" for a, b, c in rows)
        + "</tbody></table>"
    )
    html = (
        f"<div class='related' role='navigation'><ul><li><a href='#'>next</a></li><li><a href='#'>index</a></li></ul></div><div class='document'><div class='body' role='main'><section><h1>{title}<a class='headerlink' href='#x'>¶</a></h1>"
        f"{ps(body[:2])}<div class='highlight'><pre>{escape(CODE, quote=False)}</pre></div>{ps(body[2:3])}<h2>Arguments<a class='headerlink' href='#y'>¶</a></h2>{table}<div class='admonition note'><p class='admonition-title'>Note</p><p>{body[3]}</p></div>{ps(body[4:])}</section></div></div>"
        f"<div class='sphinxsidebar'><h3>Table of contents</h3><ul><li><a href='#'>One</a></li><li><a href='#'>Two</a></li></ul></div><div class='footer'>© Copyright 2026. Made with an example tool.</div>"
    )
    cells = "\n".join(" ".join(row) for row in [("Name", "Type", "Meaning"), *rows])
    return page(title, html), "\n".join([*body[:2], CODE, *body[2:3], "Arguments", cells, "Note", body[3], *body[4:]])
