"""The records of a WARC file, all of them or those of a piece; what kind of file it is; where it can be cut."""

from collections.abc import Iterator

from tasks.extract.archive import Archive
from tasks.extract.codecs import FOREIGN_MAGIC, GZIP, LZ4, codec_of, zstd_codec
from tasks.extract.framing import EITHER, framing_of
from tasks.extract.member_walk import MAX_OVERLAPS, Member, walk
from tasks.extract.window import Window

# A piece of a file begins at members that follow one another for so many bytes. What looks like members inside a
# member is stored there uncompressed, in blocks of at most 64 KiB (RFC 1951) or 128 KiB (RFC 8878), each of which
# begins with bytes that break the row.
CHAIN_BYTES = 131_072


def members(
    window: Window, *, max_bytes: int, start: int = 0, end: int | None = None, is_one: bool = False
) -> Iterator[Member]:
    """Yield the records of a file in order, those whose member begins in [start, end); `max_bytes` bounds one.

    Never raises for the file's content, and uses memory for one record at most. Problems are `not_a_warc`
    (nothing in the file is a record, or this member holds something else), `broken_record`, `truncated_record`
    and `record_too_large`. Pieces of a file are cut at `boundary(start)` and `boundary(end)`. `is_one` says that the
    window is a single record, whose first bytes are to be believed.
    """
    archive = archive_of(window, max_bytes=max_bytes, is_one=is_one)
    if isinstance(archive, str):
        if start == 0:
            yield Member(0, window.size, b"", "not_a_warc", archive)
        return
    stop = window.size if end is None else boundary(archive, end)
    yield from walk(archive, boundary(archive, start), stop)


def boundary(archive: Archive, offset: int) -> int:
    """Return the first place at or after `offset` where a row of sound members begins, or the file's size.

    It depends on the bytes from `offset` on alone, so the piece that ends here and the one that begins here agree.
    """
    return _row(archive, offset) if offset > 0 else 0


def _row(archive: Archive, offset: int) -> int:
    """Return where the first row of sound members begins. Not every one is tried where many beginnings are false."""
    found, tries, enough = archive.next_begin(offset), 0, offset
    while found < archive.window.size and (broken := _chain_break(archive, found)) is not None:
        if found >= enough:
            tries, enough = 0, found + CHAIN_BYTES
        tries += 1
        found = archive.next_begin(enough if tries > MAX_OVERLAPS else broken)
    return found


def _chain_break(archive: Archive, first: int) -> int | None:
    for member in walk(archive, first, min(first + CHAIN_BYTES, archive.window.size)):
        if (member.data and not _is_sound(member)) or member.problem:
            return max(member.offset, first + 1)
    return None


def archive_of(window: Window, *, max_bytes: int, is_one: bool = False) -> Archive | str:
    """Tell what kind of file this is, or in words why it holds no record."""
    if window.size == 0:
        return "empty file"
    if is_one:
        kind = Archive(window, codec_of(window), EITHER, max_bytes)
        if framing := framing_of(kind.first_bytes(0)):
            return Archive(window, kind.codec, framing, max_bytes)
    kind = _kind_of(window, max_bytes=max_bytes)
    if framing := framing_of(kind.first_bytes(kind.next_begin(0))):
        return Archive(window, kind.codec, framing, max_bytes)
    head = window.at(0, 16)
    foreign = next((name for magic, name in FOREIGN_MAGIC.items() if head.startswith(magic)), None)
    if foreign is not None:
        return f"{foreign} is not read here; compress the file as gzip or zstd, a member for each record"
    return f"no WARC record in {window.size} bytes; the file begins with {head!r}"


def _kind_of(window: Window, *, max_bytes: int) -> Archive:
    """Return the file as the kind that its first bytes name, if sound records of that kind are found.

    Else it is the kind whose sound records cover the most bytes: the first bytes may be damaged, a page may hold a
    member of another kind, a frame may store the beginning of a record as it is.
    """
    codec = codec_of(window)
    named = Archive(window, codec, EITHER, max_bytes)
    opening = next((one for one in walk(named, 0, CHAIN_BYTES) if one.data or one.problem), None)
    if (opening and _is_sound(opening)) or (codec and _sound_bytes(named, 0)):
        return named
    kinds = [Archive(window, one, EITHER, max_bytes) for one in (GZIP, LZ4, zstd_codec(), None)]
    if codec:
        kinds = [named, *(kind for kind in kinds if kind.codec is None or kind.codec.name != codec.name)]
    begins = [(kind, first) for kind in kinds if (first := kind.next_begin(0)) < window.size]
    return max(begins, key=lambda begin: (_sound_bytes(*begin), -begin[1]), default=(named, 0))[0]


def _sound_bytes(archive: Archive, offset: int) -> int:
    """Return how many bytes of the file the sound ones of the first records cover."""
    found = walk(archive, offset, min(offset + CHAIN_BYTES, archive.window.size))
    return sum({member.offset: member.length for member in found if _is_sound(member)}.values())


def _is_sound(member: Member) -> bool:
    """A record that does not tell its length can be read, but what is taken for one may be anything."""
    return not member.problem and not member.fault and member.head is not None and bool(member.head.lengths)
