"""Random access to files, a block at a time."""

import io
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.extract.window import BLOCK_BYTES, Window

TOKEN = re.compile(rb"(?:\A|\n)(tok)")


class Dribble(io.BytesIO):
    """A file that gives fewer bytes than it is asked for, as raw files and sockets may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, 1_000) if size and size > 0 else size)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 9_000)), max_size=9), st.sampled_from([1, 100, 9_999]))
def test_any_range_is_what_the_file_holds(ranges: list[tuple[int, int]], block: int) -> None:
    """Whatever the order of the requests, each gives its bytes, and fewer only at the end of the file."""
    data = bytes(range(256)) * 130
    window = Window(Dribble(data), block_bytes=block)
    assert [window.at(offset, length) for offset, length in ranges] == [
        data[offset : offset + length] for offset, length in ranges
    ]


def test_what_lies_across_two_blocks_is_found() -> None:
    """Neither a token nor a pattern is missed where one block ends and the next one begins."""
    for shift in range(-6, 7):
        place = BLOCK_BYTES + shift
        window = Window(io.BytesIO(b"x" * (place - 1) + b"\ntok" + b"x" * 2 * BLOCK_BYTES + b"\ntok"))
        assert window.find(b"tok", 0) == place
        assert window.search(TOKEN, 0) == place
        assert window.search(TOKEN, place) == place
        assert window.search(TOKEN, place + 1) == window.size - 3 == window.find(b"tok", place + 1)
        assert window.search(TOKEN, window.size - 2) == window.find(b"tok", window.size - 2) == -1


def test_a_pattern_may_ask_for_the_line_end_before_it() -> None:
    """The byte before the place where the search begins counts, and the first line of the file needs none."""
    window = Window(io.BytesIO(b"tok\ntok tok"))
    assert [window.search(TOKEN, start) for start in (0, 1, 4, 5)] == [0, 4, 4, -1]
