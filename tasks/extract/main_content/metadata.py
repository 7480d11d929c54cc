"""Title and date of a page, and the text that it gives to machines, from what it says about itself."""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from tasks.extract.main_content.lines import letters, same_title
from tasks.extract.main_content.read import Reading
from tasks.extract.text import one_line

MAX_TITLE_CHARS = 300
MAX_SCRIPT_CHARS = 2_000_000
MAX_SCRIPTS = 20
MAX_HEAD_NODES = 2_000
_SEPARATORS = re.compile(r"\s+[|·•»«:–—-]+\s+|\s*\|\s*")
_DATE = re.compile(r"(1[89]\d\d|20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
_DATE_NAMES = tuple(
    name
    for line in (
        "article:published_time og:published_time datepublished date dc.date dc.date.issued dcterms.date",
        "dcterms.created dcterms.issued citation_publication_date publish-date publishdate pubdate",
        "publication_date parsely-pub-date sailthru.date article.published created",
    )
    for name in line.split()
)


class Metadata:
    """What the head of a page says, its <meta> contents by name, its <title>, and its JSON-LD objects."""

    def __init__(self, head: Any, reading: Reading) -> None:
        self.metas: dict[str, str] = {}
        self.title = ""
        self.reading = reading
        scripts = list(reading.scripts)
        node = head.first_child if head is not None else None
        for _ in range(MAX_HEAD_NODES):
            if node is None:
                break
            tag = node.tag
            if tag == "meta":
                self._note(node.attributes)
            elif tag == "title" and not self.title:
                self.title = one_line(node.text() or "", max_chars=MAX_TITLE_CHARS)
            elif tag == "script" and node.attributes.get("type") == "application/ld+json":
                scripts.append(node.text() or "")
            node = node.next
        self.data = [found for text in scripts[:MAX_SCRIPTS] for found in _parsed(text)]

    def _note(self, attributes: dict[str, str | None]) -> None:
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name and (content := attributes.get("content")):
            self.metas.setdefault(name.lower(), content)

    @cached_property
    def headings(self) -> list[str]:
        """The texts of the first <h1> elements, each on one line."""
        found = (one_line(text, max_chars=MAX_TITLE_CHARS).rstrip("¶#🔗 ") for text in self.reading.titles[:20])
        return [heading for heading in found if heading]

    def is_left_out(self, title: str) -> bool:
        """Tell whether the text of the page lacks its title, as no <h1> or the one that was taken out says it."""
        wanted = letters(title)
        return not self.headings or any(same_title(letters(heading), wanted) for heading in self.headings)

    def page_title(self) -> str | None:
        """Return the title on one line: an <h1> that <title> begins with, og:title, or <title> less the site."""
        named = one_line(self.metas.get("og:title") or self.metas.get("twitter:title") or "", max_chars=MAX_TITLE_CHARS)
        whole = self.title
        headings = self.headings
        for heading in headings:
            if len(heading) >= 3 and heading in (whole, named):
                return heading
        for heading in headings:
            # The site's own name is often an <h1> too, but at the end of the title.
            if len(heading) >= 3 and whole.startswith(heading) and len(heading) * 3 >= len(whole):
                return heading
        sites = {self.metas.get("og:site_name", ""), *headings}
        return _without_site(named, sites) or _without_site(whole, sites) or (headings[0] if headings else None)

    def date(self) -> str | None:
        """Return the day of publication as YYYY-MM-DD, or None when the page does not state it plainly."""
        for found in self.data:
            if day := _day(found.get("datePublished") or found.get("uploadDate")):
                return day
        for name in _DATE_NAMES:
            if day := _day(self.metas.get(name)):
                return day
        return next(filter(None, map(_day, self.reading.times[:1])), None)

    def text(self) -> str:
        """Return the text of an article that a page gives in JSON-LD; "" when it gives none."""
        bodies = [found.get("articleBody") or found.get("reviewBody") for found in self.data]
        return max((body for body in bodies if isinstance(body, str)), key=len, default="")


def _without_site(title: str, sites: set[str]) -> str:
    """Return a <title> without what follows its last separator, where that is a site's name or the shorter part."""
    parts = list(_SEPARATORS.finditer(title))
    if parts:
        head = title[: parts[-1].start()].strip()
        site = title[parts[-1].end() :]
        if head and (site in sites or len(head) >= max(10, len(site))):
            return head
    return title


def _parsed(text: str) -> list[dict[str, Any]]:
    """Return the objects of a JSON-LD script, those in lists and graphs too; none when it is broken."""
    if len(text) > MAX_SCRIPT_CHARS:
        return []
    try:
        return list(_objects(json.loads(text, strict=False)))
    except (ValueError, RecursionError):
        return []


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and depth < 3:
        for item in value[:200]:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict) and depth < 6:
        yield value
        yield from _objects(value.get("@graph"), depth + 1)
        yield from _objects(value.get("mainEntity"), depth + 1)


def _day(value: Any) -> str | None:
    found = _DATE.search(value[:200]) if isinstance(value, str) else None
    return "-".join(found.groups()) if found else None
