# ruff: noqa: E501 - markup and prose are kept on their lines
"""Layouts of news sites as their content systems write them: articles in pieces, with other articles between and below."""

from html import escape

from tests.extract.made.layouts import FOOTER, Made, layout, menu, page, ps, teasers
from tests.extract.made.words import SUBHEADS, Words

AD = "<div class='ad-container full-width-inset'><div class='ad-label font-micro'>Advertising</div><div id='div-gpt-ad-body1' class='dfp-ad ad'></div></div>"


def plain(text: str) -> str:
    return escape(text, quote=False)


def blurbs(words: Words, count: int, block: str = "story-block", text: str = "standfirst") -> str:
    """Other articles, each with its first sentence or two."""
    return "".join(
        f"<div class='{block}'><h4 class='heading'><a href='/o'>{teaser}</a></h4><a href='/o' class='thumb-link'><img src=t.jpg></a><p class='{text}'>{words.sentence()}</p></div>"
        for teaser in words.teasers(count)
    )


@layout
def tech_magazine(words: Words) -> Made:
    title, body = words.title(), words.paragraphs(6, 9)
    quoted = f"<blockquote><p>{plain(body[2])}</p><p>{plain(body[3])}</p></blockquote>"
    share = "<h4>Share this story</h4><ul><li><a class='social-icon' href='#'><span class='visually-hidden'>Share on Facebook</span></a></li></ul>"
    html = (
        f"<div class='site-wrapper'><header class='site-header'><nav id='header-nav-primary'>{menu()}</nav><div class='dropdown-content'><form><label>Stay logged in</label></form><div class='register-account'><span>Sign up to comment and more</span> <a href='#'>Sign up</a></div></div></header>"
        f"<main id='main' class='content-wrapper'><article itemscope itemtype='http://schema.org/NewsArticle' class='article-single standalone'><div class='column-wrapper'><div class='left-column'><header class='article-header'><h4 class='post-upperdek'>Harbour &amp; Town —</h4><h1 itemprop='headline'>{title}</h1><section class='post-meta'><p class='byline' itemprop='author creator'><a href='#'>{words.name()}</a> - <time class='date' datetime='2026-03-14T20:02:01'>Mar 14, 2026 8:02 pm</time></p></section></header>"
        f"<section class='article-guts'><div itemprop='articleBody' class='article-content post-page'><figure class='intro-image intro-left'><img src=a.jpg><figcaption class='caption'><div class='caption-credit'><a class='caption-link' href='#'>June</a></div></figcaption></figure><aside id='social-left' class='social-left'><a class='comment-count' href='#'><h4 class='comment-count-before'>reader comments</h4><span class='comment-count-number'>75</span> <span class='visually-hidden'>with 51 posters participating</span></a><div class='share-links'>{share}</div></aside>"
        f"{ps(body[:2])}{quoted}{ps(body[4:])}</div></section><div id='social-footer'><div class='share-links'>{share}</div></div><section class='article-author'><div class='author-bio'><section class='author-bio-top'><a href='#' class='author-name'>{words.name()}</a> writes about harbours and cranes, and joined this magazine after ten years at a smaller one.</section><section class='author-social'><strong>Email</strong> <a href='#'>desk@example.com</a></section></div></section></div><div class='xrail'></div></div>"
        f"<div id='article-footer-wrap'><section id='comments-area' class='comments-area'><p id='reply'>You must <a href='#'>log in or create an account</a> to comment.</p></section><div class='prev-next-links'><a href='#'>← Previous story</a> <a href='#'>Next story →</a></div><footer id='article-footer'><div id='story-recommendations'><h3>Related Stories</h3>{teasers(words, 3)}</div></footer></div></article></main></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def broadcaster(words: Words) -> Made:
    """Names of parts that begin with the name of the body, share box and all."""
    title, body = words.title(), words.paragraphs(7, 10)
    points = [words.sentence() for _ in range(3)]
    items = "".join(
        f"<li class='story-body__list-item'><a class='story-body__link' href='#'>{plain(p.split(' ')[0])}</a> {plain(p.partition(' ')[2])}</li>"
        for p in points
    )
    video = "<div class='media-placeholder narrative-video-placeholder'><figure class='media-item has-caption'><figcaption class='media-caption'><span class='off-screen'>Media caption</span> <span class='media-caption__text'>The crane in the harbour, filmed from the ferry on the day before the storm</span></figcaption></figure></div>"
    html = (
        f"<header id='orb-banner' role='banner'><div class='orb-skip-links'><h2>Accessibility links</h2><ul><li><a href='#'>Skip to content</a></li></ul></div><nav role='navigation'>{menu('orb-nav')}</nav></header><div id='site-container'><div class='site-brand' role='banner'><ul class='navigation-wide-list' role='navigation'><li class='selected'><a href='#'>World</a> <span class='off-screen'>selected</span></li></ul></div>"
        f"<div id='page' class='configurable story'><div role='main'><div class='container-width-only'><span class='index-title'><a href='#'>World</a></span></div><div class='container'><div class='container--primary-and-secondary-columns column-clearfix'><div class='column--primary'><div class='story-body'><h1 class='story-body__h1'>{title}</h1><div class='story-body__mini-info-list-and-share'><ul class='mini-info-list'><li class='mini-info-list__item'><div class='date date--v2'>14 March 2026</div></li><li><span class='mini-info-list__section-desc off-screen'>From the section </span><a href='#'>Harbours</a></li></ul><div class='share share--lightweight'><h2 class='share__title'>Share this with</h2><p>These links lead to other sites and will open in a new window on your device</p></div></div>"
        f"<div class='story-body__inner' property='articleBody'><figure class='media-landscape'><img src=a.jpg><figcaption class='media-caption'><span class='off-screen'>Image caption</span><span class='media-caption__text'>The board has met three times</span></figcaption></figure><p class='story-body__introduction'>{plain(body[0])}</p>{ps(body[1:3])}<ul class='story-body__unordered-list'>{items}</ul>{video}{ps(body[3:5])}<h2 class='story-body__crosshead'>{SUBHEADS[0]}</h2>{ps(body[5:6])}<ul class='story-body__unordered-list'><li class='story-body__list-item'><a href='#' class='story-body__link'>Live updates from the harbour</a></li></ul>{ps(body[6:])}</div></div>"
        f"<div class='comments-button'><a href='#'><span>View comments</span><span>941</span></a></div><div class='share share--lightweight'><h2 class='share__title'>Share this story <a href='#'>About sharing</a></h2></div><div class='story-more'><div class='group more-on-this-story'><h2 class='group__title'>More on this story</h2><ul class='units-list'><li class='unit'><a href='#'><div class='unit__title'><span class='cta'>Crane waits again</span></div><div class='unit__meta'><div class='date'>4 hours ago</div></div></a></li></ul></div></div>"
        f"<div id='comp-pattern-library'><h2 class='group-title'><a href='#'>Harbours</a></h2><div class='sparrow-container'>"
        + "".join(
            f"<div class='sparrow-item'><a href='#' class='title-link'><h3>{teaser}</h3></a><p class='sparrow-item__summary'>{words.sentence()}</p><ul class='mini-info-list'><li>49 minutes ago</li></ul></div>"
            for teaser in words.teasers(3)
        )
        + f"</div></div></div></div></div></div></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join([*body[:3], *points, *body[3:5], SUBHEADS[0], *body[5:]])


@layout
def french_daily(words: Words) -> Made:
    title, body = words.title(), words.paragraphs(6, 9)
    html = (
        f"<div class='ombrelle'><nav>{menu()}</nav></div><div class='global'><div class='container_18 clearfix'><div class='grid_12 alpha'><div class='grid_10 col_gauche'><article class='article article_normal' itemscope itemtype='http://schema.org/NewsArticle'><h1 class='tt2' itemprop='Headline'>{title}</h1><p class='bloc_signature'><span id='publisher'>Le Quotidien</span> | <time datetime='2026-03-14T13:36:31' itemprop='datePublished'>14.03.2026 à 13h36</time> • Mis à jour le <time datetime='2026-03-14T20:13:12'>14.03.2026 à 20h13</time> | <span class='signature_article'>Par <span itemprop='author' class='auteur'><a class='auteur' href='#'>{words.name()}</a></span></span></p><div class='toolbar'></div>"
        f"<div id='articleBody' class='contenu_article js_article_body' itemprop='articleBody'><div class='video_player'><iframe src=x></iframe></div>{ps(body[:2])}<h2 class='intertitre'>{SUBHEADS[0]}</h2>{ps(body[2:4])}<p class='lire'>Lire aussi : <a href='#'>Le vieux marché attend toujours</a></p>{ps(body[4:5])}<p><strong>Lire : <a href='#'>Que sont devenues les grues du port ?</a></strong></p>{ps(body[5:])}</div>"
        f"<div class='bg_gris_moyen signature'><ul class='liste_bordure'><li class='clearfix' itemprop='author'><span class='identite'><a href='#' class='gras'>{words.name()}</a><br><span class='txt_gris_clair'>Journaliste au Quotidien</span></span> <span class='suivre'><strong>Suivre</strong> <a href='#'>Aller sur la page de ce journaliste</a> <a href='#'>Suivre ce journaliste sur twitter</a></span></li></ul></div></article></div>"
        f"<div class='grid_10 col_gauche'><aside class='bloc_base meme_sujet'><span class='entete'>Le port</span><div class='contenu'><ul class='liste_chevron'><li><a href='#'>La grue expliquée en images <span class='type_element'>Vidéo</span></a></li></ul></div><span>Édition abonnés Contenu exclusif</span><p class='bt'><span class='btn_abo'>Abonnez-vous à partir de 1 €</span></p></aside><div class='rubriques_liees'><a href='#'>Port</a> ▪ <a href='#'>Grues</a> ▪ <a href='#'>Marchés</a></div></div></div>"
        f"<div class='grid_6 omega col_droite'>{blurbs(words, 4, 'bloc_part', 'accroche')}</div></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join([*body[:2], SUBHEADS[0], *body[2:]])


@layout
def cut_in_two(words: Words) -> Made:
    """The second half waits behind a button; the box is called after it."""
    title, body = words.title(), words.paragraphs(6, 9)
    half = len(body) * 2 // 3
    html = (
        f"<div id='header'>{menu()}</div><div id='content'><div id='section-header'><h2>Opinion</h2></div><div id='story'><div class='story-header'><div class='story-section'><h2 class='heading'><a href='#'><p>{words.name()}</p></a></h2></div><div class='story-headline'><h1 class='heading'>{title}</h1></div><div class='story-info'><ul><li class='byline first'><span class='source-prefix'>by:</span> <cite class='author'>{words.name()}</cite></li><li class='date-and-time last'><span class='datestamp'>March 14, 2026</span> <span class='timestamp'>9:00PM</span></li></ul></div></div>"
        f"<div class='story-body'><div class='article-media article-media-main'><div class='image'><img src=a.jpg><p class='caption'><span id='imgCaption' class='caption-text'>The crane has stood for two years without a load.</span><span class='image-source'><em>Source:</em> Supplied</span></p></div></div><div class='story-intro'><p><strong>{plain(body[0])}</strong></p></div>{ps(body[1:half])}<div class='story-promo story-promo-middle'></div><div id='read-more'><div id='read-more-link'><a href='#'>Read more</a></div><div id='read-more-content'>{ps(body[half:])}</div></div></div>"
        f"<div class='share-tools'></div><div class='group'><div class='group-header'><h2 class='heading'>Other Opinion Columns</h2></div><div class='group-content'><div class='module collection'>{blurbs(words, 5)}</div></div></div></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def regional_daily(words: Words) -> Made:
    title, body = words.title(), words.paragraphs(7, 9)
    most = f"<div data-section='business' class='most-read-container module'><div class='most-read-wrapper'><h2 class='mrw-header'>Most Read Business Stories</h2><ul>{''.join(f'<li class=most-read-widget-item><a href=#><span>{teaser}</span></a></li>' for teaser in words.teasers(5))}</ul></div></div>"
    html = (
        f"<div id='container' class='site container'><header class='global-header'><nav class='popup main-nav-body'>{menu('nav-accordion')}</nav></header><div id='content'><div class='top-gallery'><div class='gallery-meta-panel'></div></div><div class='article-body e-content'><div class='article-byline'><div class='byline-text'><span class='byline-copy'>By</span> <div class='name vcard'><a href='#' rel='author' class='p-author h-card'>{words.name()}</a></div><div class='title vcard'><span class='p-author fn'>Example Times business reporter</span></div></div></div>"
        f"<div itemprop='articleBody' id='article-content' class='article-content entry-content'>{ps(body[:3])}{AD}{ps(body[3:5])}<div id='userMessagingInset' class='user-messaging'><p>The opinions of our readers keep this paper going. Support the work of your neighbours with a subscription from two coins a week.</p></div>{ps(body[5:6])}{most}{ps(body[6:])}</div>"
        f"<div class='article-tagline'><div class='author-tagline'><a href='#'>{words.name()}</a>: 555-0100 or desk@example.com; on Twitter: @example.</div></div></div><div class='article-footer-sections'><p class='commenting-notice'>The comments of our readers are not those of the Example Times. Those that break the house rules are taken away, and we close the thread after three days. Please stay with the subject, and write as you would speak.</p><section class='most-read'>{blurbs(words, 3)}</section></div></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def paragraph_divs(words: Words) -> Made:
    """Each paragraph is a division, some of them in a box that a script opens; other articles stand between."""
    title, body = words.title(), words.paragraphs(8, 11)
    div = [f"<div class='zn-body__paragraph'>{plain(p)}</div>" for p in body]
    div[0] = (
        f"<p class='zn-body__paragraph speakable'><cite class='el-editorial-source'>(Example)</cite>{plain(body[0])}</p>"
    )
    embed = f"<div class='el__embedded el__embedded--standard'><div class='el__article--embed'><a href='#'><img src=a.jpg></a><div class='el__article__content'><span class='el__article__teaserimage'></span><h4 class='el__headline'><a href='#'>{words.teasers(1)[0]}</a></h4></div></div></div>"
    html = (
        f"<div class='nav--plain-header'>{menu()}</div><article class='pg-rail-tall' role='main'><h1 class='pg-headline'>{title}</h1><div class='metadata'><p class='metadata__byline'><span class='metadata__byline__author'>By {words.name()}, Example</span></p><p class='update-time'>Updated 2203 GMT (0603 HKT) March 14, 2026</p></div><div class='l-container'><div class='pg-rail-tall__body' itemprop='articleBody'><section class='zn zn-body-text zn-body'><div class='l-container'><div class='zn-body__read-all'>"
        + "".join(div[:4])
        + embed
        + f"<h3>{SUBHEADS[1]}</h3>"
        + "".join(div[4:])
        + "<p class='zn-body__footer'>Example's Tom Okafor and June Abbott contributed to this report.</p></div></div></section></div>"
        f"<div class='pg-side-of-rail'><section class='zn-right-rail'>{''.join(f'<article class=cd><h3><a href=#>{teaser}</a></h3></article>' for teaser in words.teasers(6))}</section></div></div></article><section class='zn-paid'><h2>Paid content</h2>{teasers(words, 6)}</section>{FOOTER}"
    )
    return page(title, html), "\n".join([*body[:4], SUBHEADS[1], *body[4:]])


@layout
def live_blog(words: Words) -> Made:
    """Entries with a time and a heading each, the newest first."""
    title, intro, entries = "Storm at the harbour: live", words.paragraph(), words.paragraphs(7, 8)
    heads = words.teasers(len(entries))
    posts = "".join(
        f"<article class='block live-post' id='block-{n}'><p class='block-time'><time datetime='2026-03-14T1{n % 10}:04'>1{n % 10}:04</time></p><h2 class='block-title'>{head}</h2><div class='block-elements'><p>{plain(text)}</p></div><div class='block-share'><a href='#'>Facebook</a> <a href='#'>Twitter</a></div></article>"
        for n, (head, text) in enumerate(zip(heads, entries, strict=True))
    )
    html = f"<header>{menu()}</header><main><h1>{title}</h1><div class='live-status'>Live</div><div class='standfirst'><p>{plain(intro)}</p></div><div class='live-blog'>{posts}</div><div class='pagination'><a href='#'>Older</a></div></main><aside><h3>Most viewed</h3>{teasers(words, 6)}</aside>{FOOTER}"
    gold = [intro]
    for head, text in zip(heads, entries, strict=True):
        gold += [head, text]
    return page(title, html), "\n".join(gold)


@layout
def brief(words: Words) -> Made:
    """A short article beside columns that hold several times as much."""
    title, body = words.title(), [words.sentence() for _ in range(5)]
    column = f"<div class='region-lead'><h3><a href='#'>{words.teasers(1)[0]}</a></h3><p>{words.paragraph()}</p></div>"
    html = (
        f"<div class='top'>{menu()}</div><div class='row'><div class='col-md-8'><article class='node node-story'><h1>{title}</h1><span class='submitted'>14 March 2026 - 10:12</span>{ps(body)}</article></div>"
        f"<div class='col-md-4'><div class='block'><h2>Today</h2>{column * 2}{blurbs(words, 6, 'views-row', 'field-content')}</div></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)


@layout
def wall(words: Words) -> Made:
    """The text, then what keeps the rest of the site behind a wall, and a dialog of consent with more text than both."""
    title, body = words.title(), words.paragraphs(5, 6)
    purposes = "".join(
        f"<div class='qc-purpose'><h4>{head}</h4><p>Vendors can store and read what a device holds, build a profile of what you read, and measure which notice you saw, for this purpose and for those that go with it.</p></div>"
        for head in ("Storage", "Profiles", "Measurement", "Selection", "Delivery")
    )
    html = (
        f"<div class='qc-cmp-ui-container' id='qcCmpUi'><div class='qc-cmp-ui'><h1>We value your privacy</h1><p>We and our partners store or read information on a device and process what you do here. You may click to agree, or look at the purposes one by one before you do.</p>{purposes}<button>I accept</button></div></div><header>{menu()}</header><div class='article-wrap'><h1>{title}</h1>{ps(body)}"
        f"<div class='piano-offer tp-container-inner'><h3>Read on with a subscription</h3><p>You have read all of your free articles of this month. A subscription opens every article, the archive, and the puzzles of the weekend on all of your devices.</p><p>Already a subscriber? <a href='#'>Log in</a></p></div></div>{FOOTER}"
    )
    return page(title, html), "\n".join(body)
