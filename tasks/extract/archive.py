"""One WARC file as a row of members: what its compression and format are, where members begin and where they end."""

from dataclasses import dataclass

from tasks.extract.codecs import CODEC_ERRORS, MEMBER_HEAD_BYTES, Codec, first_bytes
from tasks.extract.framing import Framing
from tasks.extract.records import Fault
from tasks.extract.window import OVERLAP_BYTES, Window

FIRST_CHUNK_BYTES = 16_384  # most members are smaller
CHUNK_BYTES = 65_536
PIECE_BYTES = 131_072  # inflated at a time; isal allots all it is allowed
# A member is inflated past the caller's limit, to find its end or the records in it, as long as it does not grow
# this much: beyond so many limits and so many bytes for each byte read it is a bomb.
BOMB_FACTOR = 16
BOMB_RATIO = 200


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a member ends and how much it inflates to, or the fault that keeps it from being inflated to its end.

    With a fault `end` is where the next member begins, or the file ends.
    """

    end: int
    total: int
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """A file whose compression (None: plain) and record format are known. `max_bytes` bounds one record."""

    window: Window
    codec: Codec | None
    framing: Framing
    max_bytes: int

    def begins_at(self, offset: int) -> bool:
        """Tell whether a member begins here and inflates to the beginning of a record."""
        first = self.first_bytes(offset)
        # Line ends before it are the end of a record that began in a member before, if this file has such.
        return self.framing.begins(first) and (self.codec is None or first[:1] not in (b"\r", b"\n"))

    def first_bytes(self, offset: int) -> bytes:
        """Return the first bytes of what the member here inflates to."""
        if self.codec is None:
            return self.window.at(offset, OVERLAP_BYTES)
        return first_bytes(self.codec, self.window, offset, OVERLAP_BYTES)

    def next_begin(self, start: int) -> int:
        """Return where the next member that begins a record lies, at or after `start`, or the file's size.

        A file is compressed or plain throughout, so one kind is not searched for the other: a stored gzip block
        would be taken for a plain record, and a crawled .warc.gz inside a plain record for a member.
        """
        if self.codec is None:
            if start == 0 and self.begins_at(0):
                return 0
            found = self.window.search(self.framing.following, start)
        else:
            found = self.window.find(self.codec.magic[0], start)
            while found >= 0 and not self.begins_at(found):
                found = self.window.find(self.codec.magic[0], found + 1)
        return self.window.size if found < 0 else found

    def is_member(self, offset: int) -> bool:
        """Tell whether the bytes here can begin a member, without inflating it."""
        if self.codec is None:
            return False
        head = self.window.at(offset, MEMBER_HEAD_BYTES)
        return head.startswith(self.codec.magic[1:]) or (
            head.startswith(self.codec.magic[0]) and self.codec.may_begin(head)
        )

    def whole(self, offset: int) -> tuple[bytes, int] | None:
        """Return (what it inflates to, its end) for a sound member within the limit, else None."""
        if self.codec is None:
            return None
        inflater, pos, size = self.codec.inflater(), offset, FIRST_CHUNK_BYTES
        pieces: list[bytes] = []
        total = 0
        try:
            while not inflater.eof:
                chunk = b""
                if inflater.needs_input:
                    chunk = self.window.at(pos, size)
                    pos, size = pos + len(chunk), CHUNK_BYTES
                    if not chunk:
                        return None
                pieces.append(inflater.decompress(chunk, PIECE_BYTES))
                total += len(pieces[-1])
                if total > self.max_bytes:
                    return None
        except CODEC_ERRORS:
            return None
        return b"".join(pieces), pos - len(inflater.unused_data)

    def extent(self, offset: int) -> Extent:
        """Return the extent of the member at `offset`, which is inflated in pieces and not kept."""
        if self.codec is None:
            return Extent(self.window.size, self.window.size - offset)
        inflater, pos, total = self.codec.inflater(), offset, 0
        fault: Fault | None = None
        try:
            while not inflater.eof:
                chunk = self.window.at(pos, CHUNK_BYTES) if inflater.needs_input else b""
                if inflater.needs_input and not chunk:
                    fault = ("truncated_record", f"the file ends inside this {self.codec.name} member")
                    break
                pos += len(chunk)
                total += len(inflater.decompress(chunk, PIECE_BYTES))
                if self.is_bomb(total, pos - offset):
                    detail = f"not inflated beyond {total} bytes: {pos - offset} bytes of file, {BOMB_FACTOR} limits"
                    fault = ("record_too_large", detail)
                    break
        except CODEC_ERRORS as error:
            fault = ("broken_record", f"{self.codec.name}: {error}")
        end = pos - len(inflater.unused_data)
        if fault is None and not total and not self.is_followed(end):
            fault = ("broken_record", f"{self.codec.name}: an empty member, and no member behind it")
        if fault is None:
            return Extent(end, total)
        return Extent(self.next_begin(offset + 1), total, fault)

    def is_followed(self, end: int) -> bool:
        """Tell whether a member, or the end of the file, comes next: the length of an empty one is a mere claim."""
        return end == self.window.size or self.is_member(end)

    def is_bomb(self, inflated: int, read: int) -> bool:
        """Tell whether a member has grown so much that it is not inflated any further."""
        return inflated > BOMB_FACTOR * self.max_bytes and inflated > BOMB_RATIO * read
