"""The inflated bytes of a file from one member on, with the place in the file of every byte kept in view."""

import hashlib
import re
from dataclasses import dataclass

from tasks.extract.archive import CHUNK_BYTES, PIECE_BYTES, Archive, Extent
from tasks.extract.codecs import CODEC_ERRORS, Inflater
from tasks.extract.framing import HEAD_BYTES
from tasks.extract.records import Fault
from tasks.extract.window import OVERLAP_BYTES

_BLANKS = re.compile(rb"[\r\n]*")


@dataclass(frozen=True, slots=True)
class _Span:
    """A member whose first byte inflated is byte `begin` of the stream."""

    begin: int
    offset: int
    extent: Extent


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch taken off the stream. `inner` is (offset, length) in what the range of members inflates to.

    `inner` is None where the stretch is the whole range, and in a plain file. `sha256` is of the inner bytes.
    """

    offset: int
    length: int
    data: bytes  # only a head of it where it was too large
    inner: tuple[int, int] | None
    sha256: str


class Stream:
    """Reads on from member to member only when `extend` is asked to, since most records end with their member."""

    def __init__(self, archive: Archive, offset: int) -> None:
        self.buffer = bytearray()
        self._archive = archive
        self._begin = 0  # what of the stream was cut off before the buffer
        self._spans: list[_Span] = []
        self._enter(offset)

    def fill(self, count: int) -> bool:
        """Have `count` bytes in the buffer, as far as the current member gives them; tell whether it did."""
        while len(self.buffer) < count and not self._drained:
            self._inflate()
        return len(self.buffer) >= count

    def extend(self) -> bool:
        """Go on into the next member, unless that begins a record of its own or this one has no sound end."""
        following = self.end
        if not self._drained or self.fault or not self._archive.is_member(following):
            return False
        if self._archive.framing.following.match(self._archive.first_bytes(following)):
            return False
        self._enter(following)
        return True

    def reach(self, count: int) -> bool:
        """Have `count` bytes in the buffer, extending into further members for them."""
        while not self.fill(count):
            if not self.extend():
                return False
        return True

    @property
    def ended(self) -> bool:
        """Whether the buffer holds all that is left of the current member."""
        return self._drained

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was taken off yet."""
        return self._begin == 0

    @property
    def end(self) -> int:
        """Where the current member ends in the file."""
        return self._spans[-1].extent.end

    @property
    def fault(self) -> Fault | None:
        """What keeps the current member from being inflated to its end."""
        return self._spans[-1].extent.fault

    def end_with_file(self) -> None:
        """Take the end of the file for the end of the current member, of which only that is missing."""
        span = self._spans[-1]
        self._spans[-1] = _Span(span.begin, span.offset, Extent(self._archive.window.size, span.extent.total))

    @property
    def reached(self) -> int:
        """Up to where in the file a member that was read to its fault is sound, 0 without a fault."""
        return self._pos - self._step if self.fault else 0

    @property
    def offset(self) -> int:
        """Where in the file the buffer begins: its member, or the byte itself in a plain file."""
        span = self._span_at(self._begin)
        return span.offset + (self._begin - span.begin if self._archive.codec is None else 0)

    @property
    def left(self) -> int:
        """How many bytes the current member still gives from the buffer's begin on; a guess where it has a fault."""
        span = self._spans[-1]
        return span.begin + span.extent.total - self._begin

    def after_blanks(self, begin: int) -> int:
        """Return where in the buffer the line ends at `begin` are over."""
        self.fill(begin + OVERLAP_BYTES)
        found = _BLANKS.match(self.buffer, begin)
        return found.end() if found else begin

    def cut(self, count: int, *, with_blanks: bool = False) -> Cut:
        """Take `count` bytes, of which at most the buffer's are kept; beyond it they are inflated and dropped.

        `with_blanks` takes the line ends behind them too.
        """
        first = self._span_at(self._begin)
        begin, offset = self._begin, self.offset
        digest = hashlib.sha256()
        kept, taken = b"", 0
        while taken < count:
            piece = bytes(self.buffer[: count - taken])
            del self.buffer[: len(piece)]
            kept = kept or piece
            digest.update(piece)
            taken += len(piece)
            if taken < count and self._archive.codec is None:  # a plain file is not read to be dropped
                step = min(count - taken, self._archive.window.size - self._pos)
                self._pos += step
                self._drained = self._pos >= self._archive.window.size
                taken += step
                break
            if taken < count and not self.reach(1):
                break
        if with_blanks:
            blanks = self.after_blanks(0)
            digest.update(self.buffer[:blanks])
            del self.buffer[:blanks]
            taken += blanks
        self._begin += taken
        data = kept if len(kept) == taken else kept[:HEAD_BYTES]
        if self._archive.codec is None:
            return Cut(offset, taken, data, None, "")
        # A last member that gives nothing belongs to what came before it.
        is_over = not self.fill(1)
        last = self._spans[-1] if is_over else self._span_at(self._begin - 1)
        is_whole = is_over and first.begin == begin and self._archive.codec.stands_alone
        inner = None if is_whole else (begin - first.begin, taken)
        self._spans = self._spans[self._spans.index(self._span_at(self._begin)) :]
        return Cut(offset, last.extent.end - offset, data, inner, digest.hexdigest())

    def _span_at(self, position: int) -> _Span:
        """Return the span that holds a byte of the stream; the last one also holds what comes next."""
        return next((span for span in reversed(self._spans) if span.begin <= position), self._spans[0])

    def _enter(self, offset: int) -> None:
        extent = self._archive.extent(offset)
        self._spans.append(_Span(self._begin + len(self.buffer), offset, extent))
        self._start = self._pos = offset
        self._total = 0
        self._drained = False
        self._inflater: Inflater | None = None
        self._step = CHUNK_BYTES
        if self._archive.codec is not None:
            codec = self._archive.codec
            self._inflater = codec.careful() if extent.fault else codec.inflater()
            self._step = codec.careful_bytes if extent.fault else CHUNK_BYTES

    def _inflate(self) -> None:
        """Inflate one more piece of the current member."""
        inflater, window = self._inflater, self._archive.window
        if inflater is None:
            piece = window.at(self._pos, CHUNK_BYTES)
            self._pos += len(piece)
            self._drained = self._pos >= window.size
            self.buffer += piece
            return
        chunk = b""
        if inflater.needs_input:
            chunk = window.at(self._pos, self._step)
            self._pos += len(chunk)
            if not chunk:
                self._drained = True
                return
        try:
            piece = inflater.decompress(chunk, PIECE_BYTES)
        except CODEC_ERRORS:
            self._drained = True
            return
        self.buffer += piece
        self._total += len(piece)
        self._drained = inflater.eof or self._archive.is_bomb(self._total, self._pos - self._start)
