"""What the class and id of an element say about it: content, furniture of the site, or nothing.

Words are matched whole (`share` in "share-bar" and "postShare", never in "shareholder"). A name is never the whole
truth: settle.py weighs it against the text that it would cost.
"""

import re
from enum import IntEnum
from functools import lru_cache

from tasks.extract.main_content import vocabulary


class Kind(IntEnum):
    """What an element is by its names; the lower the surer that it is content."""

    BODY = 1  # the text of an article
    ARTICLE = 2  # an article with its head and foot
    MAIN = 3  # the middle of a page
    LEAD = 4  # what stands between the title and the text, and sums it up
    PLAIN = 5
    NOTE = 6  # a box that belongs to the text: a warning, a tip
    MILD = 7  # furniture if it is made of links
    WEAK = 8  # furniture, unless it holds a good part of the page's text
    SITE = 9  # the head and foot of the site, its menus and notices
    HIDDEN = 10
    STRONG = 11  # what readers wrote, and what nobody sees


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


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
# Members of an enum cost a look-up each time, and this one is asked for at most nodes.
_PLAIN = Kind.PLAIN


def kind_of(tag: str, attributes: dict[str, str | None]) -> Kind:
    """Return what an element is by its tag, role, microdata, class and id."""
    if not attributes:
        return _TAGS.get(tag, _PLAIN)
    names = attributes.get("class") or ""
    if len(names) > MAX_NAME_CHARS:
        names = names[:MAX_NAME_CHARS]
    if names and len(attributes) == 1:
        return _kind(tag, names)
    role = None
    if not _TELLING.isdisjoint(attributes):
        if attributes.get("itemprop") in _TEXT_PROPERTIES:
            return Kind.BODY
        if _is_unseen(attributes):
            return Kind.HIDDEN
        role = attributes.get("role")
        role = role if role in _ROLES else None
    if tag in _NAMED and (own := attributes.get("id")):
        names = f"{names} {own}"[:MAX_NAME_CHARS]
    return _kind(tag, names, role)


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Tell whether an inline element is for machines only, or a sign that stands beside a heading."""
    names = attributes.get("class")
    if names:
        hides = _hides(names if len(names) <= MAX_NAME_CHARS else names[:MAX_NAME_CHARS])
        if hides or len(attributes) == 1:
            return hides
    return not _TELLING.isdisjoint(attributes) and _is_unseen(attributes)


def _is_unseen(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and _HIDDEN.search(style) is not None


_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_TEXT_PROPERTIES = frozenset(("articleBody", "reviewBody", "recipeInstructions"))
# Attributes beside class and id that say what an element is; most have none of them.
_TELLING = frozenset(("itemprop", "role", "hidden", "aria-hidden", "style"))


@lru_cache(maxsize=16_384)
def _kind(tag: str, names: str, role: str | None = None) -> Kind:
    """Return what an element is; the cache holds nearly all of a site's names."""
    kind = _ROLES.get(role or "", _TAGS.get(tag, Kind.PLAIN))
    named = kind_of_name(names) if names else Kind.PLAIN
    if named >= Kind.NOTE:
        # An aside that is a note is none of the page's furniture; <nav class="note"> is.
        return named if kind < Kind.WEAK or (tag == "aside" and named == Kind.NOTE) else kind
    return min(kind, named) if kind < Kind.MILD else kind


@lru_cache(maxsize=16_384)
def _hides(names: str) -> bool:
    return _kind("span", names) >= Kind.HIDDEN


def kind_of_name(name: str) -> Kind:
    """Return what the words of a class and id say, the surest first."""
    words = _CAMEL.sub("-", name).lower().replace("_", "-")
    if _POST.search(words):
        return Kind.ARTICLE
    if "-" in words:
        words = _ABOUT_OTHERS.sub("", words)
    for kind, pattern in _ORDER:
        if found := pattern.search(words):
            if kind == Kind.BODY and (part := _part_of_body(words, found)):
                return part
            return kind
    return Kind.PLAIN


def _part_of_body(words: str, found: re.Match[str]) -> Kind | None:
    """Return what a part is whose name begins with that of the body: the share box in "article-body__share"."""
    end = words.find(" ", found.end())
    rest = words[found.end() : end if end > 0 else None]
    if rest[:1] != "-":
        return None
    return next((kind for kind in (Kind.SITE, Kind.WEAK) if _PATTERNS[kind].search(rest)), None)


# Posts of the most common system are called after their categories and tags too.
_POST = re.compile(r"(?<![a-z-])(?:hentry|type-(?:post|page))(?![a-z-])")
# What a page has beside the content, or has not, is no name of the content.
_ABOUT_OTHERS = re.compile(r"(?<![a-z])(?:no|has|with|without)-[a-z0-9-]+")
_PATTERNS = {
    Kind.STRONG: vocabulary.STRONG,
    Kind.HIDDEN: vocabulary.HIDDEN_WORDS,
    Kind.BODY: vocabulary.BODY,
    Kind.SITE: vocabulary.SITE,
    Kind.WEAK: vocabulary.WEAK,
    Kind.NOTE: vocabulary.NOTE,
    Kind.ARTICLE: vocabulary.ARTICLE,
    Kind.MAIN: vocabulary.MAIN,
    Kind.LEAD: vocabulary.LEAD,
    Kind.MILD: vocabulary.MILD,
}
# The surest first.
_ORDER = (
    *((kind, _PATTERNS[kind]) for kind in (Kind.STRONG, Kind.HIDDEN)),
    (Kind.NOTE, vocabulary.ADMONITION),
    *(
        (kind, _PATTERNS[kind])
        for kind in (Kind.BODY, Kind.SITE, Kind.WEAK, Kind.LEAD, Kind.NOTE, Kind.ARTICLE, Kind.MAIN, Kind.MILD)
    ),
)
