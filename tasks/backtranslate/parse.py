"""Takes the instruction out of a backward model's answer."""

import re

from tasks.core.errors import DataError

# NUL and its kin, and lone surrogates, which neither PostgreSQL nor UTF-8 takes.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_KIND = r"(?:instruction|question|request|prompt|query)"
_LABEL = re.compile(
    rf"(?:the\s+|user(?:['’]s)?\s+|possible\s+|likely\s+)*{_KIND}(?:\s*[*_]*\s*:\s*[*_]*|[*_]*\s*\n)\s*", re.IGNORECASE
)
_HEADING = re.compile(r"#{1,6}\s+")
_PAIRS = (
    ('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"), ("```", "```"), ("`", "`"),
    ("**", "**"), ("__", "__"), ("*", "*"), ("_", "_"), ("[INS]", "[/INS]"),
)  # fmt: skip


def parse(text: str, finish_reason: str) -> str:
    """Return the instruction in `text`, without the label, heading, quotation marks or emphasis around it.

    Raises DataError `answer_truncated` when the model ran out of tokens (`finish_reason` "length"), and
    `answer_empty` when no letter or digit is left.
    """
    if finish_reason == "length":
        raise DataError("answer_truncated", f"{len(text)} characters, then the token limit")
    instruction = _UNPRINTABLE.sub("", text.rpartition("</think>")[2]).replace("\r\n", "\n").strip()
    while (bare := _unwrap(instruction)) != instruction:
        instruction = bare
    if not re.search(r"[^\W_]", instruction):
        raise DataError("answer_empty", f"{len(text)} characters without a word")
    return instruction


def _unwrap(text: str) -> str:
    """Take one layer off `text`, if there is one."""
    for pattern in (_HEADING, _LABEL):
        if match := pattern.match(text):
            return text[match.end() :].strip()
    for opening, closing in _PAIRS:
        inner = text[len(opening) : len(text) - len(closing)]
        wrapped = len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing)
        # `"A" or "B"` begins and ends with a quotation mark, yet nothing encloses the whole.
        if wrapped and opening not in inner and closing not in inner:
            return inner.strip()
    # **Question:** How … : the emphasis encloses the label only
    for mark in ("**", "__"):
        if text.startswith(mark) and (label := _LABEL.match(text, len(mark))):
            return text[label.end() :].strip()
    return text
