"""The form of extracted text: one Unicode form, plain spaces and line ends, nothing invisible."""

import re
import unicodedata

_OTHER_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, zero-width space, soft hyphen, direction overrides, byte order mark, interlinear and
# replacement characters, lone surrogates, non-characters, and the tag characters that hide text from readers. The
# zero-width joiners stay: scripts need them.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_OTHER_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SPACES = re.compile(f"[{_OTHER_SPACES}]")
_BLANK_LINES = re.compile(r"\n{3,}")


def normalise(text: str) -> str:
    """Return `text` in NFC with plain line ends and spaces, nothing invisible, one blank line at most in a row."""
    if any(end in text for end in _OTHER_LINE_ENDS):  # the look is ten times cheaper than the change
        text = _LINE_ENDS.sub("\n", text)
    if text.isascii():
        text = _CONTROLS.sub("", text)
    else:
        text = _INVISIBLE.sub("", text)
        if any(space in text for space in _OTHER_SPACES):
            text = _SPACES.sub(" ", text)
        text = unicodedata.normalize("NFC", text)
    if " \n" in text or "\t\n" in text:
        text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip("\n").rstrip()


def one_line(text: str, *, max_chars: int) -> str:
    """Return `text` on one line, cut at `max_chars`."""
    return " ".join(normalise(text).split())[:max_chars].rstrip()
