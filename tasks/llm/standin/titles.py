"""What a document is about: its title, cleaned and put into running-text case by the document's own usage."""

import re
from collections import Counter
from dataclasses import dataclass, field

from tasks.llm.standin.furniture import is_furniture
from tasks.llm.standin.textparts import Block, words_of

_MAX_TITLE_WORDS = 16
_LOOK_AT_CHARS = 8_000  # enough to see how a document spells its own words
_NUMBERING = re.compile(r"^(?:(?:chapter|part|section|lesson|appendix)\s+)?(?:\d{1,2}(?:\.\d{1,2})*|[A-Z])[.):]\s+|^(?:chapter|part|lesson)\s+\d+\s*[:.–-]?\s*", re.I)
_SERIES = re.compile(r"\b(?:tutorial|manual|handbook|documentation|reference|course|series|chapter \d+|part \d+|lesson \d+)$", re.I)
_SITE = re.compile(r"\s+(?:\||::|»|•)\s+.*$")
_DASH = re.compile(r"\s+[–—-]\s+")
_MID_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’+#-]*")
_ODD = re.compile(r"[^\w\s'’.,:;?!()/&+#%°\"“”–—-]|https?:")
_ACRONYM = re.compile(r"^(?:[A-Z0-9+#./&-]{2,}s?|.*[a-z][A-Z].*|.*\d.*|.*[_().].*)$")
_SMALL = frozenset("a an the and or nor but of to in on for from with by at as vs via per into onto over is are it its".split())
_NAMES = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday english french german spanish italian dutch latin greek chinese japanese african
    american european asian british irish scottish welsh indian roman christmas easter europe africa asia america
    australia britain england scotland ireland wales france germany spain italy china japan india london paris
    python java javascript linux unix windows debian ubuntu android excel git docker postgresql
    """.split()
)


@dataclass(frozen=True)
class Usage:
    """How a document spells its words: in lower case, with a capital in the middle of a sentence, how often."""

    lower: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)
    text: str = ""

    @classmethod
    def of(cls, document: str) -> "Usage":
        text = document[:_LOOK_AT_CHARS]
        return cls(Counter(words_of(text)), Counter(_MID_CAPITAL.findall(text)), text)

    def is_name(self, word: str) -> bool:
        """Whether the document writes `word`, which has a capital, with one where no sentence starts."""
        return self.capital[word] > self.lower[word.lower()] or word.lower() in _NAMES


def find_title(blocks: list[Block]) -> str | None:
    """Return the document's title line, None when it begins with something else."""
    for block in blocks[:4]:
        line = block.lines[0].strip()
        if block.kind in ("code", "list") or is_furniture(line) or "›" in line or " > " in line or " / " in line:
            continue
        if block.kind == "short" and len(block.lines) > 2:
            continue
        words = line.split()
        if len(words) > _MAX_TITLE_WORDS or (line.endswith((".", ",", ";")) and not line.endswith("...")):
            return None
        if block.kind == "heading" or line.endswith(("?", "!")) or (block.kind == "short" and len(words) > 1):
            return line
        return None
    return None


def clean_title(title: str) -> str:
    """Return `title` without site name, numbering, series and quotation marks; "" when nothing usable is left."""
    text = _NUMBERING.sub("", _SITE.sub("", " ".join(title.split())))
    parts = _DASH.split(text)
    if len(parts) > 1 and len(parts[0].split()) > 1:
        text = parts[0]
    left, colon, right = text.partition(": ")
    if colon:
        text = _NUMBERING.sub("", right) if _SERIES.search(left) else left
    text = re.sub(r"\s*[(\[][^)\]]{12,}[)\]]", "", text).strip(" \"'“”‘’.:!*#")
    return "" if _ODD.search(text) or not re.search(r"[A-Za-z]{2}", text) else text


def running_case(title: str, usage: Usage) -> str:
    """Return `title` as it would be spelled inside a sentence: "Bleeding A Radiator" -> "bleeding a radiator"."""
    words = title.split(" ")
    letters = [word for word in words if word[:1].isalpha()]
    shouted = len(letters) > 1 and title.upper() == title
    capitals = sum(word[:1].isupper() for word in letters[1:] if word.lower() not in _SMALL)
    title_case = capitals * 2 > sum(word.lower() not in _SMALL for word in letters[1:])
    out: list[str] = []
    for number, word in enumerate(words):
        bare = word.strip("()\"'“”‘’,;:?!")
        proper = bare[:1].upper() + bare[1:].lower()
        if shouted:
            keep = bare.lower() not in usage.lower and bare in usage.lower and len(bare) > 1
            out.append(word if keep else word.lower().capitalize() if usage.is_name(proper) else word.lower())
        elif bare == "I" or (_ACRONYM.match(bare) and bare.lower() not in ("a", "i")):
            out.append(word)
        elif "-" in bare and bare[:1].isupper() and not usage.is_name(bare):
            out.append(word.lower() if number == 0 or title_case else word)
        elif bare[:1].isupper() and not usage.is_name(bare) and (number == 0 or title_case or bare.lower() in _SMALL):
            out.append(word.lower())
        else:
            out.append(word)
    return " ".join(out)
