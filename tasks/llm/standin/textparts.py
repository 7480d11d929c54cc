"""A plain-text document taken apart: lines into blocks, paragraphs into sentences, sentences into words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tasks.llm.standin.wordlist import word_set

Kind = Literal["heading", "paragraph", "list", "code", "signature", "short", "table"]

BULLET = re.compile(r"^\s*(?:[•*\-–·▪‣◦]|\(?\d{1,2}[.)](?!\d)|[a-z]\))\s+\S")
_NUMBERED = re.compile(r"^\s*\(?\d{1,2}[.)]\s+\S")
_SIGNATURE = re.compile(
    r"^(?:(?:class|classmethod|async|coroutine|exception"
    r"|function) )?[A-Za-z_][\w.]*\([^)]*(?:\([^)]*\)[^)]*)*\)(?:\s*[→-]>?\s*\S.*)?$"
)
_PROMPT = re.compile(
    r"^\s*(?:>>>|\.\.\.(?: |$)|\$ |# ?[a-z]+-?[a-z]* |[#$] ?(?:apt|sudo|cd|ls|mkdir|systemctl|dpkg)\b)"
)
_STATEMENT = re.compile(
    r"^\s*(?:def \w+\(|class \w+.*:$|import \w|from [\w.]+ import |return\b|elif .*:$|else:$|try:$|except\b.*:$"
    r"|with .*:$"
    r"|@\w+|[\w.\[\]]+ ?[-+*/|]?= ?\S|#include|int \w+|\w+\([^)]*\);?$|</?\w+[^>]*>$)|[{};]\s*$"
)
_COMMAND = re.compile(r"^(?:\./|[a-z])[^!?;—–]*[^\s.,:!?;]$")
_OPTION = re.compile(r"\s[-/]\w|\w[/._=]\w")
_DATA = re.compile(r"^[\[({](?=.*[,\d'\"=])[^.]*(?:\.\S[^.]*)*[\])}]$|^[\d.,+-]+$|^\[(?:\.\.\.|…)\]$")
_HEADING_END = re.compile(r"[.,;:!…]$")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|fig|dr|mr|mrs|ms|st|prof|inc|ca|min|max|vol|jr|sr)|\b[A-Z])\.$", re.I
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
_WORD = re.compile(r"[A-Za-z0-9][\w'’+#-]*")

STOP_WORDS = word_set(
    """
    a about after all also although always am an and another any are as at be because been before being between both
    but by can could did do does doing down during each either else even every few first for from further get gets
    give given go goes going good had has have he her here him his how however i if in into is it its itself just
    keep know last less let like little long made make makes making many may me means might more most much must my
    need needs never new no nor not now of off often on once one only or other our out over own part per put rather
    said same say see set she should since so some something sometimes such take than that the their them then there
    these they thing things this those three through time to too two under until up upon us use used uses using very
    want was way we well were what when where whether which while who whose why will with without would you your
    """
)


@dataclass(frozen=True)
class Block:
    """Neighbouring lines of one kind."""

    kind: Kind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def blocks_of(document: str) -> list[Block]:
    """Return the blocks of `document` in order; nothing but blank lines is lost."""
    lines = [line.rstrip() for line in document.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    blocks: list[Block] = []
    current: list[str] = []
    kind: Kind | None = None
    alone = [
        bool(line.strip()) and not (i and lines[i - 1].strip()) and not (i + 1 < len(lines) and lines[i + 1].strip())
        for i, line in enumerate(lines)
    ]
    for number, line in enumerate(lines):
        found = _kind_of(line, alone[number], first=not blocks and not current) if line.strip() else None
        if found != kind or found is None or kind in ("heading", "paragraph", "signature"):
            if current and kind:
                blocks.append(Block(kind, tuple(current)))
            current = []
        if found:
            current.append(line if found == "code" else line.strip())
        kind = found
    if current and kind:
        blocks.append(Block(kind, tuple(current)))
    return _settle(blocks)


def _kind_of(line: str, alone: bool, *, first: bool) -> Kind:
    text = line.strip()
    if "\t" in text:
        return "table"
    if _PROMPT.match(line) or (len(text) < 100 and _DATA.match(text)):
        return "code"
    if BULLET.match(line):
        return "heading" if first and alone else "list"
    if _SIGNATURE.match(text):
        return "signature"
    words = text.count(" ") + 1
    if line.startswith(("    ", "\t")) or (_STATEMENT.search(text) and words < 12 and not text.endswith(".")):
        return "code"
    if words <= 12 and len(text) <= 90 and not _HEADING_END.search(text):
        return "heading" if alone or first else "short"
    return "paragraph"


def _settle(blocks: list[Block]) -> list[Block]:
    """Decide what only the neighbours tell: headings without blank lines, and numbered headings."""
    out: list[Block] = []
    for number, block in enumerate(blocks):
        after = blocks[number + 1].kind if number + 1 < len(blocks) else None
        if block.kind in ("short", "heading") and out and _is_commands(block, out[-1]):
            out.append(Block("code", block.lines))
        elif block.kind == "short" and len(block.lines) == 1 and after in ("paragraph", "list"):
            out.append(Block("heading", block.lines))
        elif block.kind == "heading" and after is None:
            out.append(Block("short", block.lines))
        elif (
            block.kind == "list"
            and len(block.lines) == 1
            and after == "paragraph"
            and _NUMBERED.match(block.text)
            and len(block.text) < 80
            and not _HEADING_END.search(block.text)
        ):
            out.append(Block("heading", block.lines))
        elif block.kind == "list" and out and out[-1].kind == "list":
            out[-1] = Block("list", out[-1].lines + block.lines)
        elif block.kind == "code" and out and out[-1].kind == "code":
            out[-1] = Block("code", (*out[-1].lines, "", *block.lines))
        else:
            out.append(block)
    return out


def _is_commands(block: Block, before: Block) -> bool:
    """Whether lower-case lines are something to type: announced by a colon, several, or with options and paths."""
    if not all(_COMMAND.match(line) for line in block.lines):
        return False
    return before.text.endswith(":") or len(block.lines) > 1 or bool(_OPTION.search(block.text))


def sentences_of(paragraph: str) -> list[str]:
    """Return the sentences of `paragraph`, which together hold all its words."""
    out: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(paragraph):
        if _ABBREVIATION.search(paragraph, max(start, match.start() - 8), match.start()):
            continue
        out.append(paragraph[start : match.end()].strip())
        start = match.end()
    rest = paragraph[start:].strip()
    return [*out, rest] if rest else out


def words_of(text: str) -> list[str]:
    """Return the words of `text`, as they are spelled."""
    return _WORD.findall(text)


def content_words(text: str | Iterable[str]) -> list[str]:
    """Return the lower-case words of `text` that carry meaning, cut to a rough stem."""
    words = words_of(text) if isinstance(text, str) else text
    return [stem(word) for word in map(str.lower, words) if len(word) > 2 and word not in STOP_WORDS]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return `word` without its commonest endings, so that "radiators" meets "radiator"."""
    for ending in ("ing", "ies", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
