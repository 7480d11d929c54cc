"""What a model's reply holds of a response: the block between [RES] and [/RES], a refusal, the habits of a chat."""

import re

from tasks.core.errors import DataError
from tasks.core.text.characters import printable
from tasks.core.text.quoting import without_quotes

# Exactly as the prompts write them: a marker inside a document was defused by a space, and is no marker here.
_MARKER = re.compile(r"(\[/?RES\])")
# The same in bold or as code, as some models dress them.
_DRESSED_MARKER = re.compile(r"\*\*(\[/?RES\])\*\*|`(\[/?RES\])`")
# As many words as stand between markers that are only spoken of: "and", "your answer".
_SPOKEN_OF_WORDS = 2
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
# Closing offers are looked for at the end only: a letter in the middle of an answer may hold one.
END_CHARS = 400
_OPENING = re.compile(
    r"""\A\W*(?:
        (?:sure(?:\s+thing)?|certainly|absolutely|of\s+course|definitely|gladly|no\s+problem)
        (?:\s*! | \s*[,.:;–—-]?\s+(?:here|i\s|i['’]|let\s+me|let['’]s|below|happy|glad))
      | (?:certainly|absolutely|gladly)\s*[,.]
      | (?:great|good|excellent|interesting)\s+question\b
      | (?:i['’]d\s+be|i['’]m|i\s+am|i\s+would\s+be)\s+(?:happy|glad|delighted)\s+to\s+help\b
      | (?:happy|glad)\s+to\s+help\b
      | thank(?:s|\s+you)\s+for\s+(?:asking|your\s+question|reaching\s+out)\b
      | here(?:\s+is|\s+are|['’]s)\s+(?:the|an?|my|your)\s+(?:[\w-]+\s+){0,3}
        (?:answer|response|rewrite|version|draft|rewritten|reply)\b
      | (?:(?:final|finished|rewritten|revised|improved)\s+(?:answer|response|draft)|response)\s*:
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"""\bi\s+hope\s+(?:that\s+)?(?:this|these|it|that)\s+(?:\w+\s+){0,2}(?:helps?|helpful|useful|answers|clarifies)\b
      | \bhope\s+(?:this|that|it)\s+helps\b
      | \blet\s+me\s+know\s+(?:if|whether|what|how)\b
      | \b(?:please\s+)?(?:feel\s+free|do(?:n['’]t|\s+not)\s+hesitate)\s+to\s+(?:ask|reach\s+out|let\s+me)\b
      | \bif\s+you\s+have\s+(?:any\s+)?(?:other|further|more|additional)\s+questions\b
      | \bis\s+there\s+anything\s+else\s+(?:i|you)\b
      | \bwould\s+you\s+like\s+me\s+to\b
      | \bi['’]?(?:m|\s+am)\s+here\s+to\s+help\b
      | \bfeel\s+free\s+to\s+(?:let|contact|share\s+more)\b
      | \bplease\s+note\s+that\s+(?:this|the\s+above)\s+(?:answer|response|information)\s+is\b""",
    re.IGNORECASE | re.VERBOSE,
)
_AS_AN_AI = re.compile(
    r"\bas\s+an?\s+(?:ai|artificial\s+intelligence|(?:large\s+)?language\s+model)(?:\s+(?:language\s+)?(?:model|assistant))?,?"
    r"\s+(?:i\b|my\b|it['’]s\s+(?:not|im))"
    r"|\bas\s+an\s+ai\s+(?:language\s+)?(?:model|assistant)\b"
    r"|\bi(?:['’]m|\s+am)\s+(?:just\s+|only\s+)?an\s+ai\b",
    re.IGNORECASE,
)


def marked(text: str, finish_reason: str) -> str:
    """Return the last complete block between the markers; whatever stands outside them is ignored.

    What a reasoning model thought before it answered is left out, and so is a block of a word or two where there is
    another one: the markers were spoken of, "between [RES] and [/RES]".

    Raises DataError: `response_refuses`, `response_truncated` (the token limit came before the closing marker),
    `response_markers_missing`, `response_markers_nested` (which of the ends is meant is not known) or
    `response_empty`.
    """
    said = _without_thought(printable(text))
    pieces = _MARKER.split(_DRESSED_MARKER.sub(r"\1\2", said))
    blocks = [i + 1 for i in range(len(pieces) - 2) if pieces[i] == "[RES]" and pieces[i + 2] == "[/RES]"]
    open_at_end = "[RES]" in pieces and "[/RES]" not in pieces[_last(pieces, "[RES]") :]
    if finish_reason == "length" and (not blocks or open_at_end):
        raise DataError("response_truncated", f"{len(text)} characters, then the token limit")
    if not blocks:
        if _REFUSAL.match("".join(pieces[::2])):
            raise DataError("response_refuses", _shown(text))
        missing = "[RES]" if "[RES]" not in pieces else "[/RES] after it"
        raise DataError("response_markers_missing", f"no {missing} in {_shown(text)}")
    chosen = next((i for i in reversed(blocks) if len(pieces[i].split()) > _SPOKEN_OF_WORDS), blocks[-1])
    if chosen >= 3 and pieces[chosen - 3] == "[RES]" and "[/RES]" in pieces[chosen + 3 : chosen + 4]:
        raise DataError("response_markers_nested", _shown(said))
    response = pieces[chosen].strip()
    if not re.search(r"[^\W_]", response):
        raise DataError("response_empty", "nothing stands between the markers")
    if _REFUSAL.match(response):
        raise DataError("response_refuses", _shown(response))
    return response


def wrapper_phrases(response: str) -> tuple[str, ...]:
    """Return the phrases of a chat around an answer, as they are written: greetings, offers, "as an AI"."""
    text = without_quotes(response).strip()
    found = [_OPENING.search(text), _CLOSING.search(text[-END_CHARS:]), _AS_AN_AI.search(text)]
    return tuple(" ".join(match[0].split()) for match in found if match)


def _without_thought(text: str) -> str:
    """Return what follows a thought; some servers leave its first tag out, and one that is cut off never ends."""
    opens = text.lstrip().startswith("<think>")
    _, closing, after = text.rpartition("</think>")
    if closing and (opens or "[RES]" in after):
        return after
    return "" if opens else text


def _last(pieces: list[str], marker: str) -> int:
    return len(pieces) - 1 - pieces[::-1].index(marker)


def _shown(text: str) -> str:
    return repr(" ".join(text.split())[:120])
