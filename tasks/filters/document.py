"""What the rules look at: the text, and figures of it that are computed once however many rules ask."""

import re
from functools import cached_property

from tasks.core.text.language import identify

# Enough to tell a language; the whole of a long text would take time and change nothing.
LANGUAGE_SAMPLE_CHARS = 4_000

_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.(?:\s|$)|\$ |% |In \[\d+\]:|Out\[\d+\]:|PS [A-Z]:|[\w.-]+@[\w.-]+[:~])")
_STATEMENT = re.compile(
    r"^\s*(?:def \w+\(|class \w+[(:]|import [\w.]+$|from [\w.]+ import |return\b.*[\w)\]]$|@\w+|#include\b|#!|//|/\*"
    r"|(?:if|for|while|with|elif|except|try|else)\b[^.]*:$|(?:public|private|static|const|let|var|function|fn|func)\b[^.]*$"
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP) \w|</?\w+[^>]*>$|\[[\w.-]+\]$)"
)
_SIGNATURE = re.compile(r"^\s*(?:(?:class|exception|async|coroutine|classmethod|static)\s+)*[\w.]+\([^)]*\)?.{0,3}$")
_ASSIGNMENT = re.compile(r"^\s*[\w.\[\]\"'-]+\s*(?:=|\+=|:=|:)\s*\S{1,60}(?:\s*\S+){0,2}$")
_CODE_END = re.compile(r"(?:[{}]|\)\s*:|\),|\\|=>|[()=_\[\]].*;)$")
_SYMBOLS = re.compile(r"[{}()\[\]<>=;:_|\\/+*&^%$@~`\"]")
CODE_SYMBOL_SHARE = 0.15

_LIST_ITEM = re.compile(r"^\s*(?:[-*•‣▪●◦–+]\s|\d{1,3}[.)]\s|[a-zA-Z][.)]\s)")
# A sentence ends in a full stop or its kin, perhaps followed by closing quotes and brackets.
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]*]*$")
_FULL_STOPS = re.compile(r"[^\W_][\"'”’»)\]]*[.!?。！？]+[\"'”’»)\]*]*(?:\s|$)")


class DocumentText:
    """One document as the rules see it. Lines are without blank ones; prose is the text without lines of code."""

    def __init__(self, text: str, *, url: str | None = None) -> None:
        self.text = text
        self.url = url or ""

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not blank, without trailing spaces."""
        return [line.rstrip() for line in self.text.split("\n") if line.strip()]

    @cached_property
    def prose_lines(self) -> list[str]:
        """The lines that do not look like code, without surrounding spaces."""
        kept: list[str] = []
        for block in re.split(r"\n\s*\n", self.text):
            lines = [line for line in block.split("\n") if line.strip()]
            code = [looks_like_code(line) for line in lines]
            # The odd line of a listing looks like prose: a block that is code by half is code.
            if sum(code) * 2 < len(lines):
                kept += [line.strip() for line, is_code in zip(lines, code, strict=True) if not is_code]
        return kept

    @cached_property
    def prose(self) -> str:
        """The prose lines, one per line."""
        return "\n".join(self.prose_lines)

    @cached_property
    def words(self) -> list[str]:
        """The words of the prose as Gopher counts them: split at white space, punctuation included."""
        return self.prose.split()

    @cached_property
    def lower_words(self) -> list[str]:
        """The words in lower case without surrounding punctuation, empty ones left out."""
        stripped = (word.strip(".,;:!?\"'“”‘’()[]«»…-–—").lower() for word in self.words)
        return [word for word in stripped if word]

    @cached_property
    def sentence_count(self) -> int:
        """How many sentences end in the prose."""
        return len(_FULL_STOPS.findall(self.prose))

    @cached_property
    def language(self) -> tuple[str, float]:
        """(ISO 639-1 code, probability) of the prose, or of the whole text where there is no prose."""
        language, probability = identify((self.prose or self.text)[:LANGUAGE_SAMPLE_CHARS])
        return language, round(probability, 4)


def looks_like_code(line: str) -> bool:
    """Say whether a line looks like source code, a command or its output rather than prose."""
    if _PROMPT.match(line) or _STATEMENT.match(line) or _SIGNATURE.match(line) or _CODE_END.search(line.rstrip()):
        return True
    if _ASSIGNMENT.match(line) and not ends_sentence(line) and "://" not in line:
        return "=" in line
    symbols = len(_SYMBOLS.findall(line))
    return symbols > CODE_SYMBOL_SHARE * len(line.strip()) and not ends_sentence(line)


def is_list_item(line: str) -> bool:
    """Say whether a line begins with a bullet, a number or a letter of a list."""
    return bool(_LIST_ITEM.match(line))


def ends_sentence(line: str) -> bool:
    """Say whether a line ends like a sentence."""
    return bool(_SENTENCE_END.search(line))
