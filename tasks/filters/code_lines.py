"""Tells lines of source code, commands and their output from prose, and list items and sentences by their marks."""

import re

# A line without any of these signs and words is prose; most lines are decided here.
_MAYBE_CODE = re.compile(
    r"[{}()\[\]<>=;:_|\\/+*&^%$@~`\"#]"
    r"|^\s*(?:\.\.\.|(?:import|from|return|public|private|static|const|let|var|function|fn|func|SELECT|INSERT INTO"
    r"|UPDATE|DELETE FROM|CREATE|ALTER|DROP)\b)"
)
_PROMPT = re.compile(r"\s*(?:>>>|\.\.\.(?:\s|$)|\$ |% |In \[\d+\]:|Out\[\d+\]:|PS [A-Z]:|[\w.-]+@[\w.-]+[:~])")
_STATEMENT = re.compile(
    _PROMPT.pattern
    + r"|\s*(?:def \w+\(|class \w+[(:]|import [\w.]+$|from [\w.]+ import |return\b.*[\w)\]]$|@\w+|#include\b|#!|//|/\*"
    r"|(?:if|for|while|with|elif|except|try|else)\b[^.]*:$|(?:public|private|static|const|let|var|function|fn|func)\b[^.]*$"
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP) \w|</?\w+[^>]*>$|\[[\w.-]+\]$"
    # A signature as manuals print it.
    r"|(?:(?:class|exception|async|coroutine|classmethod|static)\s+)*[\w.]+\([^)]*\)?.{0,3}$)"
)
_ASSIGNMENT = re.compile(r"\s*[\w.\[\]\"'-]+\s*(?:=|\+=|:=|:)\s*\S{1,60}(?:\s+\S+){0,2}$")
_CODE_ENDS = ("{", "}", "),", "\\", "=>", "):", ") :")
_BEFORE_SEMICOLON = re.compile(r"[()=_\[\]]")
_SYMBOLS = re.compile(r"[{}()\[\]<>=;:_|\\/+*&^%$@~`\"]")
CODE_SYMBOL_SHARE = 0.15
# Longer lines are judged by their signs alone: the patterns above are for lines that people type.
MAX_PATTERN_CHARS = 400

_LIST_ITEM = re.compile(r"\s*(?:[-*•‣▪●◦–+]\s|\d{1,3}[.)]\s|[a-zA-Z][.)]\s)")
_BULLETS = ("•", "●", "‣", "▪", "◦", "■", "□", "▫", "▸", "⁃", "*", "-", "–")
# A sentence ends in a full stop or its kin, perhaps followed by closing quotes and brackets.
_SENTENCE_SIGNS = (".", "!", "?", "。", "！", "？", "…", "．", "।", "؟", "۔")
_CLOSING = "\"'”’»)]*"


def looks_like_code(line: str) -> bool:
    """Say whether a line looks like source code, a command or its output rather than prose."""
    if not _MAYBE_CODE.search(line):
        return False
    if is_table_row(line):
        return bool(_PROMPT.match(line))
    if len(line) <= MAX_PATTERN_CHARS:
        if _STATEMENT.match(line) or _ends_like_code(line):
            return True
        if "=" in line and _ASSIGNMENT.match(line) and not ends_sentence(line) and "://" not in line:
            return True
    return not ends_sentence(line) and len(_SYMBOLS.findall(line)) > CODE_SYMBOL_SHARE * len(line.strip())


def _ends_like_code(line: str) -> bool:
    line = line.rstrip()
    return line.endswith(_CODE_ENDS) or (line.endswith(";") and bool(_BEFORE_SEMICOLON.search(line)))


def is_table_row(line: str) -> bool:
    """Say whether a line looks like a row of a table as the extractor writes them, with or without outer bars."""
    return line.startswith("|") or " | " in line


def is_list_item(line: str) -> bool:
    """Say whether a line begins with a bullet, a number or a letter of a list, and a space."""
    return bool(_LIST_ITEM.match(line))


def has_bullet(line: str) -> bool:
    """Say whether a line begins with a bullet, as the papers count them: no space need follow."""
    return line.lstrip().startswith(_BULLETS)


def ends_sentence(line: str) -> bool:
    """Say whether a line ends like a sentence."""
    return line.rstrip(_CLOSING).endswith(_SENTENCE_SIGNS)
