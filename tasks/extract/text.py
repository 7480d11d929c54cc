"""The form of extracted text: one Unicode form, plain spaces and line ends, nothing invisible."""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, zero-width space, soft hyphen, direction overrides, byte order mark, interlinear and
# replacement characters, lone surrogates, non-characters, and the tag characters that hide text from readers. The
# zero-width joiners stay: scripts need them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
# How the engine writes list items; each level is two spaces, the first one included.
_BULLET = re.compile(r"^(?:  )?( *)• ?", re.MULTILINE)
_NUMBER = re.compile(r"^  ( *\d{1,3}\. )", re.MULTILINE)


def normalise(text: str) -> str:
    """Return `text` in NFC with plain line ends and spaces, nothing invisible, one blank line at most in a row."""
    text = _SPACES.sub(" ", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)))
    text = _TRAILING.sub("", unicodedata.normalize("NFC", text))
    return _BLANK_LINES.sub("\n\n", text).strip("\n").rstrip()


def plain_lists(text: str) -> str:
    """Return the engine's text with list items that begin at the margin, as "- " or "1. "."""
    return _NUMBER.sub(r"\1", _BULLET.sub(r"\1- ", text))


def one_line(text: str, *, max_chars: int) -> str:
    """Return `text` on one line, cut at `max_chars`."""
    return " ".join(normalise(text).split())[:max_chars].rstrip()
