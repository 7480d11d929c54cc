"""Takes the response out of a rewriter's answer: what stands between [RES] and [/RES]."""

import re

from tasks.core.errors import DataError

# Exactly as the prompt writes them: a marker inside the document was defused by a space, and is no marker here.
_MARKER = re.compile(r"(\[/?RES\])")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_REFUSAL = re.compile(
    r"""\W*(?:
        (?:i['’]m|i\s+am)\s+(?:(?:very|so|truly|really)\s+)?sorry,?\s+(?:but\s+)?(?:as\s+an\s+ai|i)\b
      | (?:sorry|i\s+apologi[sz]e|my\s+apologies),?\s+(?:but\s+)?(?:as\s+an\s+ai|i\s+(?:can|am|cannot))\b
      | i(?:['’]m|\s+am)\s+(?:unable|not\s+able|not\s+comfortable)\b
      | i\s+(?:cannot|can\s+not|can['’]t|won['’]t|will\s+not|must\s+decline)\s+
        (?:help|assist|comply|fulfil|fulfill|provide|create|write|rewrite|complete|answer|generate|do|continue)\b
      | as\s+an?\s+(?:ai|artificial\s+intelligence)\b[^.\n]{0,60}?\bi\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def parse(text: str, finish_reason: str) -> str:
    """Return the last complete block between the markers; whatever stands outside them is ignored.

    Raises DataError: `response_refuses`, `response_truncated` (the token limit came before the closing marker),
    `response_markers_missing` or `response_empty`.
    """
    pieces = _MARKER.split(_UNPRINTABLE.sub("", text))
    blocks = [i + 1 for i in range(len(pieces) - 2) if pieces[i] == "[RES]" and pieces[i + 2] == "[/RES]"]
    open_at_end = "[RES]" in pieces and "[/RES]" not in pieces[_last(pieces, "[RES]") :]
    if finish_reason == "length" and (not blocks or open_at_end):
        raise DataError("response_truncated", f"{len(text)} characters, then the token limit")
    if not blocks:
        if _REFUSAL.match("".join(pieces[::2])):
            raise DataError("response_refuses", _shown(text))
        missing = "[RES]" if "[RES]" not in pieces else "[/RES] after it"
        raise DataError("response_markers_missing", f"no {missing} in {_shown(text)}")
    response = pieces[blocks[-1]].strip()
    if not re.search(r"[^\W_]", response):
        raise DataError("response_empty", "nothing stands between the markers")
    if _REFUSAL.match(response):
        raise DataError("response_refuses", _shown(response))
    return response


def _last(pieces: list[str], marker: str) -> int:
    return len(pieces) - 1 - pieces[::-1].index(marker)


def _shown(text: str) -> str:
    return repr(" ".join(text.split())[:120])
