"""What a document is about: its title, cleaned and put into running-text case by the document's own usage."""

import re
from collections import Counter
from dataclasses import dataclass, field

from tasks.llm.standin.furniture import is_furniture
from tasks.llm.standin.textparts import Block, content_words, words_of
from tasks.llm.standin.wordlist import word_set

_MAX_TITLE_WORDS = 18
_SPOKEN_OF_MORE = 0.55
_LOOK_AT_CHARS = 10_000  # enough to see how a document spells its own words
_NUMBERING = re.compile(
    r"^(?:chapter|part|section|lesson|appendix)\s+(?:\d+|[A-Z]\b)[.:)]?\s*[–—-]?\s*"
    r"|^(?:[A-Z]\.)?\d{1,2}(?:\.\d{1,2})*[.):]\s+|^\d{1,2}(?:\.\d{1,2})+\s+|^[A-Z]\.\s+",
    re.I,
)
_SERIES = re.compile(
    r"\b(?:tutorial|manual|handbook|documentation|reference|course|series|chapter \d+|part \d+|lesson \d+)$", re.I
)
_SITE = re.compile(r"\s+(?:\||::|»|•)\s+.*$")
_DASH = re.compile(r"\s+[–—-]\s+")
_MID_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’+#-]*")
_ODD = re.compile(r"[^\w\s'’.,:;?!()/&+#%°\"“”–—-]|https?:")
_ACRONYM = re.compile(r"^(?:[A-Z0-9+#./&-]{2,}s?|[^-]*[A-Z][^-]*[A-Z][^-]*|.*[a-z][A-Z].*|.*\d.*|.*[_().].*)$")
_SMALL = word_set("a an the and or nor but of to in on for from with by at as vs via per into onto over is are it its")
_NAMES = word_set(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday english french german spanish italian dutch latin greek chinese japanese african
    american european asian british irish scottish welsh indian roman christmas easter europe africa asia america
    australia britain england scotland ireland wales france germany spain italy china japan india london paris
    python java javascript linux unix windows debian ubuntu android excel git docker postgresql
    """
)


@dataclass(frozen=True)
class Usage:
    """How a document spells its words: in lower case, capitalised within a sentence, or at all."""

    lower: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    text: str = ""

    @classmethod
    def of(cls, blocks: list[Block]) -> "Usage":
        running = "\n".join(block.text for block in blocks if block.kind in ("paragraph", "list"))[:_LOOK_AT_CHARS]
        words = Counter(words_of(running))
        return cls(
            Counter({word: count for word, count in words.items() if word.islower()}),
            Counter(_MID_CAPITAL.findall(running)),
            words,
            running,
        )

    def is_name(self, word: str) -> bool:
        """Whether the document treats `word`, which has a capital, as a name."""
        low = word.lower()
        if low in _NAMES:
            return True
        lower = self.lower[low] + self.lower[low.removesuffix("s")] + self.lower[low + "s"]
        return self.capital[word] > lower or (lower == 0 and self.written[word] >= 2)


def find_title(blocks: list[Block], usage: Usage) -> str | None:
    """Return the document's title line, None when it begins with something else.

    Of several lines before the first paragraph the first counts, unless the document hardly speaks of its words and
    speaks of another's: then it is the name of the site.
    """
    lines = title_lines(blocks)
    if not lines:
        return None
    spoken = set(content_words(usage.text))
    depths = [_depth(line) for line in lines]
    # A line numbered deeper than an earlier one heads a section: 14.5.1 after 14.5.
    candidates = [at for at, depth in enumerate(depths) if not any(0 < before < depth for before in depths[:at])]
    worth = {at: _share(lines[at], spoken) + lines[at].endswith("?") + 0.4 * (depths[at] > 0) for at in candidates}
    best = max(worth, key=lambda at: worth[at])
    return lines[best if worth[best] - worth[0] > _SPOKEN_OF_MORE else 0]


def _depth(line: str) -> int:
    """Return how many numbers stand before a heading: 2 for "4.1. if statements", 0 for none."""
    numbering = _NUMBERING.match(" ".join(line.split()))
    return len(re.findall(r"\d+|\b[A-Z]\b", numbering[0])) if numbering else 0


def title_lines(blocks: list[Block]) -> list[str]:
    """Return the lines before the first paragraph, list or code that could be a title."""
    out: list[str] = []
    for block in blocks[:6]:
        line = block.lines[0].strip()
        if block.kind == "list" and len(block.lines) == 1:
            out = []  # the only item of a trail of links: what stands before it is the site's head
            continue
        if is_furniture(line) or "›" in line or " > " in line or " / " in line:
            continue
        if block.kind == "short" and len(block.lines) > 2:
            continue
        fits = len(line.split()) <= _MAX_TITLE_WORDS and (
            not line.endswith((".", ",", ";", ":")) or line.endswith("...")
        )
        asks = block.kind == "paragraph" and line.endswith(("?", "!"))
        if not fits or not (block.kind in ("heading", "short") or asks):
            break
        out.append(line)
    return out


def _share(line: str, spoken: set[str]) -> float:
    words = content_words(line)
    return sum(word in spoken for word in words) / len(words) if words else 0.0


def clean_title(title: str) -> str:
    """Return `title` without site name, numbering, series and quotation marks; "" when nothing usable is left."""
    text = _NUMBERING.sub("", _SITE.sub("", " ".join(title.split())))
    parts = _DASH.split(text)
    if len(parts) > 1 and len(parts[0].split()) > 1:
        text = parts[0]
    left, colon, right = text.partition(": ")
    if colon:
        text = _NUMBERING.sub("", right) if _SERIES.search(left) else left
    text = re.sub(r",? \(?part (?:\d+|[ivx]+|one|two|three)\)?$", "", text, flags=re.I)
    text = re.sub(r"\s*[(\[][^)\]]{12,}[)\]]", "", text).strip(" \"'“”‘’.:!?*#")
    return "" if _ODD.search(text) or not re.search(r"[A-Za-z]{2}", text) else text


def running_case(title: str, usage: Usage) -> str:
    """Return `title` as it would be spelled inside a sentence: "Bleeding A Radiator" -> "bleeding a radiator"."""
    words = title.split(" ")
    letters = [word for word in words if word[:1].isalpha()]
    shouted = len(letters) > 1 and title.upper() == title
    capitals = sum(word[:1].isupper() for word in letters[1:] if word.lower() not in _SMALL)
    title_case = capitals * 2 >= sum(word.lower() not in _SMALL for word in letters[1:])
    out: list[str] = []
    for number, word in enumerate(words):
        bare = word.strip("()\"'“”‘’,;:?!")
        proper = bare[:1].upper() + bare[1:].lower()
        if shouted:
            keep = bare.lower() not in usage.lower and bare in usage.written and len(bare) > 1
            out.append(word if keep else word.lower().capitalize() if usage.is_name(proper) else word.lower())
        elif bare == "I" or (_ACRONYM.match(bare) and bare.lower() not in ("a", "i")):
            out.append(word)
        elif "-" in bare and bare[:1].isupper() and not usage.is_name(bare):
            out.append(word.lower() if number == 0 or title_case else word)
        elif (
            bare[:1].isupper()
            and not usage.is_name(bare)
            and (number == 0 or title_case or bare.lower() in _SMALL or usage.lower[bare.lower()] > usage.capital[bare])
        ):
            out.append(word.lower())
        else:
            out.append(word)
    return " ".join(out)
