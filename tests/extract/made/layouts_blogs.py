# ruff: noqa: E501 - markup and prose are kept on their lines
"""Layouts of blogs, magazines and hosted pages: themes and plugins, builders of sites, and the ways of older pages."""

from tests.extract.made.layouts import FOOTER, SHARE, Made, layout, menu, page, ps, teasers
from tests.extract.made.layouts_news import blurbs, plain
from tests.extract.made.words import NAMES, SUBHEADS, Words


@layout
def column_es(words: Words) -> Made:
    """A site whose names are Spanish."""
    title, body = words.title(), words.paragraphs(5, 8)
    html = (
        f"<header><section class='desplegable'>{menu('opciones')}</section></header><main class='floatFix'><aside class='banner megalateral'></aside><section id='ultimoMomento' style='display:none;' class='suscripcion'><p class='texto'><b>Recibí por mail</b> las noticias que impactan</p></section><article id='nota' itemscope itemtype='http://schema.org/NewsArticle'><div class='encabezado'><h1 itemprop='headline'>{title}</h1></div>"
        f"<section id='cuerpo'><div class='contenedor-herramientas'><div class='herramientas'><a href='#'>Compartir</a> <span class='total'>0</span></div></div><aside class='banner caja1'></aside>{ps(body[:2])}<figure class='S encolumnada'><img src=a.jpg><figcaption id='epigrafe1'>Foto: Ejemplo</figcaption></figure>{ps(body[2:])}<aside class='mas-sobre-tema'><div class='techo'><span>Más sobre <a href='#'>El puerto</a></span></div></aside></section>"
        f"<section class='firma-autor'><p>Por: <a href='#'>{words.name()}</a></p></section><section class='te-puede-interesar'><h2>Te puede interesar</h2>{teasers(words, 4, True)}</section><section id='comunidad' class='comentarios'><h2>Comentarios</h2><p>Los comentarios publicados son de exclusiva responsabilidad de sus autores, y las consecuencias derivadas de ellos pueden ser pasibles de las sanciones que correspondan.</p></section></article></main>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def science_news(words: Words) -> Made:
    """Paragraphs that are not closed, notes for print that no screen shows, and a column of articles beside."""
    title, body = words.title(), words.paragraphs(5, 7)
    tabs = "".join(
        f"<article class='categories-content__item'><h4><a href='#'>{teaser}</a></h4><div class='article__info'>1 hour ago</div></article>"
        for teaser in words.teasers(5)
    )
    html = (
        f"<header>{menu()}</header><div class='row'><div class='col-md-10 col-lg-6'><section class='article'><div class='row'><nav aria-label='breadcrumb'><ol class='breadcrumb'><li class='breadcrumb-item'><a href='#'>Home</a></li></ol></nav><div class='d-print-none'><ul class='article-actions'><li class='article-actions__item'><a href='#'></a></li></ul></div><article class='news-article'><div class='article__info'><div class='article__info-item'><p class='text-uppercase text-low'>March 14, 2026 <a href='#'><span class='badge'>report</span></a></p></div></div><h1>{title}</h1><p class='article-byline text-low'>by {words.name()} , Example.org</p>"
        f"<div class='mt-4 article-main'><div class='article-gallery lightGallery'><figure class='article-img'><img src=a.jpg><figcaption class='text-darken'>The ice as it was measured from the boat. Credit: Example</figcaption></figure></div><p>{plain(body[0])} <section class='article-banner first-banner'></section>{'<p>'.join(['', *map(plain, body[1:])])}<hr><div class='article-main__explore d-print-none'><div class='d-flex'><p class='text-bold'>Explore further</p></div><a href='#'>Ice may be thinner than was thought before the summer</a></div><hr>"
        f"<p class='article-main__note'>© 2026 Example Network</p><div class='d-none d-print-block'><div class='mb-4'><strong>Citation</strong>: {title} (2026, March 14) retrieved 20 March 2026 from https://example.org/news/1.html</div><div class='border text-muted'>This document is subject to copyright. Apart from fair dealing for private study, no part of it may be copied without written permission of the owners.</div></div></div></article><div class='article-interaction d-print-none'><a href='#'><span>2469</span> shares</a><a href='#'><p>Feedback to editors</p></a></div></div></section></div><div class='col-lg-4 article-sidebar d-none d-lg-block'><aside class='categories'>{tabs}</aside></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def next_posts(words: Words) -> Made:
    """A short post, and below it the beginnings of others."""
    title, body = words.title(), words.paragraphs(3, 4)
    others = "".join(
        f"<div class='entry-brief'><h2><a href='#'>{teaser}</a></h2><a href='#'><img src=a.jpg></a><p>{plain(words.paragraph())} […]</p><h3><a href='#'>READ THE REST</a></h3></div>"
        for teaser in words.teasers(5)
    )
    html = f"<div id='masthead'>{menu()}</div><div id='container'><div class='story'><h1>{title}</h1><h3 class='thebyline'>{words.name()} / 10:12 am Sat Mar 14, 2026</h3><div id='text'>{ps(body)}</div><div class='share'><h3><a href='#'>SHARE</a> / <a href='#'>TWEET</a> / <a href='#'>82 COMMENTS</a></h3><h3 class='thetags'><a href='#'>Comics</a> / <a href='#'>Towns</a></h3></div></div><div id='below'>{others}</div></div>{FOOTER}"
    return page(title, html), "\n".join(body)


@layout
def hosted_blog(words: Words) -> Made:
    """Lines apart by breaks, bold ones for headings, captions in centred divisions."""
    title, body = words.title(), words.paragraphs(6, 8)
    text = "<br /><br />\n".join(
        [*map(plain, body[:3]), f"<b>{SUBHEADS[0]}</b><br />\n" + plain(body[3]), *map(plain, body[4:])]
    )
    html = (
        f"<div class='outer-wrapper'><div class='navbar section' id='navbar'></div><div class='main-nav section' id='main-nav'>{menu('top-menu')}</div><div class='main-wrapper'><div class='content section' id='content'><div class='widget Blog' data-version='1' id='Blog1'><div class='blog-posts hfeed'><div class='breadcrumbs'><span class='home'>You are here:</span> <a href='#'>Home</a> » <span>{title}</span></div><div class='post-outer'><div class='post hentry'><div class='post-header'><span class='post-author vcard'><span class='fn'><a href='#'>{words.name()}</a></span></span> <span class='post-timestamp'>Saturday, March 14, 2026</span></div><h1 class='post-title entry-title'><a href=''>{title}</a></h1>"
        f"<div class='post-body entry-content' id='post-body-57'><div style='text-align: justify;'><div class='separator'><a href='#'><img src=a.jpg></a></div>{text}</div><div style='clear: both;'></div></div><div class='post-footer'><div class='post-footer-line'><span class='post-labels'>Labels: <a href='#'>Travel</a>, <a href='#'>Towns</a></span></div></div><div id='related-posts'><h5>Related Posts:</h5>{blurbs(words, 3, 'item', 'snippet')}</div></div><div class='comments' id='comments'><h4>2 comments:</h4><div class='comment-block'><p class='comment-content'>{words.paragraph()}</p></div></div></div></div></div></div>"
        f"<div class='sidebar section' id='sidebar'><div class='widget'><h2>About me</h2><p>{words.paragraph()}</p></div><div class='widget PopularPosts'>{blurbs(words, 4, 'item', 'snippet')}</div></div></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join([*body[:3], SUBHEADS[0], *body[3:]])


@layout
def magazine_theme(words: Words) -> Made:
    """Share buttons of a plugin inside the text, a form in its middle, other posts as articles below."""
    title, body = words.title(), words.paragraphs(6, 8)
    buttons = (
        "<div class='essb_links essb_displayed_top essb_share'><ul class='essb_links_list'>"
        + "".join(
            f"<li class='essb_item'><a href='#'><span class='essb_network_name'>{name}</span></a></li>"
            for name in ("Facebook", "Twitter", "LinkedIn")
        )
        + "</ul></div>"
    )
    cards = "".join(
        f"<article class='post style2 type-post hentry'><div class='post-gallery'><a href='#'><img src=a.jpg></a></div><header class='post-title entry-header'><h5 class='entry-title'><a href='#'>{teaser}</a></h5></header><div class='post-content'><p>{words.sentence()}</p></div></article>"
        for teaser in words.teasers(4)
    )
    html = (
        f"<div class='header_holder'><header class='header'>{menu('full-menu')}</header></div><div role='main' class='cf'><div id='infinite-article'><div class='post-detail-row'><div class='small-12 large-8 columns'><article itemscope class='post post-detail type-post hentry' id='post-69'><aside class='post-meta style1'><a href='#'>in-house</a></aside><header class='post-title entry-header'><h1 class='entry-title'><a href='#'>{title}</a></h1></header><aside class='post-author'><time datetime='2026-03-14T13:07:22'>March 14, 2026</time> <em>by</em> <span><a href='#'>{words.name()}</a></span></aside><div class='post-content-container'><div class='post-content entry-content cf' itemprop='articleBody'>{buttons}{ps(body[:3])}"
        f"<div class='mc4wp-form-fields'><h4>A letter for the weekend</h4><p>Leave your address, and once a week we send what was best on these pages. No more than that, and you can stop at any time.</p></div>{ps(body[3:])}<p><strong>Read more <a href='#'>travel stories here</a>.</strong></p>{buttons}</div></div><footer class='article-tags'><a href='#'>cranes</a></footer></article></div></div>"
        f"<aside class='related-posts-row'><h4>Related posts</h4><div class='row'>{cards}</div></aside></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def site_builder(words: Words) -> Made:
    """Blocks of a builder, all of them called alike; spans within spans."""
    title, body = words.title(), words.paragraphs(6, 9)

    def block(inner: str) -> str:
        return f"<div class='row sqs-row'><div class='col sqs-col-12'><div class='sqs-block html-block'><div class='sqs-block-content'>{inner}</div></div></div></div>"

    text = "".join(
        block(f"<p style='font-size:16px'><span style='font-family:serif'><span>{plain(p)}</span></span></p>")
        for p in body
    )
    html = f"<div class='Header'>{menu()}</div><main class='Main'><section class='Main-content'><div class='BlogItem'><h1 class='BlogItem-title'>{title}</h1>{text}{block('<h3>Stay in touch</h3><p>Sign up with your address to receive news and updates. We respect your privacy.</p>')}</div></section></main><footer class='Footer'><p>Example Street 1, Example Town</p></footer>"
    return page(title, html), "\n".join(body)


@layout
def letter(words: Words) -> Made:
    """A newsletter on the web: offers to subscribe between the paragraphs."""
    title, body = words.title(), words.paragraphs(7, 9)
    offer = "<div class='subscription-widget-wrap'><div class='subscription-widget show-subscribe'><div class='preamble'><p>This letter lives from its readers. To get new posts and support the work, become a free or paying subscriber.</p></div><form><input name=e></form></div></div>"
    html = (
        f"<div class='main-menu'>{menu()}</div><div class='single-post-container'><div class='single-post'><article class='typography post'><div class='post-header'><h1 class='post-title'>{title}</h1><h3 class='subtitle'>A letter from the harbour</h3><div class='byline-wrapper'><a href='#'>{words.name()}</a> Mar 14, 2026</div></div><div class='available-content'><div class='body markup'>{ps(body[:3])}{offer}{ps(body[3:5])}<div class='pullquote'><p>{plain(body[1])}</p></div>{ps(body[5:])}{offer}</div></div><div class='post-footer'><a href='#'>12</a> <a href='#'>Share</a></div></article>"
        + "<div id='discussion'><h4>Discussion about this post</h4>"
        + "".join(
            f"<div class='thread-row'><div class='thread-head'><a href='#'>{name}</a> Mar 15</div><div class='thread-text'><p>{words.paragraph()}</p></div><a href='#'>Reply</a></div>"
            for name in NAMES[:4]
        )
        + f"</div></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def drupal(words: Words) -> Made:
    title, body = words.title(), words.paragraphs(5, 8)
    html = (
        f"<div class='dialog-off-canvas-main-canvas'><header role='banner'><div class='region region-header'>{menu()}</div></header><main role='main'><div class='layout-content'><div class='region region-content'><article role='article' class='node node--type-article node--view-mode-full'><div class='node__content'><div class='field field--name-field-image field--type-image field--label-hidden'><img src=a.jpg></div><div class='clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item'>{ps(body)}</div><div class='field field--name-field-tags'><div class='field__label'>Tags</div><div class='field__items'><a href='#'>harbour</a></div></div></div></article>"
        f"<div class='views-element-container block'><h2>More news</h2><div class='view-content'>{blurbs(words, 4, 'views-row', 'views-field')}</div></div></div></div><aside class='layout-sidebar-first'><div class='region region-sidebar-first'><p>{words.paragraph()}</p></div></aside></main><footer class='region-footer'>Example Authority</footer></div>"
    )
    return page(title, html), "\n".join(body)


@layout
def unnamed_comments(words: Words) -> Made:
    """What readers wrote, in boxes that do not say so."""
    title, body = words.title(), words.paragraphs(6, 8)
    said = "".join(
        f"<div class='mb2'><div><b>{name}</b> · {n + 2} hours ago</div><div>{plain(words.paragraph())}</div><a href='#'>Reply</a> <a href='#'>Flag</a></div>"
        for n, name in enumerate(NAMES)
    )
    html = f"<div class='hd'>{menu()}</div><div class='wrap'><h1>{title}</h1><div class='sub'>{words.name()}, 14 March 2026</div>{ps(body)}{SHARE}<h3>5 Comments</h3><div class='mt4'>{said}</div></div>{FOOTER}"
    return page(title, html), "\n".join(body)


@layout
def old_column(words: Words) -> Made:
    """Breaks in a cell, and a cell beside it with as many words about other things."""
    title, body = words.title(), words.paragraphs(5, 7)
    side = "".join(
        f"<b><a href='#'>{teaser}</a></b><br>{plain(words.sentence())} <a href='#'>More...</a><br><br>"
        for teaser in words.teasers(5)
    )
    html = f"<table width=760><tr><td colspan=2><a href='/'>Home</a> | <a href='/n'>News</a></td></tr><tr><td width=500 valign=top><font size=4><b>{title}</b></font><br><font size=1>Posted 3/14/2004 by {words.name()}</font><br><br>{'<br><br>'.join(map(plain, body))}<br><br></td><td width=260 valign=top bgcolor=#eeeeee>{side}</td></tr><tr><td colspan=2><center>© 2004 Example</center></td></tr></table>"
    return page(title, html), "\n".join(body)


@layout
def interview(words: Words) -> Made:
    """Questions in bold, answers below, a table of results and a quotation."""
    title, body = words.title(), words.paragraphs(6, 6)
    asked = [
        "When did the work begin?",
        "Who paid for the crane?",
        "And what comes after the summer?",
        "Would you do it again?",
    ]
    rows = [("Year", "Loads"), ("2024", "311"), ("2025", "287")]
    table = "<table>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows) + "</table>"
    pairs = "".join(f"<p><strong>{q}</strong></p><p>{plain(a)}</p>" for q, a in zip(asked, body[1:5], strict=True))
    html = f"<nav>{menu()}</nav><div class='c-article'><div class='c-article__header'><h1>{title}</h1><p class='c-article__dek'>By {words.name()}</p></div><div class='c-article__body'><p>{plain(body[0])}</p>{pairs}{table}<blockquote class='wp-block-quote'><p>{plain(body[5])}</p></blockquote><div class='c-article__newsletter'><p>Get the best of the week in your inbox, with a note from the editors and a puzzle for Sunday.</p></div></div><div class='c-article__footer'>{SHARE}</div></div><div class='c-recirc'><h2>Keep reading</h2>{teasers(words, 4, True)}</div>{FOOTER}"
    gold = [body[0]]
    for q, a in zip(asked, body[1:5], strict=True):
        gold += [q, a]
    return page(title, html), "\n".join([*gold, *(f"{a} {b}" for a, b in rows), body[5]])


@layout
def cards_around(words: Words) -> Made:
    """Every teaser is an <article>; the article itself is none."""
    title, body = words.title(), words.paragraphs(5, 7)
    cards = "".join(
        f"<article><a href='#'><h3>{teaser}</h3></a><p>{words.sentence()}</p></article>" for teaser in words.teasers(4)
    )
    html = f"<header>{menu()}</header><section class='strip'>{cards}</section><section class='css-1a2b'><div class='css-9xyz'><h1>{title}</h1><div class='css-77aa'>{words.name()}</div>{ps(body)}</div></section><section class='grid'><h2>Latest</h2>{cards}</section>{FOOTER}"
    return page(title, html), "\n".join(body)
