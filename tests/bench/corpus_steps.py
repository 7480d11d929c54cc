"""The steps of the corpus half one by one: `python -m tests.bench.corpus_steps FILE` prints CPU seconds as JSON.

Each page goes through all of them before the next one, so that what disturbs the machine disturbs all alike. The floor
is what nobody can do without: gunzip, decode and parse, each by the fastest library that we know.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.parse.encoding import bytes_to_str
from resiliparse.parse.html import HTMLTree

from tasks.core.config import ExtractConfig, FilterConfig
from tasks.core.errors import DataError
from tasks.core.ids import sha256_text
from tasks.core.records import DOCUMENT
from tasks.core.text.language import identify
from tasks.extract.html import extract
from tasks.extract.page import page_of
from tasks.extract.warc import SourceRecord, read
from tasks.filters import Chain
from tasks.storage.shards import ShardWriter
from tests.bench.corpus_chain import GOPHER_QUALITY


class Clock:
    """CPU seconds by step."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def time(self, step: str, work: Any, *arguments: Any, **named: Any) -> Any:
        """Call `work` and add what it took, whatever comes of it."""
        started = time.process_time()
        try:
            return work(*arguments, **named)
        finally:
            self.seconds[step] += time.process_time() - started


def measure(file: Path) -> dict[str, object]:
    """Return CPU seconds by step, and how many pages there were."""
    identify("Loads the model.")
    clock, pages = Clock(), 0
    asked = {
        "filters: Gopher quality": FilterConfig.model_validate({"rules": GOPHER_QUALITY}),
        "filters: default": FilterConfig.model_validate({}),
    }
    chains = {name: Chain(config) for name, config in asked.items()}
    config = ExtractConfig.model_validate({})
    with ShardWriter(DOCUMENT) as writer:
        for record in _records(file, clock):
            pages += 1
            try:
                page = clock.time("extract", extract, record.payload, content_type=record.content_type)
                clock.time("extract, opt-outs, personal data", page_of, record, config)
            except DataError:
                continue
            for name, chain in chains.items():
                verdict = clock.time(name, chain.check, page.text, url=record.target_uri)
            row = {"text": page.text, "text_sha256": sha256_text(page.text), "language": verdict.language}
            clock.time("write", writer.write, row)
        clock.time("write", writer.upload, _Nowhere(), "x")
    return {"pages": pages, "floor": _floor(file), **clock.seconds}


class _Nowhere:
    """An object store that keeps nothing: the file is written and closed all the same."""

    def put_file(self, key: str, path: str, *, content_type: str = "") -> None:
        """Forget the file."""


def _records(file: Path, clock: Clock) -> Iterator[SourceRecord]:
    records = iter(read(file, max_record_bytes=16_000_000))
    while record := clock.time("read", next, records, None):
        if isinstance(record, SourceRecord):
            yield record


def _floor(file: Path) -> float:
    started = time.process_time()
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            HTMLTree.parse(bytes_to_str(record.reader.read(), "utf-8"))
    return time.process_time() - started


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
