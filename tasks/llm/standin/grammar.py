"""Small English grammar for questions: verb phrases, persons, number and articles."""

import re
from typing import Literal

from tasks.llm.standin.titles import Usage
from tasks.llm.standin.verbs import VERBS, base_of_gerund, base_of_third_person
from tasks.llm.standin.wordlist import word_set

Number = Literal["singular", "plural", "unknown"]

_AUXILIARIES = word_set("is are was were can could should would will must may might do does did has have")
_OPENERS = word_set("a an the your my our their its this these any all some every each more most several old new")
_PREPOSITIONS = word_set(
    "in on with from for without at by to into onto out up off over using through under about as via against"
    " between inside"
)
# Second parts that make "cooking time" or "sorting basics" a thing, not something to do.
_COMPOUND_HEADS = word_set(
    """
    algorithm algorithms basics board bag chart class concepts conventions course environment equipment error errors
    facilities facility faq framework function functions glossary guidelines instructions language languages
    library list lists noise noises
    machine machines material materials mechanism methods model models module modules notes operations options
    overview point pool pot practices principles problems process processes products programme protocol reference room
    routines rules services statement statements station style support system systems table techniques tests time
    times tips tool tools types utilities utility area season schedule wheel water paper temperature
    """
)
_SECOND_TO_FIRST = (
    (re.compile(r"\byou are\b", re.I), "I am"),
    (re.compile(r"\byou['’]re\b", re.I), "I'm"),
    (re.compile(r"\byou['’]ve\b", re.I), "I've"),
    (re.compile(r"\byou['’]ll\b", re.I), "I'll"),
    (
        re.compile(
            r"\b(for|to|with|from|by|at|on|of|help|helps|let|lets|give|gives|tell|tells|make|makes)( )you\b", re.I
        ),
        r"\1\2me",
    ),
    (re.compile(r"\byou\b", re.I), "I"),
    (re.compile(r"\byours\b", re.I), "mine"),
    (re.compile(r"\byour\b", re.I), "my"),
    (re.compile(r"\byourself\b", re.I), "myself"),
)
# Verbs that begin an order whatever follows.
_NEVER_NOUNS = word_set(
    "add avoid become begin build choose configure connect convert create customise customize decorate delete enable"
    " disable ensure explain fetch find follow get improve install keep learn maintain manage prepare prevent protect"
    " prune read reduce remove repair replace select send serve solve understand verify wash write"
)
_PHRASE_ENDS = (
    r"(?=[.,;:)?]|\s(?:is|are|was|can|has|have|of|in|on|and|or|to|that|which|with|for|from|works?|will|does|by|at|as"
    r"|you|should|must|may)\b)"
)
_BEFORE_BARE = (
    r"(?:^|[.,;:(]\s|\b(?:of|with|for|in|on|by|and|or|about|to|from|use|using|is|are|as|like|than|into|without|via"
    r"|when|how|that|if|make|makes)\s)"
)
_PROCESS = re.compile(r"(?:[ts]ion|ment|ing|ness|ity)$")
_SINGULAR_S = re.compile(r"(?:ss|us|is|ous|ics|news|os|as|lens|series|species)$")
_IRREGULAR_PLURALS = word_set("people children men women feet teeth mice geese data media criteria leaves knives")


def first_person(text: str) -> str:
    """Turn "you" and "your" into "I" (or "me") and "my"."""
    for pattern, replacement in _SECOND_TO_FIRST:
        text = pattern.sub(replacement, text)
    return text


def verb_phrase(gerund_phrase: str) -> str | None:
    """Return "bleed a radiator" for "bleeding a radiator", None for a compound such as "cooking time"."""
    head, _, rest = gerund_phrase.partition(" ")
    words = rest.split()
    if not words:
        return None
    base = base_of_gerund(head, acts=words[0].lower() in _OPENERS)
    if base is None:
        return None
    opener = words[0].lower() in _OPENERS | _PREPOSITIONS or base_of_gerund(words[0].lower()) is not None
    if not opener:
        first = words[0].lower()
        both = first in {"and", "or"} and len(words) > 1 and base_of_gerund(words[1].lower()) in VERBS
        if (first in {"and", "or"} and not both) or (
            first in _COMPOUND_HEADS and (len(words) == 1 or not first.endswith("s"))
        ):
            return None
        later = any(word.lower() in _PREPOSITIONS | _OPENERS for word in words[1:])
        thing = number_of(rest) == "plural" or words[-1][:1].isupper()
        if not (thing or (base in VERBS and (later or len(words) == 1))):
            return None
    out = [base]
    for before, word in zip(["", *words], words, strict=False):
        # "cleaning and oiling a chain" is two things to do
        second = base_of_gerund(word.lower()) if before.lower() in ("and", "or") else None
        out.append(second if second in VERBS else word)
    return " ".join(word for word in out if word)


def is_command(phrase: str) -> bool:
    """Whether `phrase` begins like an order: "clean your bike chain"."""
    words = phrase.split()
    if len(words) < 2 or words[0].lower() not in VERBS:
        return False
    return words[0].lower() in _NEVER_NOUNS or words[1].lower() in _OPENERS | {"up", "out", "off", "down"}


def has_object(phrase: str) -> bool:
    """Whether something plural, determined or coordinated follows the first word: then it is a verb."""
    words = phrase.split()
    return len(words) > 1 and (
        words[1].lower() in _OPENERS | _PREPOSITIONS | {"and", "or"}
        or any(number_of(word) == "plural" or word.lower() in _OPENERS for word in words[1:])
    )


def invert(clause: str, question: str) -> str | None:
    """Return "do leaves change colour" for "leaves change colour"; None where subject and verb cannot be told apart.

    `question` is the word before it ("why", "how"), used only to build the result.
    """
    words = clause.split()
    for at in range(1, min(len(words), 6)):
        word = words[at].lower()
        subject, rest = " ".join(words[:at]), " ".join(words[at + 1 :])
        if word in _PREPOSITIONS | {"and", "or", "that", "which"}:
            return None
        if word in _AUXILIARIES - {"do", "does", "did", "has", "have"}:
            return f"{question} {word} {subject} {rest}".strip()
        plural = number_of(subject) == "plural" or subject.lower() in ("you", "i", "we", "they")
        base = base_of_third_person(word)
        if base and not plural and at < len(words):
            return f"{question} does {subject} {base} {rest}".strip()
        if word in VERBS and plural:
            return f"{question} do {subject} {word} {rest}".strip()
    return None


def number_of(phrase: str) -> Number:
    """Tell from its spelling whether a noun phrase is plural; "unknown" for one that is not."""
    head = re.split(r"\s(?:of|in|on|for|with|from|to|at|by|under|between|among)\s", phrase)[0]
    last = head.split()[-1].lower().strip("\"'()”’") if head.split() else ""
    if " and " in f" {head} ":
        return "plural"
    if last in _IRREGULAR_PLURALS or (last.endswith("s") and len(last) > 3 and not _SINGULAR_S.search(last)):
        return "plural"
    return "unknown"


def in_use(phrase: str, usage: Usage) -> tuple[str, Number]:
    """Return `phrase` with the article and number that the document itself uses most: "a heat pump", singular.

    A noun phrase that the document never uses is returned bare, with number "unknown".
    """
    plural = number_of(phrase) == "plural"
    if re.match(r"(?:a|an|the|your|my|this|these)\s", phrase, re.I):
        return phrase, "plural" if plural else "singular"
    if plural:
        return phrase, "plural"
    if phrase[:1].isupper():
        return phrase, "singular"
    bare = re.escape(phrase)
    uses: dict[tuple[str, Number], int] = {}
    for article in ("a", "an", "the"):
        uses[f"{article} {phrase}", "singular"] = len(
            re.findall(rf"\b{article} {bare}{_PHRASE_ENDS}", usage.text, re.I)
        )
    uses[phrase, "singular"] = len(re.findall(rf"{_BEFORE_BARE}{bare}{_PHRASE_ENDS}", usage.text, re.I))
    several = phrase[:-1] + "ies" if re.search(r"[^aeiou]y$", phrase) else phrase + "s"
    uses[several, "plural"] = (
        0
        if " " not in phrase and _PROCESS.search(phrase)
        else len(re.findall(rf"\b{re.escape(several)}\b", usage.text, re.I))
    )
    best = max(uses, key=lambda use: uses[use])
    if uses[best]:
        return best
    head = phrase.split()[-1]
    if " of " in phrase or _PROCESS.search(phrase) or base_of_gerund(phrase.split()[0]):
        return phrase, "unknown"
    if re.search(rf"\ban? (?:\w+ )?{re.escape(head)}{_PHRASE_ENDS}", usage.text, re.I):
        return f"{'an' if phrase[0] in 'aeio' else 'a'} {phrase}", "singular"
    return phrase, "unknown"
