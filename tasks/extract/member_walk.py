"""Splits a WARC file into its records: where each lies, what it inflates to, and what is wrong with it.

The splitting is done here and not by a WARC library because the exact bytes of each record are what lineage points
to, because a bomb must not be inflated, and because one broken member must not end the file.

Most files hold one record in each member: that is the short way, `_sound_member`. Everything else takes the long
way through a `Stream`: several records in one member, a record over several members, plain files, and damage. What
a header claims of its record's length is believed where the record ends there: at the end of its member, at a blank
line, or before another record. Otherwise the record reaches to the next one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasks.core.ids import sha256_bytes
from tasks.extract.archive import Archive
from tasks.extract.framing import HEAD_BYTES, WARC, Head
from tasks.extract.member_stream import Stream
from tasks.extract.records import Fault
from tasks.extract.window import OVERLAP_BYTES

# Members that begin inside of a broken one and are broken too are tried so many times; then they are passed over, or
# a file made of beginnings would be inflated again and again.
MAX_OVERLAPS = 16
_SMALL_HEAD_BYTES = 4_096
_CLOSING = b"\r\n\r\n"
_EVERYTHING = 1 << 62


@dataclass(frozen=True, slots=True)
class Member:
    """One record, or one stretch that is none, of the member of the file at [offset, offset+length).

    `data` is it inflated, or a head of it where it has a problem. `inner` is (offset, length) of the record in what
    [offset, offset+length) inflates to, None where it is all of that; those without `inner` tile the file together
    with the members of the others. `sha256` is of the inner bytes.
    """

    offset: int
    length: int
    data: bytes
    problem: str = ""  # reason code, empty when it can be read
    detail: str = ""
    head: Head | None = None
    end: int = 0  # where in `data` the block ends that `head` begins
    inner: tuple[int, int] | None = None
    sha256: str = ""
    fault: Fault | None = None  # the record can be read but may be cut


def walk(archive: Archive, offset: int, stop: int) -> Iterator[Member]:
    """Yield the records of the members that begin in [offset, stop), where `offset` is the beginning of one.

    Never raises for the file's content, and uses memory for one record at most.
    """
    reached = overlaps = 0
    while offset < stop:
        if archive.codec is not None and (overlaps > MAX_OVERLAPS or not archive.is_member(offset)):
            following = archive.next_begin(max(reached, offset + 1) if overlaps > MAX_OVERLAPS else offset + 1)
            detail = f"no sound {archive.codec.name} member begins here: {archive.window.at(offset, 16)!r}"
            yield Member(offset, following - offset, b"", "broken_record", detail)
            offset, overlaps = following, 0
        elif (member := _sound_member(archive, offset)) is not None:
            yield member
            offset += member.length
        else:
            stream = Stream(archive, offset)
            while stream.fill(1):
                if archive.codec is None and stream.offset >= stop:
                    return
                yield _next_record(archive, stream)
            if stream.is_untouched:  # a member that ends before its first byte
                yield Member(offset, stream.end - offset, b"", *(stream.fault or ("broken_record", "empty")))
            overlaps = overlaps + 1 if offset < reached else 0
            offset, reached = stream.end, max(reached, stream.reached)


def _sound_member(archive: Archive, offset: int) -> Member | None:
    """Return the member at `offset` if it inflates and holds one record and nothing else, or nothing at all."""
    whole = archive.whole(offset)
    if whole is None:
        return None
    data, end = whole
    if not data:
        return Member(offset, end - offset, b"") if archive.is_followed(end) else None
    if not archive.framing.begins(data):
        return None
    head = archive.framing.head(data)
    if head is None:
        return None
    for length in head.lengths:
        rest = data[head.size + length :]
        if head.size + length <= len(data) and not rest.strip(b"\r\n"):
            member = Member(offset, end - offset, data, head=head, end=head.size + length)
            if archive.codec is None or archive.codec.stands_alone:
                return member
            return replace(member, inner=(0, len(data)), sha256=sha256_bytes(data))
    return None


def _next_record(archive: Archive, stream: Stream) -> Member:
    """Take the next record, or what is none, off the stream."""
    head = _head(archive, stream)
    if head is not None:
        for length in head.lengths:
            need = head.size + length
            if need <= archive.max_bytes and stream.reach(need) and _closes(archive, stream, need):
                return _member(stream, stream.after_blanks(need), head=head, end=need)
        need = head.size + (head.lengths[0] if head.lengths else 0)
        if need > archive.max_bytes and _is_there(archive, stream, need):
            detail = f"{need} bytes, more than max_record_bytes {archive.max_bytes}"
            return _member(stream, need, "record_too_large", detail, head, with_blanks=True)
    return _until_next(archive, stream, head)


def _until_next(archive: Archive, stream: Stream, head: Head | None) -> Member:
    """Take what lies before the next record: a record whose length its header does not tell, or what is none."""
    begin = head.size if head else 1
    following = _following(archive, stream, begin)
    if following >= 0 or (stream.ended and not stream.fault and len(stream.buffer) <= archive.max_bytes):
        count = following if following >= 0 else len(stream.buffer)
        if head is None:
            if archive.framing.begins(stream.buffer[:OVERLAP_BYTES]):
                return _member(stream, count, "broken_record", "the header has no end")
            is_all = stream.is_untouched and following < 0
            detail = f"no record begins here: {bytes(stream.buffer[:16])!r}"
            return _member(stream, count, "not_a_warc" if is_all else "broken_record", detail)
        end = count - len(_CLOSING) if stream.buffer[count - len(_CLOSING) : count] == _CLOSING else count
        end = max(end, head.size)
        claimed = head.lengths[0] if head.lengths else 0
        if head.lengths and 0 < count - head.size - claimed <= len(_CLOSING):  # the blank line itself is damaged
            end = head.size + claimed
        fault: Fault | None = None
        if claimed > end - head.size:
            fault = ("truncated_record", f"Content-Length is {claimed}, but {end - head.size} bytes follow")
            if following < 0 and archive.codec is None:
                return _member(stream, count, *fault, head)
        return _member(stream, count, head=head, end=end, fault=fault)
    if stream.fault:
        return _member(stream, _EVERYTHING if following < 0 else following, *stream.fault, head)
    count = len(stream.buffer) - (0 if stream.ended else OVERLAP_BYTES)
    if archive.codec is None:
        count = archive.next_begin(stream.offset + begin) - stream.offset
    detail = f"no other record begins within max_record_bytes {archive.max_bytes}"
    return _member(stream, count, "record_too_large" if head else "broken_record", detail, head)


def _member(
    stream: Stream,
    count: int,
    problem: str = "",
    detail: str = "",
    head: Head | None = None,
    *,
    end: int = 0,
    fault: Fault | None = None,
    with_blanks: bool = False,
) -> Member:
    cut = stream.cut(count, with_blanks=with_blanks)
    return Member(
        cut.offset, cut.length, cut.data[:HEAD_BYTES] if problem else cut.data, problem, detail, head, end,
        cut.inner, cut.sha256, fault,
    )  # fmt: skip


def _head(archive: Archive, stream: Stream) -> Head | None:
    """Return the header at the beginning of the stream, extended over members where it does not end in this one."""
    for size in (_SMALL_HEAD_BYTES, HEAD_BYTES):
        stream.fill(size)
        data = bytes(stream.buffer[:size])
        while archive.framing.begins(data) or _may_begin(data):
            head = archive.framing.head(data) if archive.framing.begins(data) else None
            if head is not None:
                return None if _is_joined(archive, data, head) else head
            if len(data) >= size or not stream.extend():
                break
            stream.fill(size)
            data = bytes(stream.buffer[:size])
    return None


def _is_joined(archive: Archive, data: bytes, head: Head) -> bool:
    """Tell whether a header was cut and the next record's header goes on with it."""
    own = len(data) - len(data.lstrip(b"\r\n"))
    found = archive.framing.following.search(data, own + 1, head.size)
    joined = archive.framing.head(data[found.start(1) :]) if found else None
    return joined is not None and bool(joined.lengths) and "warc-type" in joined.fields


def _may_begin(data: bytes) -> bool:
    return len(data) < 10 and b"WARC/1.0\r\n".startswith(data.lstrip(b"\r\n"))


def _closes(archive: Archive, stream: Stream, need: int) -> bool:
    """Tell whether a record may end `need` bytes into the stream."""
    stream.fill(need + OVERLAP_BYTES)
    blanks = stream.after_blanks(need)
    if archive.framing.begins(stream.buffer[blanks : blanks + OVERLAP_BYTES]):
        return True
    is_closed = stream.buffer[need : need + len(_CLOSING)] == _CLOSING
    is_last = blanks == len(stream.buffer)
    if is_last and stream.fault:  # it may lie in this record, unless all that is missing is behind that
        if stream.fault[0] != "truncated_record":
            return False
        stream.end_with_file()
    return is_closed or is_last


def _is_there(archive: Archive, stream: Stream, need: int) -> bool:
    """Tell whether a record too large to be held is in the file as its header says, without reading it."""
    if archive.codec is not None:
        return not stream.fault and need <= stream.left
    end = stream.offset + need
    tail = archive.window.at(end, OVERLAP_BYTES)
    return end <= archive.window.size and (tail[:4] in (_CLOSING, b"") or archive.framing.begins(tail))


def _following(archive: Archive, stream: Stream, begin: int) -> int:
    """Return where in the buffer, filled up to the limit, the next record begins, or -1."""
    stream.fill(archive.max_bytes + OVERLAP_BYTES)
    if archive.framing is WARC and stream.buffer.find(b"WARC/", begin) < 0:
        return -1
    found = archive.framing.following.search(stream.buffer, begin)
    return found.start(1) if found else -1
