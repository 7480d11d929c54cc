"""Furniture by name against the text it would cost: names lie, so each is weighed once, from the page's top down."""

from tasks.extract.main_content.boxes import HEADINGS, Box, Run
from tasks.extract.main_content.groups import MIN_PARTS, without_groups
from tasks.extract.main_content.names import Kind

# Furniture by name with more than this share of the page's prose is no furniture (a wrapper called "with-sidebar"),
# unless it is so little in all that the page is no text anyway.
MAX_SHARE = 0.35
FLOOR = {Kind.WEAK: 200, Kind.SITE: 900, Kind.HIDDEN: 0}
_FIRST = Kind.MILD  # what this kind and all surer ones are called is weighed
# Comments go unless hardly anything would be left: a page of comments is all comments.
MIN_REST_SIZE = 250
# A box of cards or thumbnails is furniture when this share of it is links.
MIN_MILD_LINK_SHARE = 0.25


def settle(body: Box) -> None:
    """Decide what is furniture, cut it out of the tree of boxes, and count the sums anew."""
    total = body.prose
    order = [(body, body)]  # boxes with their parents
    changed: set[int] = set()
    for box, _ in order:  # grows as it is read
        if box.inner:
            kept = [part for part in box.parts if part.kind < _FIRST or not _is_furniture(part, total)]
            if len(kept) < len(box.parts) and _mild(box.parts) > MAX_SHARE * total:
                kept = [part for part in box.parts if part.kind <= Kind.MILD or not _is_furniture(part, total)]
            if len(kept) < len(box.parts):
                box.parts = kept
                changed.add(id(box))
            order += [(part, box) for part in kept if isinstance(part, Box) and part.inner]
    _count(order, changed)
    total = body.prose
    for box, _ in order:
        if box.links and len(box.parts) >= MIN_PARTS:
            kept = without_groups(box, total)
            if len(kept) < len(box.parts):
                box.parts = kept
                changed.add(id(box))
    _count(order, changed)


def _count(order: list[tuple[Box, Box]], changed: set[int]) -> None:
    """Count boxes that changed, and those around them; nothing is left marked as changed."""
    if changed:
        for box, parent in reversed(order):  # children before their parents
            if id(box) in changed:
                box.count()
                changed.add(id(parent))
        changed.clear()


def _is_furniture(box: Box | Run, total: int) -> bool:
    if isinstance(box, Run):
        return False
    if box.kind == Kind.STRONG:
        return total - box.prose >= MIN_REST_SIZE or not box.prose
    if box.kind == Kind.MILD and box.tag == "header" and not box.prose and not _has_heading(box):
        return True
    if box.kind == Kind.MILD:
        return box.link_share >= MIN_MILD_LINK_SHARE and box.prose <= MAX_SHARE * total and not box.titled
    return box.prose <= max(FLOOR[box.kind], MAX_SHARE * total) and not (box.titled and box.kind == Kind.WEAK)


def _mild(parts: list[Box | Run]) -> int:
    """Return the prose in cards and the like: together they can be what a page is about, as on a listing."""
    return sum(part.prose for part in parts if part.kind == Kind.MILD)


def _has_heading(header: Box) -> bool:
    return any(
        isinstance(part, Box)
        and (part.tag in HEADINGS or any(isinstance(own, Box) and own.tag in HEADINGS for own in part.parts))
        for part in header.parts
    )
