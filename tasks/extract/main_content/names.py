"""What the class and id of an element say about it: content, furniture of the site, or nothing.

Words are matched whole (`share` in "share-bar" and "postShare", never in "shareholder"). They are the vocabulary of
content management systems and style guides, not of single sites. A name is never the whole truth: prune.py weighs it
against the text that it would cost.
"""

import re
from enum import IntEnum
from functools import lru_cache


class Kind(IntEnum):
    """What an element is by its names; the lower the surer that it is content."""

    BODY = 1  # the text of an article
    ARTICLE = 2  # an article with its head and foot
    MAIN = 3  # the middle of a page
    PLAIN = 4
    NOTE = 5  # a box that belongs to the text: a warning, a tip
    MILD = 6  # furniture if it is made of links
    WEAK = 7  # furniture, unless it holds a good part of the page's text
    SITE = 8  # the head and foot of the site, its menus and notices
    HIDDEN = 9
    STRONG = 10  # what readers wrote, and what nobody sees


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])", re.VERBOSE)


_STRONG = _words(
    r"""(?<!no-)(?<!has-)(?<!with-)comments?(?!-(?:open|closed|off|on|enabled|disabled))-?(?:list|s|area|section
      |form|body|wrap|wrapper|thread|respond|container)?
    |commentlist|commentform|disqus|respond|trackbacks?|pingbacks?|webmentions?|livefyre|guestbook
    |mw-editsection|editsection|headerlink|anchorjs-link|heading-anchor|linenos?|line-?numbers|gutter
    |copy-?(?:button|btn)
    """
)
_HIDDEN_WORDS = _words(
    r"sr-only|screen-?reader(?:-text)?|visually-?hidden|assistive-text|noprint|no-print|display-none|is-hidden"
)
_SITE = _words(
    r"""cookies?(?:-?(?:notice|banner|bar|consent|policy|law))?|consent|gdpr|bread-?crumbs?|crumbs?|pagination
      |pager|paging|page-?(?:nav(?:igation)?|links|numbers)|wp-pagenavi
    |(?:post|posts|article|entry|story|comment)-?nav(?:igation)?|navs|navi|[a-z]*nav(?:bar|igation|header|footer
    |links?|menu|list)?|nav-(?:links?|menu|bar|previous|next)
    |(?:sub|side|top|main|bottom|foot|global|site)-?nav|(?:sub|mega|main|side|top|mobile|footer|drop-?down)-?menu
    |menus?|menubar
    |tool-?bar|top-?bar|site-?map|skip-?(?:links?|to|nav)|masthead|site-?header|global-?header
    |(?:site-?|page-?|post-?|article-?|entry-?|main-?|global-?|blog-?|print-?)?footer|colophon|copyright|back-?to-?top
    """
)
_WEAK = _words(
    r"""shar(?:e|es|ing|edaddy|ebar|elinks|ethis|ebuttons?)|social(?:s|-?media|-?links|-?icons|-?bar|-?share)?
      |addthis|addtoany
    |follow-?(?:us|me|links|buttons?)|jp-relatedposts
    |related(?:-?(?:posts?|articles?|content|links?|stories|news|items?|topics?|reading|pages|videos?))?
    |recommend(?:ed|ations?|er)?|recirc(?:ulation)?|suggest(?:ed|ions)|outbrain|taboola|zergnet|revcontent|mgid
    |more-?(?:stories|from|news|on|articles|posts|in|like|links|about|content)|also-(?:like|read|see|on)
    |(?:read|up|see)-?(?:next|more|also)|you-(?:may|might)|next-?(?:post|article|story|up)|prev(?:ious)?-?(?:post
    |article|story)
    |news-?letters?|subscri(?:be|bers?|ption|ptions)|sign-?up|mailing-?list|mailchimp|mc-embed|opt-?in(?:-form)?
    |side-?bars?|side-?rail|(?:right|left)-?(?:rail|col(?:umn)?|side-?bar)|widgets?(?:-?(?:area|title|container))?
    |by-?lines?|(?:post-?|entry-?|article-?)?authors?-?(?:bio|box|info|card|name|meta|details|profile|block|avatar
    |image|photo|link|area|desc|description|about)?
    |(?:about-)?(?:the-)?author|bio|contributors?|vcard|avatar|profile-?(?:card|box)|user-?(?:info|details|card
    |profile|meta|name)
    |(?:post|entry|article|story|content|blog|news)-?(?:meta|info|metadata|details|utility|data)|meta-?(?:data
    |info)|byline-?date
    |date-?line|time-?stamps?|(?:post|entry|article|pub|publish|published|story)-?(?:date|time)|date-?(?:published
    |time|posted)|posted-?(?:on|by|in)
    |read(?:ing)?-?time|updated-?(?:on|at|date)
    |ads?|adv|advert(?:s|isements?|ising|orial)?|adsense|ad-?(?:slot|unit|container|wrapper|banner|box|block|label
    |placement|area|zone)s?
    |dfp|gpt-ad|google-?ads?|sponsor(?:ed|s|ship)?|promos?|promot(?:ion|ions|ed|ional)|banners?|upsell|cta
    |call-to-action|donat(?:e|ion|ions)
    |pop-?ups?|modals?|overlay|light-?box|tool-?tips?|pay-?wall|reg-?wall|interstitial
    |log-?(?:in|out)|sign-?in|registration|register|my-?account|mini-?cart|basket|checkout|wishlist|add-to-cart
    |search-?(?:form|box|bar|field|input|results?)
    |tags|tag-?(?:list|links|cloud)|(?:post|article|entry|story)-?tags|keywords|cat-?links|categor(?:y
    |ies)-?(?:list|links)
    |post-?categor(?:y|ies)|filed-?under|topic-?(?:list|tags|links)
    |print-?(?:link|button|only|page|icon)|email-?(?:link|this|share|article)|article-?tools|(?:post|entry|article
    |story)-?(?:actions|tools|controls|options|buttons|links)
    |credits?|(?:photo|image|picture|img|media)-?credit|captions?|caption-?text|(?:wp|image|media|photo|img|picture
    |figure|video)-?caption(?:-text)?
    |(?:video|audio|media|podcast)-?(?:player|embed)|jw-?player|player
    |ratings?|star-?ratings?|votes?|voting|vote-?(?:up|down|count|cell)|likes?|like-?(?:button|count)|reactions|polls?
    |trending|most-?(?:read|popular|viewed|commented|shared)|popular-?(?:posts|articles|stories|news)?
    |(?:latest|recent|top|featured|other|hot|breaking)-?(?:news|posts?|articles?|stories|comments?|headlines
    |videos?|topics)
    |editors?-?picks?|headlines
    |toc|table-?of-?contents|tocbox|catlinks|printfooter|nav-?box|infobox|hatnote|reflist|mw-jump(?:-link)?|side-?box
    |jump-?(?:links?|to)|edit-?(?:link|page|this-page|button)|view-?source|clip-?board|feedback|was-this-helpful
    """
)
_MILD = _words(
    r"""teasers?|cards?|promo-?box|latest|recent|featured|gallery|slide-?show|carousel|slider|thumbnails?|topics?
      |tools|actions|controls|utility|categor(?:y|ies)
    |search|account|legal|disclaimer|links?|link-?list|list-?(?:links|nav)|index|archives?|calendar|tab-?list|tabs
    |labels|headers?|page-?header|hero|meta|date|time|secondary|extras?|aside|partners?|products?-?(?:list|grid)
    |item-?list|references
    """
)
_NOTE = _words(
    r"admonition|note|notes|notice|tip|warning|caution|hint|important|callout|alert|info-?box|example|sidebar-?note"
)
_MAIN = _words(
    r"""main|contents?|main-?(?:content|text|body|column|col|area|wrap|wrapper|inner)|(?:page|site)-?(?:content
      |body|main|wrap|wrapper)
    |content-?(?:area|main|wrap|wrapper|column|inner)|primary|center|centre|middle"""
)
_BODY = _words(
    r"""(?:article|story|post|entry|blog|news|body|single|text|recipe|release|review|content)-?(?:body|content|text
      |copy|entry)
    |(?:article|story|post|entry|blog|news)-?(?:main|full|inner)|rich-?text|markdown-?body|wysiwyg|prose
    |mw-parser-output
    |field-(?:name-)?body|e-content|full-?(?:text|story|article)|the-?content|body-?main|docs?-?content"""
)
_ARTICLE = _words(
    r"""articles?-?(?:wrap|wrapper|container|page|detail|view)?|h-?entry|blog-?(?:post|entry)|story|post|entry
      |posting|recipe|document"""
)
_ROLES = {
    "navigation": Kind.SITE,
    "banner": Kind.SITE,
    "contentinfo": Kind.SITE,
    "complementary": Kind.WEAK,
    "search": Kind.SITE,
    "dialog": Kind.SITE,
    "alertdialog": Kind.SITE,
    "menu": Kind.SITE,
    "menubar": Kind.SITE,
    "toolbar": Kind.SITE,
    "doc-toc": Kind.WEAK,
    "main": Kind.MAIN,
    "article": Kind.ARTICLE,
    "note": Kind.NOTE,
}
_TAGS = {
    "nav": Kind.SITE,
    "footer": Kind.SITE,
    "aside": Kind.WEAK,
    "form": Kind.WEAK,
    "figcaption": Kind.WEAK,
    "address": Kind.WEAK,
    "menu": Kind.SITE,
    "dialog": Kind.SITE,
    "header": Kind.MILD,
    "article": Kind.ARTICLE,
    "main": Kind.MAIN,
}


# The id of a paragraph or a term names the thing it is about.
_NAMED = frozenset(
    [
        "div",
        "section",
        "ul",
        "ol",
        "table",
        "td",
        "form",
        "header",
        "article",
        "main",
        "aside",
        "nav",
        "dl",
        "footer",
        "span",
    ]
)
MAX_NAME_CHARS = 300


def kind_of(tag: str, attributes: dict[str, str | None]) -> Kind:
    """Return what an element is by its tag, role, microdata, class and id."""
    if not attributes:
        return _TAGS.get(tag, Kind.PLAIN)
    names = attributes.get("class") or ""
    if len(attributes) == 1 and names:
        return _kind(tag, names[:MAX_NAME_CHARS])
    if attributes.get("itemprop") in _TEXT_PROPERTIES:
        return Kind.BODY
    if _is_unseen(attributes):
        return Kind.HIDDEN
    if tag in _NAMED and (own := attributes.get("id")):
        names = f"{names} {own}"
    return _kind(tag, names[:MAX_NAME_CHARS], attributes.get("role"))


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Tell whether an inline element is for machines only, or a sign that stands beside a heading."""
    names = attributes.get("class")
    return bool(names and _kind("span", names[:MAX_NAME_CHARS]) >= Kind.HIDDEN) or _is_unseen(attributes)


def _is_unseen(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and _HIDDEN.search(style) is not None


_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_TEXT_PROPERTIES = frozenset(("articleBody", "reviewBody", "recipeInstructions"))


@lru_cache(maxsize=16_384)
def _kind(tag: str, names: str, role: str | None = None) -> Kind:
    """Return what an element is; the cache holds nearly all of a site's names."""
    kind = _ROLES.get(role or "", _TAGS.get(tag, Kind.PLAIN))
    named = kind_of_name(names) if names else Kind.PLAIN
    if named >= Kind.NOTE:
        # An aside that is a note is none of the page's furniture; <nav class="note"> is.
        return named if kind < Kind.WEAK or (tag == "aside" and named == Kind.NOTE) else kind
    return min(kind, named) if kind < Kind.MILD else kind


def kind_of_name(name: str) -> Kind:
    """Return what the words of a class and id say, the surest first."""
    words = _CAMEL.sub("-", name).lower().replace("_", "-")
    for kind, pattern in _ORDER:
        if pattern.search(words):
            return kind
    return Kind.PLAIN


_ORDER = (
    (Kind.STRONG, _STRONG),
    (Kind.HIDDEN, _HIDDEN_WORDS),
    (Kind.NOTE, _words(r"admonition")),
    (Kind.BODY, _BODY),
    (Kind.SITE, _SITE),
    (Kind.WEAK, _WEAK),
    (Kind.NOTE, _NOTE),
    (Kind.ARTICLE, _ARTICLE),
    (Kind.MAIN, _MAIN),
    (Kind.MILD, _MILD),
)
