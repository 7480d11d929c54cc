"""What the walk over a page does at each sort of node."""

from typing import Any

from tasks.extract.main_content.boxes import HEADINGS

# Plain numbers: the members of an enum would cost a look-up at every node.
TEXT, INLINE, LINK, BLOCK, BOLD, CODE, BREAK, SKIP, PRE, SUP, TIME, SCRIPT, NAMED = range(13)
# An empty cell keeps the columns of a table apart, and an empty heading the texts above and below it.
KEPT_EMPTY = frozenset(("td", "th", *HEADINGS))


def _all(names: str, act: int) -> dict[str, int]:
    return dict.fromkeys(names.split(), act)


_ACTS = {
    # Without text for readers, and controls.
    **_all("style noscript template svg iframe object embed audio video canvas map button input select textarea", SKIP),
    **_all("option optgroup datalist progress meter head title link base rp rt annotation annotation-xml", SKIP),
    **_all("frameset noframes img wbr source track picture area param -comment !doctype", SKIP),
    **_all("amp-ad amp-analytics amp-consent", SKIP),
    **_all("abbr acronym bdi bdo big cite data del dfn em font i ins label mark math nobr q ruby rb s small", INLINE),
    **_all("strike sub u var mi mn mo mrow msup msub mfrac msqrt mtext mstyle semantics g-emoji", INLINE),
    **_all("code kbd samp tt", CODE),
    **_all("b strong", BOLD),
    **_all("script meta", SCRIPT),
    **_all("pre listing", PRE),
    "-text": TEXT,
    "a": LINK,
    "span": NAMED,
    "br": BREAK,
    "sup": SUP,
    "time": TIME,
}
# The parser's numbers of the elements that it knows; those of others are of one page only, and large.
_KNOWN_NUMBERS = 1_000
by_number: dict[int, tuple[int, str]] = {}


def act_of(node: Any) -> tuple[int, str]:
    """Return what to do at a node and its tag, and remember it for nodes of the same number."""
    tag = node.tag or "-comment"
    found = _ACTS.get(tag, BLOCK), tag
    if node.tag_id < _KNOWN_NUMBERS:
        by_number[node.tag_id] = found
    return found
