"""Lines that stand around an article and not in it, known by what they say: bylines, calls to share, tags, notices.

Short lines only, and most of them only before the first or after the last paragraph of prose.
"""

import unicodedata

from tasks.extract.headings import NAVIGATION
from tasks.extract.main_content.items import CUT, Item
from tasks.extract.main_content.phrases import ANYWHERE, HEAD, LISTS_BELOW, NEVER_TEXT, PLEA, PLEA_WORDS, POINTER, TAIL

# Longer lines are sentences of the text.
MAX_LINE_SIZE = 160
# A part below a heading of furniture goes when it has this share of links, or stands behind this share of the prose.
MIN_PART_LINKS = 0.25
TAIL_SHARE = 0.6
LINES = ("p", "li")
LINES_AND_HEADINGS = (*LINES, "h2", "h3", "h4", "h5", "h6")
# Bylines stand among the first lines; a page without prose is all lines.
MAX_HEAD_ITEMS = 40
MIN_TITLE_LETTERS = 12
MAX_PART_SHARE = 0.4
# What is cut off at the end is at most this share of the prose.
MAX_TAIL_SHARE = 0.15
# Pleas, lone links and quotations taken together are at most this share of the prose.
MAX_PLEA_SHARE = 0.35
MAX_PLEA_SIZE = 320
MIN_LONE_LINK = 0.95
MIN_LONE_LINK_SIZE = 20
MIN_REPEATED_SIZE = 40
MAX_PULLED = 8
BOLD_LEVEL = 7  # of a bold line that stands like a heading


def trim(items: list[Item], *, title: str, headings: bool = False) -> list[Item]:
    """Return the items of a page without the lines around its text, and without its title; all `headings` on demand."""
    if not headings:
        items = _without_parts(items)
    items = [item for item in items if item.form != CUT]
    items = [item for item in items if (headings and _level(item)) or not _is_noise(item)]
    items = _without_pleas(items)
    items = _without_head(items, title, headings)
    items = _without_tail(items, headings)
    return items if headings else _without_empty_headings(items)


def _bare(text: str) -> str:
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _is_noise(item: Item) -> bool:
    if item.form == "pre" or item.form == "table" or item.size > MAX_LINE_SIZE * 1.5:
        return False
    text = _bare(item.text)
    if item.size <= MAX_LINE_SIZE and ANYWHERE.fullmatch(text):
        return True
    return item.links * 2 >= item.size and item.form != "li" and POINTER.fullmatch(text) is not None


def _without_pleas(items: list[Item]) -> list[Item]:
    """Leave out what asks readers to subscribe and the like, lone links, and quotations of the text itself.

    Only where all of that is little: a page can be about cookies, or made of links.
    """
    short = [item for item in items if MIN_LONE_LINK_SIZE <= item.size <= MAX_PLEA_SIZE and item.form == "p"]
    text = "\n".join([item.text for item in short])
    words = [word for word in PLEA_WORDS if word in text]
    found = [item for item in short if (item.links and _is_lone_link(item)) or (words and _is_plea(item, words))]
    quoted = [item for item in items if item.quoted]
    if 0 < len(quoted) <= MAX_PULLED:
        found += [item for item in quoted if _repeats(item, items)]
    if not found or sum(item.size for item in found) > MAX_PLEA_SHARE * sum(item.prose for item in items):
        return items
    gone = {id(item) for item in found}
    return [item for item in items if id(item) not in gone]


def _is_lone_link(item: Item) -> bool:
    return item.links >= MIN_LONE_LINK * item.size and item.text[-1] not in ".!?:…"


def _is_plea(item: Item, words: list[str]) -> bool:
    return any(word in item.text for word in words) and PLEA.search(item.text) is not None


def _repeats(item: Item, items: list[Item]) -> bool:
    """Tell whether a quotation stands in the text a second time: it was pulled out of it to catch the eye."""
    if item.form != "p" or item.size < MIN_REPEATED_SIZE:
        return False
    text = item.text.strip("\"'“”‘’„«» ")
    return any(text in other.text for other in items if not other.quoted)


def _level(item: Item) -> int:
    return int(item.form[1]) if item.form[0] == "h" else 0


def _furniture_level(item: Item) -> int:
    """Return the level of a heading that begins a part of furniture, 7 for a bold line that does, else 0."""
    if item.size > MAX_LINE_SIZE:
        return 0
    level = _level(item) or (BOLD_LEVEL if item.form == "p" and (item.bold or item.text.endswith(":")) else 0)
    if not level:
        return 0
    text = _bare(item.text)
    return level if NAVIGATION.fullmatch(text) or LISTS_BELOW.fullmatch(text) else 0


def _without_parts(items: list[Item]) -> list[Item]:
    """Leave out what stands below headings like "Related articles"."""
    total = sum(item.prose for item in items)
    kept: list[Item] = []
    seen = 0
    index = 0
    while index < len(items):
        item = items[index]
        level = _furniture_level(item)
        if level > 1:  # an <h1> says what the page is about
            end = index + 1
            while end < len(items) and items[end].form == CUT:
                end += 1
            if end > index + 1:  # what stood below it is gone
                index = end
                continue
            while end < len(items) and _belongs(items[end], level):
                end += 1
            part = items[index + 1 : end]
            size = sum(other.size for other in part)
            links = sum(other.links for other in part)
            if sum(other.prose for other in part) > MAX_PART_SHARE * total:
                size, links = 1, 0  # too much to lose
            tail = (
                seen
                and seen >= TAIL_SHARE * total
                and level < BOLD_LEVEL
                and NEVER_TEXT.match(_bare(item.text)) is not None
            )
            if size == 0 or links >= MIN_PART_LINKS * size or tail:
                index = end
                continue
        seen += item.prose
        kept.append(item)
        index += 1
    return kept


def _belongs(item: Item, level: int) -> bool:
    """Tell whether an item still stands below a heading of `level`; below a bold line stand links alone."""
    if level == BOLD_LEVEL:
        return not _level(item) and item.links * 2 >= item.size
    return not 0 < _level(item) <= level


def _without_head(items: list[Item], title: str, headings: bool) -> list[Item]:
    """Leave out the title, and the byline and the like above the first paragraph; no heading where all are wanted."""
    wanted = "" if headings else letters(title)
    lines = LINES if headings else LINES_AND_HEADINGS
    first = next((index for index, item in enumerate(items[:MAX_HEAD_ITEMS]) if item.prose), MAX_HEAD_ITEMS)
    kept = []
    titled = False
    for index, item in enumerate(items[:first]):
        if wanted and not titled and _is_title(item, index, wanted):
            titled = True
            continue
        if item.form in lines and item.size <= MAX_LINE_SIZE and HEAD.fullmatch(_bare(item.text)):
            continue
        kept.append(item)
    return kept + items[first:]


def _is_title(item: Item, index: int, title: str) -> bool:
    found = letters(item.text)
    return same_title(found, title) if _level(item) else index < 3 and found == title


def letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def same_title(one: str, title: str) -> bool:
    """Tell whether a line is the title, or one of the two is the other with a site's name or a part's after it."""
    if one == title:
        return bool(one)
    short, long = sorted((one, title), key=len)
    return len(short) >= MIN_TITLE_LETTERS and long.startswith(short) and len(long) <= 2 * len(short)


def _without_tail(items: list[Item], headings: bool) -> list[Item]:
    """Leave out lines of furniture behind the last paragraph, up to the first line that is none."""
    end = len(items)
    left = MAX_TAIL_SHARE * sum(item.prose for item in items)
    while end:
        item = items[end - 1]
        left -= item.prose
        if left < 0:
            break
        if item.form in ("pre", "table") or item.size > 2 * MAX_LINE_SIZE or (headings and _level(item)):
            break
        text = _bare(item.text)
        linked = item.links >= 0.8 * item.size and item.form != "li"
        if not (linked or _level(item) or TAIL.fullmatch(text) or (HEAD.fullmatch(text) and item.size < MAX_LINE_SIZE)):
            break
        end -= 1
    return items[:end] or items


def _without_empty_headings(items: list[Item]) -> list[Item]:
    """Leave out headings with nothing below them."""
    kept: list[Item] = []
    below = 0  # level of the heading that comes next; 0: text does
    for item in reversed(items):
        level = _level(item)
        if level and (not item.text or not kept or (below and below <= level)):
            continue
        kept.append(item)
        below = level
    return kept[::-1]
