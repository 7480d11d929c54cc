"""Other articles and what readers wrote, known by their form alone: boxes side by side that all begin or end alike."""

import re

from tasks.extract.main_content.boxes import Box, Run

# So many alike are a list.
MIN_TEASERS = 3
MIN_REMARKS = 2
# A box with fewer parts has none of them.
MIN_PARTS = 3
# A headline that leads to its article has at least this size and three words; names of functions have fewer.
MIN_HEADLINE_SIZE = 16
MIN_HEADLINE_SPACES = 2
MIN_LINKED = 0.9
# What stands below a headline beside a link to the rest: one or two sentences. Parts of a list that is an article
# have more. With a second link at the end it may be the beginning of that article.
MAX_BLURB_SIZE = 350
MAX_BEGINNING_SIZE = 1_200
# The article itself holds at least this much prose, and this share of what the group has; else the page is that list.
MIN_REST_SIZE = 300
MIN_TEASER_REST = 0.2
MIN_REMARK_REST = 0.12
MAX_ACTION_SIZE = 60
_REPLY = re.compile(
    r"(?:.{0,20}\b)?(?:reply|antworten|répondre|responder|rispondi|reageer|svara|odpowiedz|ответить|返信)\b.{0,40}",
    re.IGNORECASE | re.DOTALL,
)
# Their parts are no articles.
_SINGLE = frozenset(("table", "tbody", "tr", "dl", "pre", "blockquote"))


def without_groups(box: Box, total: int) -> list[Box | Run]:
    """Return the parts of a box less its teasers and remarks; `total` is the prose of the whole page."""
    if box.tag in _SINGLE:
        return box.parts
    inner = [part for part in box.parts if part.size > part.links > 0 and isinstance(part, Box) and not part.titled]
    parts = box.parts
    if len(inner) < MIN_REMARKS:
        return parts
    for is_one, least, share in (
        (_is_teaser, MIN_TEASERS, MIN_TEASER_REST),
        (_is_remark, MIN_REMARKS, MIN_REMARK_REST),
    ):
        if len(inner) < least:
            continue
        found = [part for part in inner if is_one(part, MAX_BLURB_SIZE)]
        if len(found) >= least:  # the first of them may say more
            found = [part for part in inner if is_one(part, MAX_BEGINNING_SIZE)]
        prose = sum(part.prose for part in found)
        if len(found) >= least and total - prose >= max(MIN_REST_SIZE, share * prose):
            taken = {id(part) for part in found}
            parts = [part for part in parts if id(part) not in taken]
            inner = [part for part in inner if id(part) not in taken]
            total -= prose
    return parts


def _is_teaser(box: Box, most: int) -> bool:
    """Tell whether a box begins with a linked headline, and says little more before it ends or links to the rest."""
    size = box.size - box.links
    if size > MAX_BEGINNING_SIZE or box.tag == "p":
        return False
    first = _run(box, 0)
    if first is None or first.links < MIN_LINKED * first.size or first.size < MIN_HEADLINE_SIZE:
        return False
    if first.text.isascii() and first.text.count(" ") < MIN_HEADLINE_SPACES:
        return False
    if size <= most:
        return True
    last = _run(box, -1)
    return last is not None and last is not first and last.links >= MIN_LINKED * last.size


def _is_remark(box: Box, _: int) -> bool:
    """Tell whether a box ends with an offer to reply."""
    last = _run(box, -1)
    return (
        last is not None
        and last.links * 2 >= last.size
        and last.size <= MAX_ACTION_SIZE
        and _REPLY.fullmatch(last.text) is not None
    )


def _run(box: Box, place: int) -> Run | None:
    """Return the first run of a box (place 0), or the last (place -1)."""
    part: Box | Run = box
    while isinstance(part, Box):
        if not part.parts:
            return None
        part = part.parts[place]
    return part
