"""Residues of a web page in the response: newsletters, sharing, comments, cookie banners, footers.

The words alone are no fault, an answer may be about cookies or comments: it is the phrases that pages address to
their visitors, and lines that hold nothing but a link's label.
"""

import re

from tasks.core.config import VerifyConfig
from tasks.core.text.quoting import without_quotes
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule, first_of

_PHRASE = re.compile(
    r"""\b(?:subscribe|sign\s+up)\s+(?:to|for)\s+(?:our|my|the|this)\s+(?:[\w-]+\s+){0,2}
        (?:newsletter|mailing\s+list|channel|blog|feed|updates)\b
      | \bshare\s+this\s+(?:post|article|page|story|recipe|on|with\s+your\s+friends)\b
      | \bshare\s+on\s+(?:facebook|twitter|x|linkedin|whatsapp|pinterest)\b
      | \bleave\s+(?:a|your)\s+(?:comment|reply)\b | \b(?:post|add|write)\s+a\s+(?:comment|reply)\s*(?:below|$)
      | \blet\s+us\s+know\s+in\s+the\s+comments\b | \bin\s+the\s+comments\s+(?:section\s+)?below\b
      | \b(?:we|(?:this|our)\s+(?:web)?site)\s+uses?\s+cookies\b | \baccept\s+all\s+cookies\b
      | \ball\s+rights\s+reserved\b | (?:©|\bcopyright\s+(?:©|\(c\)))\s*\d{4}
      | \bclick\s+(?:here|the\s+(?:link|button)\s+below)\b
      | \bfollow\s+us\s+on\b | \blike\s+us\s+on\s+facebook\b
      | \bthank(?:s|\s+you)\s+for\s+(?:reading|visiting|stopping\s+by)\b
      | \b(?:check\s+out|see|read)\s+(?:our|my)\s+(?:other|latest|previous|related)\s+(?:posts?|articles?|recipes?)\b
      | \bthis\s+post\s+(?:may\s+)?contains?\s+affiliate\s+links\b
      | \bskip\s+to\s+(?:main\s+)?content\b""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_LINE = re.compile(
    r"""^[^\w\n]*(?:
        (?:read|learn|see|show|load)\s+more | (?:read|learn)\s+more\s+(?:here|at|on\s+our)\b[^\n]{0,60}
      | continue\s+reading | you\s+(?:may|might)\s+also\s+like | back\s+to\s+top
      | (?:related|recent|popular|more)\s+(?:posts|articles|stories)
      | (?:previous|next|older|newer)\s+(?:post|article|posts|entry)
      | (?:posted|filed|published)\s+(?:by|in|on|under)\b[^\n]{0,60} | \d+\s+(?:comments?|replies|views|likes)
      | (?:share|tweet|pin\s+it|print|email\s+this|reply|log\s+in|sign\s+in|subscribe|advertisement|comments)
      | (?:privacy\s+policy|terms\s+of\s+(?:use|service)|cookie\s+policy|cookie\s+settings)(?:\s*[|·•-]\s*[^\n]{0,60})?
      | (?:tags|categories|labels)\s*:[^\n]{0,120}
    )[^\w\n]*$""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


def web_furniture(case: Case) -> tuple[str, ...]:
    """Return the residues as they are written, each once."""
    text = without_quotes(case.response)
    found = [" ".join(match[0].split()) for pattern in (_PHRASE, _LINE) for match in pattern.finditer(text)]
    return tuple(dict.fromkeys(found))


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return first_of(figures.web_furniture)


RULE = Rule("web_furniture", _fault)
