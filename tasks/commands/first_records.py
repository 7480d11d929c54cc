"""The first records of some files, for a look at a large corpus: copies in which every record lies where it was."""

import io
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.commands.local_files import open_store
from tasks.core.errors import ConfigError, DataError
from tasks.core.refs import SourceRef
from tasks.extract.decompressed import chunks
from tasks.extract.readers import WARC_TYPES
from tasks.extract.warc import read
from tasks.storage.ranged import RangedFile

COPY_BYTES = 1 << 20
# Returns how many records were copied, and whether these are all that the file has.
_Cut = Callable[[BinaryIO, Path, str, int], tuple[int, bool]]


def first_records(sources: Sequence[SourceRef], limit: int, folder: Path) -> list[SourceRef]:
    """Return references to the first `limit` records of `sources`: a file that has more is cut, as a copy in `folder`.

    Names, places and digests of records stay as they are in the whole files. Raises ConfigError where a file is
    something else than its kind.
    """
    shutil.rmtree(folder, ignore_errors=True)
    cut: list[SourceRef] = []
    for source in sources:
        if limit <= 0:
            break
        copy = folder / source.uri
        copy.parent.mkdir(parents=True, exist_ok=True)
        taken, is_whole = _first(source, copy, limit)
        limit -= taken
        named = {"root": str(folder), "byte_count": copy.stat().st_size} if copy.exists() and not is_whole else {}
        cut.append(source.model_copy(update=named))
    return cut


def _first(source: SourceRef, copy: Path, limit: int) -> tuple[int, bool]:
    work: _Cut = {"parquet": _rows, "jsonl": _lines, "dolma": _lines}.get(source.kind, _members)
    try:
        with io.BufferedReader(RangedFile(open_store(source.root), source.uri), COPY_BYTES) as file:
            return work(file, copy, source.kind, limit)
    except (OSError, EOFError, DataError, pa.ArrowException) as error:
        raise ConfigError(
            f"{source.place}: its first records cannot be read ({error}); is it {source.kind}? "
            "See --kind, or leave --limit out to read it in spite of that"
        ) from error


def _members(file: BinaryIO, copy: Path, kind: str, limit: int) -> tuple[int, bool]:
    """A member with several records is left whole, so there may be a few more than `limit`."""
    taken, offset, end = 0, -1, -1
    types = WARC_TYPES.get(kind, WARC_TYPES["warc"])
    for record in read(file, types=types):
        if taken >= limit and record.offset > offset:
            end = record.offset
            break
        taken += 1
        offset = record.offset
    else:
        return taken, True
    file.seek(0)
    with copy.open("wb") as target:
        while end and (data := file.read(min(end, COPY_BYTES))):
            end -= target.write(data)
    return taken, False


def _lines(file: BinaryIO, copy: Path, kind: str, limit: int) -> tuple[int, bool]:
    """The copy is not compressed: a line is known by its place in the decompressed file."""
    taken = 0
    with copy.open("wb") as target:
        stream = chunks(file)
        for chunk in stream:
            if not isinstance(chunk, bytes):
                raise DataError(*chunk)
            lines = chunk.count(b"\n")
            if taken + lines >= limit:
                end = 0
                for _ in range(limit - taken):
                    end = chunk.index(b"\n", end) + 1
                target.write(chunk[:end])
                return limit, end == len(chunk) and next(stream, None) is None
            taken += lines
            target.write(chunk)
    return taken, True


def _rows(file: BinaryIO, copy: Path, kind: str, limit: int) -> tuple[int, bool]:
    """Row groups keep their places; the last one is cut."""
    with pq.ParquetFile(file) as source:
        if source.metadata.num_rows <= limit:
            return source.metadata.num_rows, True
        taken = 0
        with pq.ParquetWriter(copy, source.schema_arrow) as target:
            for number in range(source.num_row_groups):
                if taken < limit:
                    group = source.read_row_group(number).slice(0, limit - taken)
                    target.write_table(group, row_group_size=max(1, group.num_rows))
                    taken += group.num_rows
    return taken, False
