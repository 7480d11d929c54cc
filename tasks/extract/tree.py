"""The tree of a page, refused when its markup was made to cost time or memory.

What the parser does with a tag can depend on all that are open: its time grows with the square of the nesting, of the
attributes of one tag, and of formatting elements that are never closed, which the HTML standard opens again in every
later block. So they are bounded before it begins; the walk (main_content/read.py) then bounds the nesting closely.
"""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from tasks.core.errors import DataError

# Real pages with more tags are lists of links, logs or data.
MAX_TAGS = 250_000
# Up to so many tags the squares do no harm (measured: 0.2 s for the worst).
FEW_TAGS = 10_000
MAX_ATTRIBUTES = 400
_TOO_MANY_ATTRIBUTES = re.compile(
    r"""<[a-zA-Z](?:[\s/]*+(?:[^\s/"'<>]++|<|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))){"""
    f"{MAX_ATTRIBUTES},}}+"
)
# A tag with that many attributes is this long, or has a "<" in them.
_LONG = re.compile(rf"<[a-zA-Z][^<]{{{2 * MAX_ATTRIBUTES}}}")
MAX_OPEN = 2_000
_TAG = re.compile(r"</?[a-zA-Z][^\s/>]*")
# Without an end, or with one that the next tag implies: these do not nest.
_IMPLIED = (
    "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr tbody thead tfoot option "
    "optgroup colgroup html head body a nobr"
)
_NEVER_OPEN = frozenset(mark + name for name in _IMPLIED.split() for mark in ("<", "</"))
MAX_REOPENED = 400_000  # of 360 bytes each
_UPPER_CASE = re.compile(r"</?[A-Z]")
_FORMATTING = re.compile(r"</?(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)(?![^\s/>])")
_FORMATTING_TAG = re.compile(  # with attributes; spelt out, as ignoring case costs three times as much
    r"""<(?:[bisuBISU]|[eE][mM]|[tT][tT]|[bB][iI][gG]|[cC][oO][dD][eE]|[fF][oO][nN][tT]|[sS][mM][aA][lL][lL]
    |[sS][tT][rR](?:[iI][kK][eE]|[oO][nN][gG]))[\s/](?:[^>"']++|"[^"]*+"|'[^']*+')*+>""",
    re.VERBOSE,
)
# Of equal formatting elements the HTML standard opens three again; without attributes there are twelve to open.
SAME_REOPENED = 3
PLAIN_REOPENED = 12 * SAME_REOPENED


# Comments, and elements whose content is no markup: a script is full of "<". Tags are matched whole, so that a quoted
# "<script>" begins nothing.
_SILENT = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |<(script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>])(?:[^>"']++|"[^"]*+"|'[^']*+')*+>.*?(?:</\1|\Z)
    |(</?[a-zA-Z](?:[^>"']++|"[^"]*+"|'[^']*+')*+(?:>|["'].*|\Z))""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def parse(markup: str) -> Any:
    """Return the LexborHTMLParser of a page. Raises DataError(hostile_markup) before time is lost on it."""
    if _fault(markup) and (fault := _fault(_SILENT.sub(lambda found: found[2] or "", markup))):
        raise DataError("hostile_markup", fault)
    return LexborHTMLParser(markup)


def _fault(markup: str) -> str:
    """Return what would cost the parser too much, or ""."""
    tags = markup.count("<")
    if tags > MAX_TAGS:
        return f"more than {MAX_TAGS} tags"
    if _too_many_attributes(markup, tags):
        return f"a tag with about {MAX_ATTRIBUTES} attributes or more"
    if tags * tags <= 4 * MAX_REOPENED:  # as many elements to open again as blocks to open them in
        return ""
    lower = markup.lower() if _UPPER_CASE.search(markup) else markup
    if tags > FEW_TAGS and _most_open([tag for tag in _TAG.findall(lower) if tag not in _NEVER_OPEN]) > MAX_OPEN:
        return f"more than {MAX_OPEN} elements open at once"
    if _most_open(_FORMATTING.findall(lower)) * tags > MAX_REOPENED and _different(markup) * tags > MAX_REOPENED:
        return "formatting that is never closed, and opened again in every later block"
    return ""


def _too_many_attributes(markup: str, tags: int) -> bool:
    if tags > FEW_TAGS:
        return _TOO_MANY_ATTRIBUTES.search(markup) is not None
    return any(_TOO_MANY_ATTRIBUTES.match(markup, found.start()) for found in _LONG.finditer(markup))


def _most_open(tags: list[str]) -> int:
    """Return how many elements are open at once, at most; an end tag closes one of its own name only."""
    opened = dict.fromkeys(tags, 0)
    now = most = 0
    for tag in tags:
        if tag[1] != "/":
            opened[tag] += 1
            now += 1
            if now > most:
                most = now
        elif opened.get(start := "<" + tag[2:]):
            opened[start] -= 1
            now -= 1
    return most


def _different(markup: str) -> int:
    """Return how many formatting elements there are at most that the parser opens again, however many are open."""
    return PLAIN_REOPENED + SAME_REOPENED * len(set(_FORMATTING_TAG.findall(markup)))
