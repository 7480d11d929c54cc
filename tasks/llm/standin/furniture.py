"""What web pages hold beside their matter: menus, notices, invitations, asides, remarks about the page itself."""

import re

from tasks.llm.standin.wordlist import word_set

_LINE = re.compile(
    r"""^\W*(?:
      skip\ to\b.* | (?:main\ )?menu | home | search(?:\ (?:this|the|our)\b.*)? | log\ ?in | sign\ (?:in|up)\b.*
      | register
    | about(?:\ us)? | contact(?:\ us)? | privacy(?:\ policy|\ notice)? | terms(?:\ (?:of|and)\b.*)? | site\ ?map
    | cookies?(?:\ \w+)?
    | (?:table\ of\ )?contents | on\ this\ page | navigation | breadcrumbs? | toggle\b.* | (?:back\ to\ )?top | next
    | prev(?:ious)?
    | (?:next|previous|prev|older|newer)\ (?:post|article|page|topic|chapter|entry|entries)?s?\b.{0,60}
    | share(?:\ (?:this|on|via|it)\b.*)? | tweet(?:\ this)? | pin\ (?:it|this)\b.* | print(?:\ this)?(?:\ page)?
    | e-?mail\ this\b.*
    | (?:leave|post|write|add)\ (?:a|your)\ (?:comment|reply|review).* | (?:\d+|no)\ comments?\b.*
    | comments?(?:\ \(\d+\))? | reply
    | (?:filed\ under|tags?|tagged(?:\ with)?|categor(?:y|ies)|topics?|labels?)\s*:.*
    | (?:posted|published|written|updated|reviewed)\ (?:on|by|in|at)\b.*
    | (?:last\ (?:updated|modified|reviewed|edited)|date|published|updated|authors?|release|source\ code
      |reading\ time)\b\s*(?::.*|\d.*|on\b.*)?
    | by\ [A-Z][\w.]+\ [A-Z][\w.]+.{0,40} | \d+\ min(?:ute)?s?\ read
    | (?:related|popular|recent|more|further|latest)\ (?:posts?|articles?|stories|links|reading|from\b.*|pages)\b.{0,20}
    | you\ (?:may|might)\ also\ (?:like|enjoy).* | read\ (?:more|next|also|on|the\ full\b.*)\b.{0,60}
    | continue\ reading.* | show\ (?:more|less)\b.* | see\ also\b:?.{0,120} | seealso
    | advert(?:isement|ising)? | sponsored.{0,40} | subscribe\b.{0,60} | newsletter\b.{0,30} | follow\ (?:us|me)\b.*
    | join\ (?:us|our)\b.*
    | (?:©|copyright\ (?:©|\(c\)|\d)|all\ rights\ reserved).{0,120} | powered\ by\b.* | accept(?:\ all)?(?:\ cookies)?
    | add\ to\ (?:cart|basket|wish\ ?list).* | buy\ now.*
    | jump\ to\b.* | download\ (?:the\ )?pdf | edit\ this\ page
    | report\ (?:a|an)\ (?:bug|error|problem|issue)\b.{0,40} | view\ source | new\ in\ version\ [\d.]+
    | availability\s*:\ .{0,100}
    )\W*$""",
    re.I | re.X,
)
_INVITATION = re.compile(
    r"""\b(?:
      newsletter | subscribe | sign\ up\ (?:for|to|now|today|here) | mailing\ list | follow\ (?:us|me)\ on
      | share\ (?:this|it)\ (?:with|on|post|page|article)
    | (?:leave|drop)\ (?:us\ |me\ )?(?:a\ )?(?:comment|note\ below|line) | in\ the\ comments
    | comments?\ (?:below|section) | let\ (?:us|me)\ know | click\ here | tap\ here | follow\ the\ link
    | (?:we|this\ site|our\ (?:web)?site)\ uses?\ cookies | cookie\ (?:policy|settings|preferences) | privacy\ policy
    | terms\ of\ (?:use|service) | all\ rights\ reserved
    | affiliate\ links? | sponsored\ by | this\ post\ contains | thanks\ for\ reading
    | thank\ you\ for\ (?:reading|visiting) | happy\ \w+ing!
    | stay\ tuned | check\ out\ (?:our|my|the\ other)
    | our\ (?:shop|store|sponsors?|partners|online\ shop|other\ (?:posts|articles|guides)) | visit\ our
    | join\ (?:our|us)\b
    | (?:facebook|twitter|instagram|pinterest|youtube|whatsapp|tiktok)\b | add\ to\ (?:cart|basket) | read\ more
    | last\ (?:updated|modified)\ (?:on|:)? | about\ the\ author | photo(?:s)?\ (?:by|credit)
    )""",
    re.X,
)
_ABOUT_ITSELF = re.compile(
    r"""\b(?:
      (?:this|the\ (?:present|current|following|next|previous|last|rest\ of\ (?:this|the)|above|below)|our|my|next
        |previous|an?\ earlier|in\ (?:the|a))\ (?:\w+\ )?
        (?:article|page|web\ ?page|post|blog|blog\ post|document|documentation|guide|tutorial|how-?to|section|subsection
        |chapter|appendix|book|manual|handbook|primer|series|website|site|column|essay|write-?up|passage|faq)s?\b
    | in\ (?:section|chapter|sections|chapters|part|appendix)\ [\da-z]\b
    | see\ (?:section|chapter|also|the\ (?:section|chapter|documentation|page)|below|above|\w+\ for)
    | (?:section|chapter|figure|table|appendix)\ \d
    | (?:described|discussed|mentioned|explained|shown|listed|seen|covered|given|defined|introduced|presented|detailed
        |documented)\ (?:above|below|earlier|later|here|elsewhere
        |in\ (?:section|chapter|the\ (?:\w+\ )?(?:section|chapter|document)))
    | the\ (?:article|author|reader|readers|tutorial|page\ you|text\ (?:above|below))
    | (?:as|like)\ we\ (?:have\ )?(?:saw|seen|said|mentioned)
    | the\ (?:example|code|table|figure|picture|photo|list|sections?|links?)\ (?:above|below)
    | (?:above|below)\ (?:example|table|figure|picture|list|link) | read\ (?:on|this|the\ following) | dear\ readers?
    )""",
    re.X,
)
_FIRST_PERSON = re.compile(r"\bI (?=[a-z])|\bI['’](?:m|ve|d|ll)\b|\b(?:[Mm]y|[Mm]yself|[Mm]ine|[Mm]e)\b")
_NAV_WORDS = word_set(
    "home about contact login log in sign register search menu privacy terms sitemap help faq blog news shop cart"
    " account products services categories archive tags subscribe share print next previous back top contents index"
)
# With a comma it is a row of a table.
_BREADCRUMB = re.compile(r"^(?!.*,)(?:\S+(?: \S+){0,3}\s*[›»>/|·]\s*){2,}")


# Large patterns take time and most sentences match none, so one without any of these pieces is not looked at closer.
_INVITING = re.compile(
    "newsletter|subscri|sign up|mailing|follow|share|comment|let us|let me|leave|drop|click|tap here|cookie|privacy"
    "|terms of|all rights|affiliate|sponsored|this post|thank|happy|tuned|check out|our |join|facebook|twitter"
    "|instagram|pinterest|youtube|whatsapp|tiktok|add to|read more|last updated|last modified|the author|photo"
)
_SELF = re.compile(
    "article|page|post|blog|document|guide|tutorial|how-?to|section|chapter|appendix|book|manual|handbook|primer|series"
    "|site|column|essay|write-?up|passage|faq|see |figure|table|above|below|earlier|later|here|author|reader|as we"
    "|like we|read |part "
)
_MAX_FURNITURE_CHARS = 160


def is_furniture(line: str) -> bool:
    """Whether a whole line is a menu entry, a notice or the like."""
    return len(line) <= _MAX_FURNITURE_CHARS and bool(_LINE.match(line) or _BREADCRUMB.match(line))


def is_invitation(sentence: str) -> bool:
    """Whether a sentence invites to read, share, buy or subscribe."""
    low = sentence.lower()
    return bool(_INVITING.search(low) and _INVITATION.search(low))


def is_about_itself(sentence: str) -> bool:
    """Whether a sentence speaks of the page, its parts or its author."""
    low = sentence.lower()
    return bool(_SELF.search(low) and _ABOUT_ITSELF.search(low))


def is_first_person(sentence: str) -> bool:
    """Whether the author speaks of themselves."""
    return bool(_FIRST_PERSON.search(sentence))


def is_menu(lines: tuple[str, ...]) -> bool:
    """Whether short lines that stand together are a menu: a third of them are furniture or begin with its words."""
    if len(lines) < 3:
        return all(is_furniture(line) for line in lines)
    entries = [line.strip("•*-–«»‹› ") for line in lines]
    known = sum(is_furniture(entry) or entry.partition(" ")[0].lower() in _NAV_WORDS for entry in entries)
    return known * 3 >= len(lines)
