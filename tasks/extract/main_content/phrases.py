"""What lines around an article say: bylines, calls to share, pointers to other articles, tags, notices.

Each is tried against whole lines, short ones only (lines.py), so that no pattern meets more than a few hundred signs.
"""

import re

_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez"
    r"|janv|févr|avr|juin|juil|août|déc|ene|abr|ago|dic)"
)
_DATE = (
    rf"(?:\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}|{_MONTHS}[a-zé]*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}\.?\s+(?:de\s+)?{_MONTHS}[a-zé]*\.?,?\s+(?:de\s+)?\d{{4}})"
)

HEAD = re.compile(
    rf"""(?:
        (?:(?:first\s+|last\s+)?(?:published|posted|updated|modified|edited|created|written|submitted|reviewed|by
          |von|par|por|di|door|av|
            veröffentlicht|aktualisiert|publié|mis\s+à\s+jour|publicado|actualizado|am|on|le|el|date
              |stand)\b\s*:?\s*)*.{{0,60}}{_DATE}.{{0,60}}
      | (?:by|von|par|por|di|door)\s+[^.!?:]{{2,60}}
      | (?:written|posted|published|reviewed|edited|photo(?:graph)?s?|image|words|text|story
      |reporting)\s+by\b.{{0,80}}
      | (?:a\s+)?\d+\s*-?\s*min(?:ute)?s?\.?(?:\s+read(?:ing)?(?:\s+time)?)?
      |(?:estimated\s+)?read(?:ing)?\s+time.{{0,30}}
      | (?:\d+|one|an?|two|three|yesterday|today)\s*(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\s+ago
      | \d+\s+(?:comments?|shares?|views?|likes?|replies|reads?|kommentare|commentaires)
      | (?:[@#][\w.]+\s*)+
      | (?:home|start(?:seite)?|accueil|inicio)\b.{{0,60}}[>»›/|].{{0,80}}
    )\s*[|·•,–-]?""",
    re.IGNORECASE | re.VERBOSE,
)
ANYWHERE = re.compile(
    r"""(?:
        (?:advertis(?:ement|ing)|anzeige|werbung|publicité|publicidad|sponsored(?:\s+content)?|ad)\s*[:.]?
      | (?:story|article|report|content)\s+continues\s+(?:below|after).{0,60}|(?:continue|keep)\s+reading\b.{0,80}
      | scroll\s+(?:down\s+)?(?:for|to)\s+(?:more|continue).{0,40}|loading(?:\s*\.{2,3}|…)?
      |please\s+enable\s+javascript.{0,100}
      | \d{1,3}\s*(?:/|of|von|de|sur)\s*\d{1,3}|[—–-]\s*.{2,60}\(@\w+\).{0,40}
      | \d{1,2}[:.h]\d\d(?:\s*[ap]\.?m\.?)?(?:\s+[A-Z]{2,4})?
      | share(?:\s+(?:this|on|via|with|the)\b.{0,60})?|tweet(?:\s+this)?|pin\s+it|e-?mail(?:\s+this)?
      |print(?:\s+this)?(?:\s+(?:page|article))?
      | (?:facebook|twitter|linkedin|whatsapp|pinterest|reddit|telegram|instagram|youtube|email|print|copy\s+link
      |[|,/·•\s])+
      | (?:click|tap)\s+(?:here\s+)?to\s+(?:enlarge|zoom|expand|share|print|tweet|subscribe|sign\s+up).{0,60}
      | (?:view|open|see)\s+(?:image\s+in\s+)?(?:full\s*-?\s*screen|gallery|larger\s+image)|play\s+video|watch\s+now
      | skip\s+(?:to|past)\b.{0,60}|back\s+to\s+(?:the\s+)?top|jump\s+to\s+(?:recipe|content|navigation)|\[edit\]|¶
      |copy(?:\s+code)?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# In front of a link to another article.
POINTER = re.compile(
    r"""[\[(►▶>»→•*\s]*(?:read(?:\s+(?:more|also|next|now|the\s+(?:full|rest)))?|see(?:\s+also|\s+more)?
      |also(?:\s+(?:read|see|on))?|related(?:\s+\w+)?|more(?:\s+(?:on|from|about|in|like))?
        |recommended|watch|listen|don[’']?t\s+miss|must\s+read|you\s+(?:may|might)(?:\s+also)?\s+(?:like
        |be\s+interested).{0,20}|trending|next|previous|up\s+next|opinion|editor'?s\s+pick
        |lesen\s+sie(?:\s+auch|\s+dazu|\s+mehr)?|mehr(?:\s+zum\s+thema|\s+dazu)?|(?:à\s+)?lire(?:\s+(?:aussi|également))?|(?:à\s+)?voir(?:\s+aussi)?|lee(?:r)?(?:\s+(?:también|más))?|mira\s+también|leia\s+(?:também|mais)|veja\s+(?:também|mais)|te\s+puede\s+interesar|leggi\s+anche|lees\s+ook|läs\s+(?:också|mer)
        |czytaj\s+(?:też|także|więcej)|читайте\s+также)\b.*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
TAIL = re.compile(
    r"""[\[(►▶>»→•*–—\s]*(?:
        (?:tags?|tagged(?:\s+(?:with|as|under))?|labels?|filed\s+(?:under|in)|categor(?:y|ies)|posted\s+(?:in|by
          |on)|topics?|keywords|schlagwörter|schlagworte|étiquettes|etiquetas|kategorien?|catégories?)\b\s*[:–-]?.*
      | (?:©|\(c\)|copyright\b).*|.*\ball\s+rights\s+reserved\b.*|.*\balle\s+rechte\s+vorbehalten\b.*
      |.*\btous\s+droits\s+réservés\b.*
      | (?:follow|like|find|join|connect\s+with)\s+(?:us|me|him|her|them|the\s+author|[\w\s.]{2,40})\s+(?:on|via
      |at)\b.*|(?:you\s+can\s+)?(?:follow|reach|contact|email)\s+(?:him|her|them|the\s+author
      |[\w\s.]{2,40})\s+(?:on|via|at)\b.*
      | (?:subscribe|sign\s+up|register|log\s*in|sign\s+in|join)\b.*|(?:get|receive)\s+(?:the\s+)?(?:latest|our
      |more|all|daily|weekly|breaking)\b.*
      | (?:leave|post|add|write)\s+an?\s+(?:comment|reply|review|response).*|(?:\d+\s+|no\s+|view\s+|show\s+
      |load\s+|all\s+|recent\s+)?(?:comments?|responses?|replies)(?:\s+(?:are\s+)?(?:closed|off|disabled|\(\d+\))
      |\s*\(?\d*\)?)?.{0,20}
      | (?:photo(?:graph)?s?|image|picture|video|credit|source|illustration|foto|bild|quelle|crédit(?:\s+photo)?
      |fuente|via)s?(?:\s+(?:credit|source|by|courtesy))?\s*:.*
      | (?:have|got)\s+(?:a|any|something)\b.{0,60}\b(?:tip|story|question|feedback|say)s?\b.*|(?:contact
      |email)\s+(?:us|the\s+(?:author|writer|editor|reporter)).*|(?:send|report)\s+(?:us\s+)?(?:feedback
      |corrections?|a\s+correction|tips|an?\s+error).*
      | (?:was\s+this\s+(?:article|page|answer)|did\s+you\s+(?:find|like|enjoy)|rate\s+this
      |thanks?\s+(?:you\s+)?for\s+(?:reading|your\s+feedback|subscribing)).*
      | (?:this\s+(?:article|story|post|piece|content|entry)\s+(?:was\s+|is\s+|has\s+been\s+|first\s+
      |originally\s+)*(?:appeared|published|posted|written|produced|provided|filed|sponsored|part\s+of)).*
      | [^.]{3,60}\s(?:is|are|was)\s+(?:an?|the|our)\s[^.]{0,80}\b(?:reporter|writer|editor|journalist
      |correspondent|author|columnist|contributor|blogger
          |freelancer?|professor|lecturer|fellow|photographer)s?\b.*
      | [^.,]{3,40}\s(?:writes|reports|blogs)\s+(?:about|on|for|from)\b.*|[^@]{0,60}\S+@\S+\.\w{2,}.{0,20}
      | (?:about\s+the\s+(?:author|writer)|author|written\s+by|reporting\s+by|editing\s+by|additional\s+reporting).*
      | (?:last\s+)?(?:updated|modified|edited|reviewed|published)\b.{0,60}|(?:stand|zuletzt\s+(?:aktualisiert
      |geändert)|dernière\s+mise\s+à\s+jour)\b.{0,60}
      | (?:next|previous|prev|older|newer)(?:\s+(?:post|article|story|page|entry|chapter|topic
      |up)s?)?\s*[:»›→]?.{0,60}|[«‹←]\s*.{0,80}|.{0,80}\s*[»›→]
      | (?:terms\s+(?:of|and)|privacy|cookie)s?\b.{0,60}|powered\s+by\b.{0,60}
      | (?:enjoyed|liked?|love)\s+(?:this|what)\b.*|support\s+(?:us|our|independent)\b.*|donate\b.*
      |become\s+a\s+(?:member|patron|subscriber).*
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# Headings of lists that go when they are made of links, beside those of headings.NAVIGATION.
LISTS_BELOW = re.compile(
    r"(?:references|notes|footnotes|sources|bibliography|further\s+reading|more|about|topics\s+in\s+this\b.*)\s*:?",
    re.IGNORECASE,
)
# Of these the text goes too where it stands at the end of the page, links or not.
NEVER_TEXT = re.compile(
    r"""(?:related|recommend|you\ m|more\ (?:from|like)|comment|leave|post\ a|join\ the|share|follow|newsletter
    |free\ newsletter|sign\ up|subscribe|about\ the\ (?:author|writer)|about\ me|author|trending|sponsored|most
    |popular
    |latest|recent|\d+\ (?:comment|response|repl)|stay|connect|about\Z|keep\ reading|paid\ content
    |das\ könnte|mehr\ (?:zum|aus|von)|ähnliche|verwandte|weitere|kommentar|articles\ (?:similaires|liés)|sur\ le\ même
    |commentaire|noticias\ relac|artículos\ relac|te\ puede|comentario|leggi\ anche|articoli\ corr|lees\ ook)""",
    re.IGNORECASE | re.VERBOSE,
)
# A paragraph that asks for something, or says on what terms the site is read; tried only where one of the words occurs.
# They are few, as each is looked for on every page, and lack the letter that may be a capital.
PLEA_WORDS = (
    *("ubscri", "ign up", "ewsletter", "nbox", "ookies", "mail address", "in to ", "opyright", "ou agree"),
    *("ournalism", "bonn", "uscr"),
)
PLEA = re.compile(
    r"""\bsign\ up\ (?:now\ |here\ )?(?:for|to\ (?:get|receive|our))\b.{0,80}(?:newsletter|inbox|e-?mail|updates|alerts)
    | \b(?:to|in|into)\ your\ (?:e-?mail\ )?inbox\b|\bsubscribe\ to\ (?:our|the|my|this)\b.{0,60}(?:newsletter|channel
      |podcast|list|feed|magazine|letter)
    | \bbecome\ an?\ (?:\w+\ ){0,3}subscriber\b|\balready\ an?\ (?:subscriber|member)\b
    | \b(?:logged|log|sign(?:ed)?)\ in\ (?:or\ .{0,40})?to\ (?:comment|post|reply|read|continue|leave)\b
    | \byour\ e-?mail\ (?:address\ )?will\ not\ be\ (?:published|shared)|\benter\ your\ e-?mail\ address\b
    | \bwe\ (?:and\ our\ (?:\d+\ )?partners\ )?use\ cookies\b
    | \bby\ (?:clicking|signing\ up|subscribing|submitting|continuing|entering)\b.{0,80}\byou\ (?:agree|accept|consent)
    | \bunsubscribe\ at\ any\ time\b|\bsubject\ to\ copyright\b
    | \bsupport\ (?:our|independent|quality|local)\ journalism\b
    | \babonnez-vous\b|\bnewsletter\ (?:abonnieren|bestellen)\b|\bsuscr[ií]be(?:te|rse)\b""",
    re.IGNORECASE | re.VERBOSE,
)
