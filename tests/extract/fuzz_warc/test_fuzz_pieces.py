"""Files read in pieces: whatever the cuts, each record is read once."""

import io

from hypothesis import given
from hypothesis import strategies as st

from tasks.extract.warc import read
from tests.extract.fuzz_warc.files import LIMIT, WarcFile, fuzz, warc_files


@fuzz(250)
@given(warc_files(max_size=8), st.data())
def test_the_pieces_of_a_file_give_what_the_whole_file_gives(file: WarcFile, data: st.DataObject) -> None:
    """Records and rejects of all pieces, in order, are those of the whole file."""
    if file.shape == "plain" and any(b"WARC/" in page.body for page in file.pages):
        return  # a plain WARC stored in a plain record: such files are read in one piece
    cuts = sorted({0, *data.draw(st.lists(st.integers(0, len(file.raw)), max_size=4))})
    found = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        found += read(io.BytesIO(file.raw), max_record_bytes=LIMIT, start=start, end=end)
    assert found == list(read(io.BytesIO(file.raw), max_record_bytes=LIMIT))
