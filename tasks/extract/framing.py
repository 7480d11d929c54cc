"""How a record begins and how long it says it is, for WARC (0.17 to 1.1) and for its forerunner ARC (1 and 2)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tasks.extract.arc import arc_fields

HEAD_BYTES = 65_536  # more than any header; what is kept of a record that is too large
_BLANKS = b"\r\n"
_VERSION = re.compile(rb"[\r\n]{0,64}WARC/\d{1,3}\.\d{1,3}(?:\s|[^\n]{0,32}\n)", re.IGNORECASE)
_ARC_LINE = rb"[A-Za-z][A-Za-z0-9+.-]{1,30}:[^\s]{0,3500} [0-9A-Fa-f.:]{1,45} \d{8,17} [^\n]{0,400}?\d{1,18}\r?\n"
_ARC_BEGIN = re.compile(rb"[\r\n]{0,64}" + _ARC_LINE)
_FIELD = re.compile(rb"[\r\n]*[A-Za-z][A-Za-z0-9-]{0,60}:")
_LENGTH = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a record. `size` is where its block begins, and what leading line ends there are count too.

    `fields` has the first value of each name in lower case; an ARC record's are given WARC's names. `lengths` are
    the lengths that the header claims, the first one first: none, or several, is damage.
    """

    fields: dict[str, str]
    size: int
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Framing:
    """One of the two formats. `begin` matches at the first byte of a record, `following` finds the next one."""

    name: str
    begin: re.Pattern[bytes]
    following: re.Pattern[bytes]  # group 1 is the record
    head: Callable[[bytes], Head | None]  # None where the header does not end in the bytes given

    def begins(self, data: bytes | bytearray) -> bool:
        return self.begin.match(data) is not None


def _warc_head(data: bytes) -> Head | None:
    begin = len(data) - len(data.lstrip(_BLANKS))
    end = data.find(b"\n\r\n", begin)
    size = end + 3
    bare = data.find(b"\n\n", begin, end if end >= 0 else len(data))
    if bare >= 0:
        end, size = bare, bare + 2
    if end < 0:
        return None
    head = _parsed(data[begin:end], size)
    if data[size - 4 : size] == b"\r\n\r\n" or (end := data.find(b"\r\n\r\n", size)) < 0:
        return head
    # A blank line is a stray, and the header goes on, where WARC's own fields follow, or others among whole line ends.
    longer = _parsed(data[begin:end], end + 4)
    is_whole = data[begin:size].partition(b"\n")[0].endswith(b"\r")
    if is_whole and (_FIELD.match(data, size) or (longer.lengths and not head.lengths)):
        return longer
    return longer if _warc_fields(longer) > _warc_fields(head) else head


def _warc_fields(head: Head) -> int:
    return sum(name.startswith("warc-") for name in head.fields)


def _parsed(raw: bytes, size: int) -> Head:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    fields: dict[str, str] = {}
    lengths: tuple[int, ...] = ()
    last = ""
    first, *lines = text.split("\n")
    for line in (*first.splitlines()[1:], *lines):  # a damaged line end must not cost the field behind the version
        if line[:1] in (" ", "\t") and last:  # a folded line goes on with the one before
            fields[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        if not colon:
            continue
        name, value = name.strip().lower(), value.strip()
        if name == "content-length":
            if _LENGTH.fullmatch(value) and int(value) not in lengths:
                lengths += (int(value),)
        elif name not in fields:
            fields[name] = value
            last = name
        else:
            last = ""
    return Head(fields, size, lengths)


def _arc_head(data: bytes) -> Head | None:
    begin = len(data) - len(data.lstrip(_BLANKS))
    end = data.find(b"\n", begin)
    if end < 0:
        return None
    fields, length = arc_fields(data[begin:end].decode("utf-8", "replace").strip())
    return Head(fields, end + 1, () if length is None else (length,))


# Not at the beginning of a line only: what lies before may have been cut anywhere.
_WARC_LINE = rb"WARC/\d\.\d{1,2}[ \t]*\r?\n(?=(?:[Ww][Aa][Rr][Cc]-[A-Za-z-]{2,40}|[Cc]ontent-[A-Za-z-]{2,40}):)"
WARC = Framing("WARC", _VERSION, re.compile(rb"(" + _WARC_LINE + rb")"), _warc_head)
ARC = Framing("ARC", _ARC_BEGIN, re.compile(rb"(?:(?<=\n)|\A)(" + _ARC_LINE + rb")"), _arc_head)
# For a file of which it is not known yet.
EITHER = Framing(
    "WARC or ARC",
    re.compile(rb"(?:" + _VERSION.pattern + rb"|" + _ARC_BEGIN.pattern + rb")", re.IGNORECASE),
    re.compile(rb"(" + _WARC_LINE + rb"|(?:(?<=\n)|\A)" + _ARC_LINE + rb")"),
    lambda data: (framing_of(data) or WARC).head(data),
)


def framing_of(data: bytes) -> Framing | None:
    """Return the format of a file from the first bytes of its first record."""
    return next((framing for framing in (WARC, ARC) if framing.begins(data)), None)
