"""An object as a seekable file."""

import io

from tasks.storage.ranged import RangedFile
from tests.fakes.objects import MemoryObjects

DATA = bytes(range(256)) * 10


def test_reads_and_seeks_as_a_file_does() -> None:
    """From the beginning, from here and from the end."""
    file = RangedFile(MemoryObjects({"a": DATA}), "a")
    assert file.read(3) == DATA[:3]
    file.seek(2, io.SEEK_CUR)
    assert file.read(2) == DATA[5:7]
    file.seek(-4, io.SEEK_END)
    assert file.read(10) == DATA[-4:]
    assert file.read(10) == b"" and file.tell() == len(DATA)


def test_each_read_is_one_request_of_what_is_asked_for() -> None:
    """Nothing else is brought."""
    store = MemoryObjects({"a": DATA})
    file = RangedFile(store, "a")
    file.seek(100)
    assert file.read(50) == DATA[100:150]
    assert store.gets == ["a"]
