"""Headings: the marks that say in the extracted text where each begins, and those of what is no content."""

import re

from tasks.core.errors import DataError
from tasks.extract.main_content.boxes import HEADINGS, Box

# A page with more headings is a list of links, or made to cost time.
MAX_HEADINGS = 1_000
# Around the level. Of the private use area: no page means anything by them, and its own are taken out first.
OPEN, CLOSE = "\ue000", "\ue001"
# As characters and as character references, which the parser would turn into them.
_MARKS = re.compile(f"[{OPEN}{CLOSE}]|&#(?:x0*e00[01]|0*5734[45])(?:;|(?![0-9a-f]))", re.IGNORECASE)


# Headings of what stands around the content of a page. Whole headings: "Search" goes, "Search trees" stays.
NAVIGATION = re.compile(
    r"""(?:
        advertis(?:ement|ements|ing)|ads?|sponsored(?:\s+\w+)?|promoted
      | (?:main\s+|site\s+)?(?:navigation|menu)|skip\s+to\b.*|site\s*map|breadcrumbs?|footer|sidebar
      | quick\s*links?|useful\s+links?|external\s+links?|links?|see\s+also|read\s+(?:more|next|also)\b.*|up\s+next
      | related(?:\s+(?:\w+\s+)?(?:links?|posts?|articles?|topics?|pages?|content|stories|products?|questions?|items?
        |reading|searches|videos?))?
      | around\s+the\s+web|from\s+(?:around\s+)?the\s+web|editor[’']?s[’']?\s+picks?|what\s+to\s+read\s+next
      |don[’']?t\s+miss\b.*
      | you\s+(?:may|might)\s+(?:also\s+)?(?:like|enjoy|be\s+interested\s+in)\b.*|more\s+(?:from|like)\b.*
      | recommended\s+(?:for\s+you|reading|articles?|posts?|products?|links?|stories|videos?)|trending(?:\s+\w+)?
      | (?:recent|latest|popular|top|featured|most\s+(?:read|popular|viewed)|new|other)\s+
        (?:posts?|articles?|stories|news|comments?|topics?|threads?|videos?|entries|updates)
      | (?:\d+\s+)?(?:comments?|responses?|replies|discussions?|thoughts\s+on\b.*)(?:\s*\(\d+\))?
      | (?:leave|post|add|write)\s+an?\s+(?:reply|comment|review)\b.*|join\s+the\s+(?:discussion|conversation)\b.*
      | forums?|forum\s+(?:statistics|navigation|rules|index)|topic\s+(?:actions|options)|posting\s+permissions
      | share(?:\s+(?:this|on|via)\b.*)?|follow(?:\s+(?:us|me))?(?:\s+on\b.*)?|social(?:\s+media)?
      | connect\s+with\s+us|(?:free\s+)?(?:e-?mail\s+)?newsletters?(?:\s+sign-?up)?|sign\s+up\b.*
      | subscribe\b.*|subscriptions?|stay\s+(?:in\s+touch|connected|updated)\b.*|(?:log|sign)\s*-?\s*in|register
      | (?:my|your)\s+(?:account|cart|basket)|shopping\s+cart
      | search(?:\s+(?:this|the|our|form|results|site|blog|forums?)){0,3}
      | archives?|categor(?:y|ies)|tags?|tag\s+cloud|topics|blogroll|meta|calendar|pages?|post\s+navigation
      | (?:table\s+of\s+)?contents|on\s+this\s+page|in\s+this\s+(?:article|section)
      | about\s+(?:the\s+)?(?:author|us|me|this\s+(?:site|blog|page))|author
      | contact(?:\s+(?:us|me|info(?:rmation)?))?|privacy(?:\s+(?:policy|notice|settings))?
      | cookie\s+(?:policy|notice|settings|consent|preferences)|disclaimer|copyright(?:\s+notice)?|imprint
      | terms(?:\s+(?:of\s+(?:use|service)|and\s+conditions))?|legal(?:\s+(?:notice|information))?
      | das\s+könnte\s+(?:sie|dich|ihnen)\b.*|mehr\s+(?:zum\s+thema|aus|von)\b.*|(?:ähnliche|verwandte
      |weitere)\s+(?:artikel|beiträge|themen|nachrichten)
      | siehe\s+auch|kommentare?|(?:à\s+)?lire\s+(?:aussi|également)\b.*|articles\s+(?:similaires|liés|connexes)
      |voir\s+aussi|commentaires?
      | sur\s+le\s+même\s+(?:sujet|thème)|(?:noticias|artículos)\s+relacionad[ao]s|te\s+puede\s+interesar\b.*
      |véase\s+también|comentarios?
      | leggi\s+anche\b.*|articoli\s+correlati|lees\s+ook\b.*|läs\s+(?:också|mer)\b.*|czytaj\s+(?:też|także
      |więcej)\b.*|читайте\s+также\b.*
    )\s*[:!.…»>]*""",
    re.IGNORECASE | re.VERBOSE,
)


def count_headings(body: Box) -> None:
    """Raise DataError(too_many_headings) when a page has too many."""
    found = 0
    waiting = [body]
    while waiting:
        box = waiting.pop()
        found += box.tag in HEADINGS
        waiting.extend(part for part in box.parts if isinstance(part, Box))
    if found > MAX_HEADINGS:
        raise DataError("too_many_headings", f"{found} headings, more than {MAX_HEADINGS}")


def without_marks(markup: str) -> str:
    """Return a page's markup without the characters that mark headings here."""
    return _MARKS.sub("", markup)
