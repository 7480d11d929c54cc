# ruff: noqa: E501 - markup and prose are kept on their lines
"""More layouts of made pages: forums, shops, wikis, lists, and pages that hide or repeat their text."""

import json
from html import escape

from tests.extract.made.layouts import (
    COOKIES,
    FOOTER,
    NEWSLETTER,
    SHARE,
    Made,
    comments,
    layout,
    menu,
    page,
    ps,
    teasers,
)
from tests.extract.made.words import NAMES, SUBHEADS, Words


@layout
def wiki(words: Words) -> Made:
    title, body = words.title(), words.paragraphs(6, 9)
    cited = [p.replace(",", "<sup class='reference'><a href='#c1'>[1]</a></sup>,", 1) for p in body]
    toc = "<div id='toc' class='toc'><h2>Contents</h2><ul><li><a href='#a'>1 Origins</a></li><li><a href='#b'>2 Use</a></li></ul></div>"
    box = "<table class='infobox'><tr><th>Height</th><td>41 m</td></tr><tr><th>Built</th><td>1911</td></tr></table>"
    edit = "<span class='mw-editsection'>[<a href='#'>edit</a>]</span>"
    html = (
        f"<div id='mw-navigation'>{menu()}</div><div id='content' class='mw-body'><h1 id='firstHeading'>{title}</h1><div id='bodyContent'><div id='siteSub'>From an example wiki</div><div class='mw-parser-output'>{box}"
        + "".join(f"<p>{p}</p>" for p in cited[:2])
        + f"{toc}<h2>Origins{edit}</h2>"
        + "".join(f"<p>{p}</p>" for p in cited[2:4])
        + f"<h2>Use{edit}</h2>"
        + "".join(f"<p>{p}</p>" for p in cited[4:])
        + "<h2>References</h2><ol class='references'><li><a href='#'>^</a> <cite><a href='#'>Harbour yearbook, 1911, page 12</a></cite></li></ol><div class='navbox'><a href='#'>Cranes</a> <a href='#'>Harbours</a></div></div></div><div class='catlinks'>Categories: <a href='#'>Cranes</a></div></div>"
        + FOOTER
    )
    return page(title, html), "\n".join([*body[:2], "Origins", *body[2:4], "Use", *body[4:]])


@layout
def forum(words: Words) -> Made:
    """All posts of a short thread; who wrote them and when is not text."""
    title, posts = words.title(), words.paragraphs(3, 5)
    out = "".join(
        f"<div class='topic-post'><div class='post-meta'><a href='#'>{NAMES[n % 5]}</a> 12 Mar 2026, 10:{n}4</div><div class='post-body'><p>{escape(p, quote=False)}</p></div><div class='post-controls'><a href='#'>Reply</a> <a href='#'>Like</a></div></div>"
        for n, p in enumerate(posts)
    )
    return page(
        title,
        f"<div class='header'>{menu()}</div><h1>{title}</h1><div class='thread'>{out}</div><div class='pagination'><a href='#'>1</a> <a href='#'>2</a></div>{FOOTER}",
    ), "\n".join(posts)


@layout
def question(words: Words) -> Made:
    title, asked, answer = "How do I find a free seat?", words.paragraphs(2, 3), words.paragraphs(3, 4)
    html = (
        f"<header class='top-bar'>{menu()}</header><div id='content'><div id='question-header'><h1><a href='/q'>{title}</a></h1><a class='ask' href='/ask'>Ask Question</a></div><div id='mainbar'><div class='question'><div class='votecell'>12</div><div class='post-text'>{ps(asked)}</div>"
        f"<div class='post-taglist'><a href='#'>python</a></div><div class='user-info'>asked Mar 3 by <a href='#'>{words.name()}</a></div></div><div id='answers'><h2>1 Answer</h2><div class='answer'><div class='votecell'>31</div><div class='post-text'>{ps(answer)}</div></div></div></div>"
        f"<div id='sidebar'><h4>Related</h4>{teasers(words, 6)}</div></div>{FOOTER}"
    )
    return page(title, html), "\n".join([*asked, *answer])


@layout
def product(words: Words) -> Made:
    title, body = "Hand plane no. 4", words.paragraphs(3, 4)
    specs = [("Length", "245 mm"), ("Weight", "1.7 kg"), ("Iron", "50 mm")]
    table = "<table class='specs'>" + "".join(f"<tr><th>{a}</th><td>{b}</td></tr>" for a, b in specs) + "</table>"
    html = (
        f"<header>{menu()}<a href='/cart' class='mini-cart'>Cart (0)</a></header><div class='product'><h1>{title}</h1><div class='price'>89.00</div><button>Add to basket</button><div class='product-description'>{ps(body)}<h2>Data</h2>{table}</div></div>"
        f"<section class='related-products'><h2>Customers also bought</h2>{teasers(words, 4)}</section>{NEWSLETTER}{FOOTER}"
    )
    return page(title, html, site="Example Tools"), "\n".join([*body, "Data", *(f"{a} {b}" for a, b in specs)])


@layout
def listicle(words: Words) -> Made:
    """Headings that are links, each with its text: a list that is an article."""
    title, body = "Six places to sit by the water", words.paragraphs(7, 8)
    parts = "".join(
        f"<h2><a href='/p{n}'>{n}. {head}</a></h2><p>{escape(p, quote=False)}</p>"
        for n, (head, p) in enumerate(zip(SUBHEADS, body[1:], strict=False), 1)
    )
    gold = [body[0]]
    for n, (head, p) in enumerate(zip(SUBHEADS, body[1:], strict=False), 1):
        gold += [f"{n}. {head}", p]
    html = f"<nav>{menu()}</nav><div class='article-page'><h1>{title}</h1>{SHARE}<div class='article__content'><p>{escape(body[0], quote=False)}</p>{parts}</div><div class='author-bio'><p>{words.name()} writes about water and has lived near it for most of a long life.</p></div></div>{FOOTER}"
    return page(title, html), "\n".join(gold)


@layout
def data_only(words: Words) -> Made:
    """The text is in JSON-LD alone, for scripts to show."""
    title, body = words.title(), words.paragraphs()
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": "2026-03-14T08:00:00Z",
        "articleBody": "\n\n".join(body),
    }
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    return page(
        title, f"<div id='app'></div><noscript>Please enable JavaScript to read this site.</noscript>{FOOTER}", head
    ), "\n".join(body)


@layout
def hidden(words: Words) -> Made:
    """Parts that nobody sees, and the text twice for two sizes of screen."""
    title, body = words.title(), words.paragraphs()
    html = (
        f"{COOKIES}<div class='modal' style='display: none'><p>{words.paragraph()}</p></div><div hidden><p>{words.paragraph()}</p></div><nav>{menu()}</nav><div class='wrapper with-sidebar'><div class='col'><h1>{title}</h1><p class='summary'>{body[0]}</p>{ps(body[1:])}<span class='sr-only'>End of the text of this page</span></div>"
        f"<div class='sidebar right'><h3>Latest news</h3>{teasers(words, 6)}</div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def amp(words: Words) -> Made:
    title, body = words.title(), words.paragraphs()
    html = f"<amp-sidebar id='s' layout='nodisplay'>{menu()}</amp-sidebar><header><a href='/'>Example</a></header><article class='amp-wp-article'><h1 class='amp-wp-title'>{title}</h1><div class='amp-wp-meta'>By {words.name()}</div><div class='amp-wp-article-content'>{ps(body)}<amp-ad width=300><div fallback>Ad</div></amp-ad></div></article><amp-consent><p>We use cookies on this site to make your visit better.</p></amp-consent>{FOOTER}"
    return page(title, html), "\n".join(body)


@layout
def sections(words: Words) -> Made:
    """An article in pieces, with furniture between them."""
    title, body = words.title(), words.paragraphs(7, 10)
    pieces = "".join(
        f"<div class='article-body__section'>{ps(body[n : n + 2])}</div><div class='promo-box'><a href='#'>{words.teasers(1)[0]}</a></div>"
        for n in range(0, len(body), 2)
    )
    html = f"<div class='nav'>{menu()}</div><div class='page-wrap'><h1>{title}</h1><p class='dateline'>Published 3 March 2026</p>{pieces}<p>Follow us on Twitter and like us on Facebook.</p><p><em>{words.name()} is a reporter. Contact: desk@example.com</em></p></div><div class='below'><h3>More stories</h3>{teasers(words, 5, True)}</div>{FOOTER}"
    return page(title, html), "\n".join(body)


@layout
def form_page(words: Words) -> Made:
    """The whole page inside one form, as some frameworks make it."""
    title, body = words.title(), words.paragraphs()
    html = f"<form id='aspnetForm' method=post><div id='header'>{menu()}</div><div id='ctl00_Main'><h1>{title}</h1>{ps(body)}</div><div id='footer'>Example Authority, 1 Harbour Street. <a href='#'>Contact</a></div></form>"
    return page(title, html), "\n".join(body)


@layout
def bare(words: Words) -> Made:
    title, body = words.title(), words.paragraphs()
    return page(
        title,
        f"<h1>{title}</h1>"
        + "".join(f"<p>{escape(p, quote=False)}" for p in body)
        + "<hr><address>someone@example.com</address>",
    ), "\n".join(body)


@layout
def discussion(words: Words) -> Made:
    """A short article below which readers wrote several times as much."""
    title, body = words.title(), words.paragraphs(3, 4)
    return page(
        title,
        f"<nav>{menu()}</nav><div class='content'><h1>{title}</h1>{ps(body)}{SHARE}</div>{comments(words, 14)}{FOOTER}",
    ), "\n".join(body)
