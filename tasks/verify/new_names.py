"""The response names someone or something that neither the document nor the instruction names.

A name is a capitalised word that no sentence begins with. Known are also its forms (Italy: Italian), the acronym of
words that follow one another, and the words of an acronym. Headings and labels are left out, as they are often
capitalised throughout, and so is code. In German every noun is capitalised: there the check would find nouns.
"""

import re
from dataclasses import dataclass

from tasks.core.config import VerifyConfig
from tasks.core.text.language import capitalises_nouns
from tasks.core.text.names import NAME_WORD
from tasks.verify.grounding import Grounding
from tasks.verify.name_forms import COMMON, MAX_ACRONYM, acronyms_in, bare, is_of_a_people, root, spelled_out
from tasks.verify.rule import Case, Rule, too_many

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|(?<!\S)[^\s@]+@\S+", re.DOTALL)
# What stands before a word at which a sentence, a quotation or an item begins.
_STARTS = re.compile(r"(?:^|[.!?:;…\"“”„‘(\[{*_|>/•]|[.!?:…]['’)\]])\s*$|^[\s\-–—+#>]*(?:\(?\d{1,3}[.)]\s*)?$")
_ABBREVIATED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|Gen|Sen|[A-Z])\.\s*$")
_LABEL = re.compile(r"^[\s>*+•-]*(?:\d{1,3}[.)]\s*)?(?:(\*\*|__)(?:(?!\1).)+\1:?|(?P<label>[^.:!?\n]{1,60}):(?=\s|$))")
_TITLE_SHARE = 0.6
# Small words within a name: "Bureau of Investigation", "University of the Arts".
_WITHIN_NAME = re.compile(r"\s+(?:(?:of|for|de|du|di|von|van|der)\s+(?:the\s+|la\s+)?)?", re.IGNORECASE)


@dataclass(frozen=True)
class _Known:
    """What the texts that are relied upon hold: words in small letters, roots of names, acronyms, initials in a row."""

    words: set[str]
    roots: set[str]
    roots_of_peoples: set[str]
    acronyms: set[str]
    initials: str


def new_names(case: Case) -> tuple[str, ...]:
    """Return the response's unknown names as they are written, words that follow one another as one name."""
    return _unknown(case.response, f"{case.document}\n{case.instruction}", case.language)


def premise_names(case: Case) -> tuple[str, ...]:
    """Return the names that the instruction brings in: its premise may have drifted away from the document."""
    return _unknown(case.instruction, case.document, case.language)


def _unknown(text: str, relied_on: str, language: str | None) -> tuple[str, ...]:
    if capitalises_nouns(language):
        return ()
    known = _read(relied_on)
    found: dict[str, None] = {}
    for line in _CODE.sub(" ", text).split("\n"):
        found.update(dict.fromkeys(_names_in(line, known)))
    return _without_parts(list(found))


def _without_parts(names: list[str]) -> tuple[str, ...]:
    """Leave out names that an earlier or a longer one holds: "Lang", beside "Victor Lang"."""
    parts = [frozenset(map(bare, name.split())) for name in names]
    having: dict[str, list[int]] = {}
    for number, words in enumerate(parts):
        for word in words:
            having.setdefault(word, []).append(number)

    def is_held(number: int) -> bool:
        rarest = min(parts[number], key=lambda word: len(having[word]))
        return any(
            parts[number] < parts[other] or (parts[number] == parts[other] and other < number)
            for other in having[rarest]
        )

    return tuple(name for number, name in enumerate(names) if not is_held(number))


def _read(text: str) -> _Known:
    """Take the words whole, in their hyphenated parts, and with the parts joined."""
    vocabulary = set(COMMON)
    all_words = NAME_WORD.findall(text.replace("’", "'"))
    for word in all_words:
        parts = re.split(r"[-'&]", word.casefold())
        vocabulary.update(["".join(parts), word.casefold(), *parts])
    capitals = {word for word in all_words if word[0].isupper()}
    return _Known(
        words=vocabulary,
        roots={root(word) for word in capitals},
        roots_of_peoples={root(word) for word in capitals if is_of_a_people(word)},
        acronyms=acronyms_in(text),
        initials="".join(word[0].casefold() for word in all_words),
    )


def _names_in(line: str, known: _Known) -> list[str]:
    body = _body(line)
    names: list[str] = []
    end = -1
    spelled = spelled_out(body, known.acronyms)
    for match in NAME_WORD.finditer(body):
        word = match[0]
        before = body[max(0, match.start() - 40) : match.start()]
        starts = (not before.strip() or bool(_STARTS.search(before))) and not _ABBREVIATED.search(before)
        if len(word) < 2 or not word[0].isupper() or starts or match.start() in spelled or _is_known(word, known):
            continue
        if names and end >= 0 and _WITHIN_NAME.fullmatch(body[end : match.start()]):
            names[-1] = f"{names[-1]}{body[end : match.end()]}"
        else:
            names.append(word)
        end = match.end()
    return [" ".join(name.split()) for name in names]


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
    words = [word for word in NAME_WORD.findall(text) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) <= 10 and capitals > 0 and capitals >= _TITLE_SHARE * len(words)


def _is_known(word: str, known: _Known) -> bool:
    plain = bare(word)
    parts = re.split(r"[-'&]", plain)
    forms = {plain, "".join(parts), plain + "s", plain.removesuffix("s"), plain.removesuffix("es")}
    if not forms.isdisjoint(known.words) or all(part in known.words for part in parts):
        return True
    if word.isupper() and len(word) <= MAX_ACRONYM:
        return plain in known.initials or plain in known.acronyms
    return root(word) in (known.roots if is_of_a_people(word) else known.roots_of_peoples)


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return too_many(figures.new_names, config.max_new_names)


RULE = Rule("new_names", _fault)
