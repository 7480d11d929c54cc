"""The response names someone or something that neither the document nor the instruction names.

A name is a capitalised word that no sentence begins with. Headings and labels are left out, as they are often
capitalised throughout, and so is code. In German every noun is capitalised: there the check would find nouns.
"""

import re

from tasks.core.config import VerifyConfig
from tasks.verify.grounding import MAX_LISTED, Grounding
from tasks.verify.rule import Case, Rule

ALL_NOUNS_CAPITALISED = {"de", "lb", "nds"}
_WORD = re.compile(r"[^\W\d_]+(?:[-'’&][^\W\d_]+)*")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|(?<!\S)[^\s@]+@\S+", re.DOTALL)
# What stands before a word at which a sentence, a quotation or an item begins.
_STARTS = re.compile(r"(?:^|[.!?:;…\"“”„‘(\[{*_|>/•]|[.!?:…]['’)\]])\s*$|^[\s\-–—+#]*$")
_ABBREVIATED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|Gen|Sen|[A-Z])\.\s*$")
_LABEL = re.compile(r"^[\s>*+•-]*(?:\d{1,3}[.)]\s*)?(?:(\*\*|__)(?:(?!\1).)+\1:?|(?P<label>[^.:!?\n]{1,60}):(?=\s|$))")
_TITLE_SHARE = 0.6
# Capitalised anywhere without naming anybody: days, months, the words of emphasis and of structure.
_COMMON = """
    i i'm i'll i've i'd monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays
    thursdays fridays saturdays sundays january february march april may june july august september october november
    december christmas easter mr mrs ms dr prof ok okay tv ai pc id faq diy url pdf am pm ad bc bce ce vs etc
    english latin internet web earth sun moon god step tip note part chapter figure table option method example
    day week section important warning caution remember and or not all only never always do don't must no yes if
    the a an to of in on for with as at by from is are be it this that these those you your we our they their he she
    my me us him her his its what why how when where who which while so but then than also more most
"""


def new_names(case: Case) -> tuple[str, ...]:
    """Return the response's unknown names as they are written, words that follow one another as one name."""
    return _unknown(case.response, f"{case.document}\n{case.instruction}", case.language)


def premise_names(case: Case) -> tuple[str, ...]:
    """Return the names that the instruction brings in: its premise may have drifted away from the document."""
    return _unknown(case.instruction, case.document, case.language)


def _unknown(text: str, relied_on: str, language: str | None) -> tuple[str, ...]:
    if (language or "").partition("-")[0].lower() in ALL_NOUNS_CAPITALISED:
        return ()
    known = _vocabulary(relied_on)
    found: dict[str, None] = {}
    for line in _CODE.sub(" ", text).split("\n"):
        found.update(dict.fromkeys(_names_in(line, known)))
    return tuple(found)[:MAX_LISTED]


def _vocabulary(text: str) -> set[str]:
    """Return all words in small letters: whole, in their hyphenated parts, and with the parts joined."""
    vocabulary = set(_COMMON.split())
    for word in _WORD.findall(text.casefold().replace("’", "'")):
        parts = re.split(r"[-'&]", word)
        vocabulary.update([word, "".join(parts), *parts])
    return vocabulary


def _names_in(line: str, known: set[str]) -> list[str]:
    body = _body(line)
    names: list[str] = []
    end = -1
    for match in _WORD.finditer(body):
        word = match[0]
        before = body[max(0, match.start() - 40) : match.start()]
        starts = (not before.strip() or bool(_STARTS.search(before))) and not _ABBREVIATED.search(before)
        if len(word) < 2 or not word[0].isupper() or starts or _is_known(word, known):
            continue
        if names and end >= 0 and not body[end : match.start()].strip():
            names[-1] = f"{names[-1]} {word}"
        else:
            names.append(word)
        end = match.end()
    return names


def _body(line: str) -> str:
    """Return `line` without its label, or nothing where the whole of it is a heading."""
    if re.match(r"\s*#", line) or (not re.search(r"[.!?,;][\"'”’)*_]*\s*$", line) and _is_title(line)):
        return ""
    label = _LABEL.match(line)
    if label and (label["label"] is None or _is_title(label["label"])):
        return line[label.end() :]
    return line


def _is_title(text: str) -> bool:
    """Say whether most of the longer words of a short text are capitalised."""
    words = [word for word in _WORD.findall(text) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) <= 10 and capitals > 0 and capitals >= _TITLE_SHARE * len(words)


def _is_known(word: str, known: set[str]) -> bool:
    word = word.casefold().replace("’", "'").removesuffix("'s")
    parts = re.split(r"[-'&]", word)
    forms = {word, "".join(parts), word + "s", word.removesuffix("s"), word.removesuffix("es")}
    return not forms.isdisjoint(known) or all(part in known for part in parts)


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    if len(figures.new_names) <= config.max_new_names:
        return None
    return f"{len(figures.new_names)} not in the document: {', '.join(figures.new_names[:10])}"


RULE = Rule("new_names", _fault)
