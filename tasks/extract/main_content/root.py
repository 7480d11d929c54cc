"""The box that holds the content of a page."""

from collections.abc import Iterator

from tasks.extract.main_content.boxes import Box
from tasks.extract.main_content.names import Kind

# A box that calls itself the text of an article is believed when it holds this share of the page's prose, at first;
# when none does (unnamed teasers and comments have prose too), the lower share will do.
SURE_SHARE = 0.6
LIKELY_SHARE = 0.25
# What sums an article up, in front of it, is a sentence or a few.
MIN_LEAD_SIZE = 40
MAX_LEAD_SIZE = 800
MAX_LEAD_LINKS = 0.2
# Parts of one article lie side by side when each has at least this share of the largest.
TWIN_SHARE = 0.2
# Without names: the way goes down to a child with this share of the prose, or with the lower one where this share
# of what lies beside it is links.
MOST_SHARE = 0.85
MORE_SHARE = 0.5
# Short lines beside a paragraph can be its code, its list or its table: more than this, and the way down ends.
MAX_REST = 0.25
MIN_REST_LINKS = 0.3

_LEAD = Kind.LEAD  # looked up once, not for each box


def find_root(body: Box) -> Box:
    """Return the box of the main content: one that says so by name and holds enough prose, else the dominant one."""
    named: dict[Kind, list[Box]] = {Kind.BODY: [], Kind.ARTICLE: [], Kind.MAIN: []}
    has_lead = False
    for box in _boxes(body):
        if box.kind <= _LEAD:
            if box.kind == _LEAD:
                has_lead = True
            elif box.prose:
                named[box.kind].append(box)
    for boxes in named.values():
        found = _largest(body, boxes)
        if found is not None and found.prose >= SURE_SHARE * body.prose:
            return _with_lead(body, found) if has_lead else found
    text = _largest(body, named[Kind.BODY])
    if text is not None and text.prose >= LIKELY_SHARE * body.prose:
        return _with_lead(body, text) if has_lead else text
    return _dominant(body)


def _with_lead(body: Box, text: Box) -> Box:
    """Return a text with what stands between the title of the page and it and is called a summary or the like."""
    leads: list[Box] = []
    titled = False
    for box in _boxes(body):
        if box is text:
            break
        if box.tag == "h1":
            leads, titled = [], True
        elif box.kind == _LEAD and titled and box.size >= MIN_LEAD_SIZE and box.link_share <= MAX_LEAD_LINKS:
            leads.append(box)
    else:
        return text
    if not leads or leads[0].size > MAX_LEAD_SIZE:
        return text
    whole = Box("div", Kind.BODY)
    whole.parts = [leads[0], text]  # inner ones of the same name come after it
    whole.count()
    whole.inner = True
    return whole


def _boxes(body: Box) -> Iterator[Box]:
    """Yield a box and all boxes in it, in document order."""
    waiting = [body]
    while waiting:
        box = waiting.pop()
        yield box
        if box.inner:
            waiting.extend(part for part in reversed(box.parts) if isinstance(part, Box))


def _largest(body: Box, boxes: list[Box]) -> Box | None:
    """Return the box with most prose, the innermost of equals; the common parent when an article lies in pieces."""
    if not boxes:
        return None
    best = max(reversed(boxes), key=lambda box: box.prose)
    large = {id(box) for box in boxes if box.prose >= TWIN_SHARE * best.prose}
    if len(large) == 1:
        return best
    return _common(body, best, large)


def _common(body: Box, best: Box, large: set[int]) -> Box:
    """Return the innermost box around `best` and those of `large` that lie neither in it nor around it."""
    path = _path(body, best)
    inside = {id(box) for box in _boxes(best)}
    outside = large - inside - {id(box) for box in path}
    while outside and path:
        outer = path.pop()
        outside -= {id(box) for box in _boxes(outer)}
        if not outside:
            return outer
    return best


def _path(body: Box, wanted: Box) -> list[Box]:
    """Return the boxes around `wanted`, the body first."""
    ways: list[tuple[Box, int]] = [(body, 0)]
    path: list[Box] = []
    while ways:
        box, depth = ways.pop()
        del path[depth:]
        if box is wanted:
            return path
        path.append(box)
        ways.extend((part, depth + 1) for part in reversed(box.parts) if isinstance(part, Box))
    return []


def _dominant(body: Box) -> Box:
    """Go down from the body as long as one child holds nearly all of the prose, or most of it beside lists of links."""
    box = body
    while True:
        inner = [part for part in box.parts if isinstance(part, Box)]
        if not inner:
            return box
        best = max(inner, key=lambda part: part.prose)
        if best.tag in _PARAGRAPHS or not best.prose:
            return box
        rest_size, rest_links = box.size - best.size, box.links - best.links
        most = best.prose >= MOST_SHARE * box.prose and rest_size - rest_links <= MAX_REST * best.size
        more = best.prose >= MORE_SHARE * box.prose and rest_links >= MIN_REST_LINKS * rest_size
        if not (most or more):
            return box
        box = best


_PARAGRAPHS = frozenset(("p", "li", "td", "th", "tr", "dd", "dt", "blockquote", "ul", "ol", "dl", "tbody"))
