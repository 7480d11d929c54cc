"""A page as segments: the text below each heading, its lower-level subtrees included, is a document of its own.

The unit of Humpback (arXiv 2308.06259, its section 2.1; the band of 600 to 3,000 characters from its appendix).
Headings are marked in the tree before the engine runs, so that a segment has exactly the lines that the document
would have there. Segments of one page may hold one another: a chapter and each of its sections.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.core.ids import sha256_text
from tasks.extract.headings import CLOSE, NAVIGATION, OPEN
from tasks.extract.html import MAX_TITLE_CHARS, Page
from tasks.extract.text import one_line

_MARKED = re.compile(f"{OPEN}[1-6]{CLOSE}")
_MARKED_LINE = re.compile(rf"^[^\n{OPEN}]*{OPEN}([1-6]){CLOSE}(.*)$", re.MULTILINE)

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_WORD = re.compile(r"[^\W_]+")
RUN_WORDS = 3
# Two sentences repeat one another when this share of their 3-word runs is the same (Humpback measures so; S: 0.8).
MAX_SIMILARITY = 0.8
# Shorter sentences ("Stir well.") come back in good texts too.
MIN_SENTENCE_WORDS = 6
# All pairs are compared, so that their number must be bounded: several times as many as 3,000 characters hold.
MAX_SENTENCES = 300


@dataclass(frozen=True, slots=True)
class Segment:
    """The text below one heading, and why it is no document; `fault` is None where it is one."""

    page: Page
    fault: DataError | None = None


def segments(page: Page, config: ExtractConfig) -> Iterator[Segment]:
    """Yield what stands below each heading of a page whose headings are marked, in order.

    Raises DataError(no_headings) when there is none.
    """
    headings = list(_MARKED_LINE.finditer(page.text))
    if not headings:
        raise DataError("no_headings", "no text stands below a heading")
    seen: set[str] = set()
    for number, heading in enumerate(headings):
        level = int(heading[1])
        end = next((later.start() for later in headings[number + 1 :] if int(later[1]) <= level), len(page.text))
        title = one_line(_MARKED.sub("", heading[2]), max_chars=MAX_TITLE_CHARS)
        text = _plain(page.text[heading.end() : end])
        fault = _fault(title, text, config)
        if fault is None:
            digest = sha256_text(text)
            fault = DataError("segment_repeated", f"below {title!r}") if digest in seen else None
            seen.add(digest)
        yield Segment(Page(text=text, title=title or None, charset=page.charset, extractor=page.extractor), fault)


def _plain(text: str) -> str:
    return _MARKED.sub("", text).strip("\n").rstrip()


def _fault(title: str, text: str, config: ExtractConfig) -> DataError | None:
    shown = f"heading {title[:80]!r}"
    if not title:
        return DataError("heading_empty", "the heading has no text")
    if title.isupper():
        return DataError("heading_all_capitals", shown)
    if NAVIGATION.fullmatch(unicodedata.normalize("NFKC", title)):
        return DataError("heading_of_navigation", shown)
    if len(text) < config.min_segment_chars:
        detail = f"{len(text)} characters below {shown}, at least {config.min_segment_chars} wanted"
        return DataError("segment_too_short", detail)
    if len(text) > config.max_segment_chars:
        detail = f"{len(text)} characters below {shown}, at most {config.max_segment_chars} wanted"
        return DataError("segment_too_long", detail)
    repeated = _repeated_sentence(text)
    return DataError("segment_repeats_sentences", repeated) if repeated else None


def _repeated_sentence(text: str) -> str:
    """Return a sentence that another one repeats, or nearly; "" when there is none."""
    found: list[tuple[str, frozenset[tuple[str, ...]]]] = []
    for sentence in _SENTENCE.findall(text)[:MAX_SENTENCES]:
        words = _WORD.findall(sentence.casefold())
        if len(words) >= MIN_SENTENCE_WORDS:
            runs = frozenset(tuple(words[i : i + RUN_WORDS]) for i in range(len(words) - RUN_WORDS + 1))
            found.append((sentence.strip(), runs))
    for (one, runs), (_, others) in combinations(found, 2):
        shared = len(runs & others)
        if shared >= MAX_SIMILARITY * (len(runs) + len(others) - shared):
            return one[:120]
    return ""
