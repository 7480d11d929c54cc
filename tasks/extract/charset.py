"""Bytes of a web page to text: which character encoding, and what to do when the page lies about it."""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

from tasks.core.errors import DataError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
PRESCAN_BYTES = 1_024  # how far the HTML standard looks for <meta charset>
# A candidate is believed when at most this share of what is not ASCII fails to decode: a page cut in the middle
# of a character is still UTF-8, a Latin-1 page that claims UTF-8 is not.
MAX_BAD_SHARE = 0.1
# Above this share of control characters and failures the bytes are no text at all.
MAX_BINARY_SHARE = 0.1
# What browsers decode with when a page names the narrower encoding (the WHATWG standard gives one label to both).
_WIDER = {"gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs"}
# Of UTF-16 without a mark: this share of every second byte of markup is zero.
MIN_ZERO_SHARE = 0.4
_CONTROLS = bytes((*range(0x09), *range(0x0E, 0x20)))
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")


def decode(data: bytes, *, content_type: str | None = None) -> tuple[str, str]:
    """Return (text, charset) of a page: byte order mark, valid UTF-8, HTTP header, <meta>, then detection.

    The first that fits is taken. Names and their aliases are those of the WHATWG encoding standard (Latin-1 is
    windows-1252, and UTF-16 in a <meta> means UTF-8). Raises DataError(undecodable) when none makes text of it.
    """
    if _is_plain_utf8(data):
        return data.decode("utf-8"), "utf-8"
    for candidate in _candidates(data, content_type):
        text = data.decode(_WIDER.get(candidate, candidate), "replace").removeprefix("\ufeff")
        if _believable(text):
            if len(_BINARY.findall(text)) > MAX_BINARY_SHARE * len(text):
                break
            return text, candidate
    raise DataError("undecodable", f"no character encoding fits; the body begins with {data[:16]!r}")


def _is_plain_utf8(data: bytes) -> bool:
    """Tell whether data is UTF-8 without a mark, an escape or another control character, as nearly all pages are."""
    return len(data.translate(None, _CONTROLS)) == len(data) and not data.startswith(codecs.BOM_UTF8) and _is_utf8(data)


def _candidates(data: bytes, content_type: str | None) -> list[str]:
    found = [name for mark, name in _BOMS if data.startswith(mark)]
    plain_utf8 = _is_utf8(data)
    if plain_utf8 and not data.isascii():
        found.append("utf-8")  # other encodings hardly ever form valid UTF-8, whatever the page says
    if declared := _HEADER_CHARSET.search(content_type or ""):
        name = _whatwg(declared[1])
        # Without a mark and without the zero bytes of ASCII letters, a claim of UTF-16 is wrong.
        found.append("" if name.startswith("utf-16") and b"\x00" not in data[:PRESCAN_BYTES] else name)
    if meta := _META_CHARSET.search(data[:PRESCAN_BYTES]):
        name = _whatwg(meta[1].decode("ascii", "replace"))
        found.append("utf-8" if name.startswith("utf-16") else name)
    found += _unmarked_utf16(data[:PRESCAN_BYTES])
    if plain_utf8 and b"\x1b" not in data:  # an escape may announce ISO-2022
        found.append("utf-8")
    found += [_whatwg(detect_encoding(data) or ""), "utf-8", "windows-1252"]
    return list(dict.fromkeys(name for name in found if name))


def _unmarked_utf16(head: bytes) -> list[str]:
    """Return the UTF-16 whose markup these bytes look like; none when hardly any, or all, are zero."""
    if len(head) < 4:
        return []
    first, second = (part.count(0) / len(part) for part in (head[::2], head[1::2]))
    if second >= MIN_ZERO_SHARE and first < MIN_ZERO_SHARE / 4:
        return ["utf-16-le"]
    return ["utf-16-be"] if first >= MIN_ZERO_SHARE and second < MIN_ZERO_SHARE / 4 else []


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _whatwg(label: str) -> str:
    """Return the encoding a label stands for, as Python names it; empty when the standard does not know it."""
    name = map_encoding_to_html5(label, fallback_utf8=False)
    return "windows-1252" if name == "cp1252" else name or ""


def _believable(text: str) -> bool:
    bad = text.count("\ufffd")
    return bad == 0 or bad <= MAX_BAD_SHARE * sum(1 for character in text if character > "\x7f")
