"""The page stops where one has to log in, to subscribe or to pay; or it is the form for that."""

import re

from tasks.core.filter_rules_pages import LoginWall
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_THING = r"(?:article|story|content|page|post|document|feature|report|issue|video|lesson|chapter|section)"
_WALL = re.compile(
    r"\b(?:log|sign)[ -]?in(?: or [\w ]{3,30})? to (?:continue|keep reading|read|unlock|view (?:this|the full)"
    r"|see (?:this|the full))"
    rf"|\b(?:subscribe|register|sign up|join)(?: now| today| for free)? to (?:continue|keep|read|unlock"
    rf"|get (?:full )?access|access (?:this|the))"
    rf"|\bthis {_THING} is (?:only |exclusively )?(?:for|available (?:only )?(?:to|for)|reserved for|exclusive to"
    rf"|restricted to)"
    r" (?:\w+ ){0,3}(?:subscribers|members|users|customers|readers)"
    r"|\byou(?: have|['’]ve) (?:reached|used|read|viewed)\b.{0,40}\b(?:limit|free (?:articles?|stories|views|pages))"
    rf"|\bto (?:continue reading|read the (?:full|rest)|read (?:this|more)|unlock|view) (?:\w+ ){{0,5}}(?:subscribe"
    rf"|log in|sign in|register|create an account)"
    rf"|\b(?:subscribers?|members?)[ -]only {_THING}\b|\b{_THING} is locked\b"
    rf"|\byou (?:must|need to|have to) (?:be (?:logged|signed) in|log in|sign in|register|be a (?:member"
    rf"|subscriber)) to (?:view|read|see|access|continue)"
)
_FORM = re.compile(
    r"\bforgot(?:ten)? (?:your )?(?:password|username)|\bremember me\b|\bkeep me (?:logged|signed) in\b"
    r"|\balready (?:a )?(?:subscriber|member|registered|have an account|subscribed)|\bcreate (?:a free |a new "
    r"|an )?account\b"
    r"|^(?:user ?name|e-?mail(?: address)?|password|log ?in|sign ?in|register)\W*$"
    r"|\b(?:start|begin) your (?:free )?(?:trial|subscription)\b|\bcancel (?:at )?any ?time\b|\bsubscribe (?:now"
    r"|today)\b"
    r"|\bper (?:month|week|year)\b|\bnot a (?:member|subscriber)(?: yet)?\b",
    re.MULTILINE,
)
_WORDS = ("log in", "login", "sign", "subscri", "regist", "member", "password", "account", "free ", "locked", "per ")
_FORM_WORDS = 120
MIN_FORM_SIGNS = 3
# The wall stands at the end of what is shown.
_LAST_SHARE = 0.45


def _fault(document: DocumentText, params: LoginWall) -> str | None:
    words = len(document.whole.words)
    if words > params.max_words:
        return None
    lower = document.lower
    if not any(word in lower for word in _WORDS):
        return None
    forms = len({match[0].strip() for match in _FORM.finditer(lower)})
    document.note("login_signs", forms)
    walls = list(_WALL.finditer(lower))
    if (
        walls
        and (forms or words <= _FORM_WORDS or len(walls) > 1)
        and walls[-1].end() >= (1 - _LAST_SHARE) * len(lower)
    ):
        return f"{walls[-1][0]!r}"
    if words <= _FORM_WORDS and forms >= MIN_FORM_SIGNS:
        return f"{forms} signs of a form to log in"
    return None


RULE = plain(LoginWall, _fault)
