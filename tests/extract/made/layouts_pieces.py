# ruff: noqa: E501 - markup and prose are kept on their lines
"""Layouts whose text lies in pieces or among boxes of other sorts: summaries, galleries, embeds, releases, walls."""

from tests.extract.made.layouts import FOOTER, NEWSLETTER, SHARE, Made, comments, layout, menu, page, ps, teasers
from tests.extract.made.layouts_news import blurbs, plain
from tests.extract.made.words import SUBHEADS, Words


@layout
def summed_up(words: Words) -> Made:
    """A summary between the title and the box of the text."""
    title, lead, body = words.title(), words.sentence(), words.paragraphs(5, 7)
    html = (
        f"<header>{menu()}</header><main><div class='article-hero'><p class='article__kicker'><a href='#'>Harbour</a></p><h1>{title}</h1><p class='article__standfirst'>{plain(lead)}</p><div class='article__meta'>By <a href='#'>{words.name()}</a></div></div><figure class='article__lead-image'><img src=a.jpg><figcaption>The crane at noon</figcaption></figure>"
        f"<div class='article__body'>{ps(body)}<p class='article__author-note'><em>{words.name()} writes about towns for this paper.</em></p></div></main><section class='strip'><h2>More in Harbour</h2>{blurbs(words, 4, 'tile', 'tile__dek')}</section>{FOOTER}"
    )
    return page(title, html), "\n".join([lead, *body])


@layout
def metered(words: Words) -> Made:
    """The rest of the text is in a box that is called after the wall around it, as search engines ask for."""
    title, body = words.title(), words.paragraphs(6, 9)
    html = f"<div class='nav-wrap'>{menu()}</div><article class='article-single'><h1>{title}</h1><div class='byline-block'>By {words.name()}</div><div class='article-copy'>{ps(body[:-2])}<div class='paywall'>{ps(body[-2:])}</div></div><div class='paywall-prompt'><h3>Thank you for reading</h3><p>You have come to the end of your free stories. Take a subscription for the price of two loaves a month.</p></div></article>{NEWSLETTER}{FOOTER}"
    return page(title, html), "\n".join(body)


@layout
def release(words: Words) -> Made:
    """A notice of a company: where and when, the text, what the company is, whom to ask."""
    title, body = "Example Cranes to build in three towns", words.paragraphs(4, 6)
    about = "Example Cranes builds and repairs cranes for small harbours since 1911, and trains those who work with them in its own school."
    html = f"<header>{menu()}</header><section class='release-page'><div class='row detail-headline'><h1>{title}</h1></div><div class='row'><div class='col-sm-8'><p class='mb-no'><b>Example Cranes</b> | Mar 14, 2026, 09:00 ET</p>{SHARE}</div></div><section class='release-body container'><div class='row'><div class='col-sm-10'><p><span class='xn-location'>EXAMPLE TOWN</span>, <span class='xn-chron'>March 14, 2026</span> /Example Wire/ -- {plain(body[0])}</p>{ps(body[1:])}<p><b>About Example Cranes</b><br>{about}</p></div></div></section><div class='also-from'><h3>Also from this source</h3>{teasers(words, 2, True)}</div></section>{FOOTER}"
    place = f"EXAMPLE TOWN, March 14, 2026 /Example Wire/ -- {body[0]}"
    return page(title, html), "\n".join([place, *body[1:], "About Example Cranes", about])


@layout
def slides(words: Words) -> Made:
    """Pictures one after the other, each with a heading and its text."""
    title, intro, texts = "Six harbours by the sea", words.paragraph(), words.paragraphs(6, 6)
    parts = "".join(
        f"<div class='gallery-slide'><figure><img src={n}.jpg></figure><div class='slide-number'>{n} / 6</div><h2>{head}</h2><div class='slide-text'><p>{plain(text)}</p></div><div class='slide-credit credit'>Example Pictures</div></div>"
        for n, (head, text) in enumerate(zip(SUBHEADS, texts, strict=True), 1)
    )
    html = f"<nav>{menu()}</nav><main><h1>{title}</h1><div class='c-byline'>{words.name()}</div><p>{plain(intro)}</p><div class='gallery'>{parts}</div></main><aside class='rail'><h3>Up next</h3>{teasers(words, 5)}</aside>{FOOTER}"
    gold = [intro]
    for head, text in zip(SUBHEADS, texts, strict=True):
        gold += [head, text]
    return page(title, html), "\n".join(gold)


@layout
def embeds(words: Words) -> Made:
    """Posts of other sites, related links and notices of advertisements between the paragraphs."""
    title, body, post = words.title(), words.paragraphs(7, 9), words.sentence()
    tweet = f"<div class='embed embed--twitter'><blockquote class='twitter-tweet'><p lang=en>{plain(post)}</p>— {words.name()} (@example) <a href='#'>March 14, 2026</a></blockquote></div>"
    related = "<div class='m-article__inset'><p class='m-article__inset-title'>Related</p><ul><li><a href='#'>How the crane came to town and why it stays</a></li><li><a href='#'>A year without ships in the old harbour</a></li></ul></div>"
    html = f"<header class='l-header'>{menu()}</header><div class='l-main'><h1 class='c-page-title'>{title}</h1><p class='c-entry-summary p-dek'></p><div class='c-byline'>By <a href='#'>{words.name()}</a> <time datetime='2026-03-14'>Mar 14, 2026, 9:00am</time></div><div class='c-entry-content'><p id='a1'>{plain(body[0])}</p>{ps(body[1:3])}{tweet}{ps(body[3:4])}<p>Story continues below advertisement</p>{ps(body[4:5])}{related}{ps(body[5:])}<p><a href='#'>Photos: the harbour in the winter of 1911</a></p><p><em>Have a story for us? Write to <a href='#'>tips@example.com</a>.</em></p></div><div class='c-entry-group-labels'><a href='#'>Cranes</a></div></div>{comments(words, 3)}{FOOTER}"
    return page(title, html), "\n".join([*body[:3], post, *body[3:]])


@layout
def consent_first(words: Words) -> Made:
    """A short text, behind a dialog of a vendor, beside the links of a portal."""
    title, body = words.title(), words.paragraphs(3, 4)
    tiles = "".join(
        f"<div class='css-tile'><a href='#'><div class='css-t1'>{teaser}</div></a><div class='css-t2'>{words.sentence()}</div><div class='css-t3'>2 hours ago</div></div>"
        for teaser in words.teasers(6)
    )
    html = (
        f"<div id='onetrust-consent-sdk'><div class='onetrust-pc-dark-filter'></div><div id='onetrust-pc-sdk' role='dialog'><h2>Privacy Preference Center</h2>{'<p>When you visit any site it may keep or read information in your browser, mostly in the form of small files. It can be about you, your choices or your device, and is used so that the site works as you expect.</p>' * 4}</div></div>"
        f"<div class='css-hd'>{menu()}</div><div class='css-main'><div class='css-x1'><h1>{title}</h1><div class='css-x2'>By {words.name()}</div>{''.join(f'<div class=css-p>{plain(p)}</div>' for p in body)}</div><div class='css-feed'>{tiles}</div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)
