"""Stage: one WARC file to documents. Reads every response, keeps those that are HTML pages with a main text."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError, FatalError
from tasks.core.ids import canonical_json, content_id, digest_of, sha256_text
from tasks.core.records import DOCUMENT, SOURCE_RECORD
from tasks.core.refs import ShardRef, SourceRef
from tasks.core.runtime import ObjectStore, Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.extract.html import Page
from tasks.extract.page import page_of
from tasks.extract.segments import Segment, segments
from tasks.extract.warc import RejectedRecord, SourceRecord, read
from tasks.storage.stage import commit_stage

VERSION = 3
STAGE = Stage("extract", VERSION, reads=SOURCE_RECORD, writes=DOCUMENT)
COPY_BYTES = 1 << 20


def run(source: SourceRef, config: ExtractConfig, rt: Runtime) -> ShardRef:
    """Extract the documents of one file of the corpus; every page, or every segment of it, ends as one or as a reject.

    Records of other types (requests, warcinfo, ...) are no pages: the fact `skipped_records` counts them.
    """
    with _download(rt.source_store(source.root), source) as file:
        skipped: Counter[str] = Counter()

        def outcomes() -> Iterator[Outcome]:
            skipped.clear()
            return _outcomes(file.path, source, config, skipped)

        return commit_stage(
            STAGE,
            input_sha256=digest_of([source.kind, source.uri, file.sha256]),
            inputs=[{"source": source.uri, "sha256": file.sha256}],
            config=config,
            rt=rt,
            outcomes=outcomes,
            facts=lambda: {"skipped_records": dict(sorted(skipped.items()))},
        )


@dataclass(frozen=True)
class _LocalFile:
    path: Path
    sha256: str


@contextmanager
def _download(store: ObjectStore, source: SourceRef) -> Iterator[_LocalFile]:
    """Copy a file of the corpus to a temporary one while its digest is taken."""
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="backforth-") as folder:
        path = Path(folder, "source")
        try:
            with store.open(source.uri) as remote, path.open("wb") as local:
                while chunk := remote.read(COPY_BYTES):
                    digest.update(chunk)
                    local.write(chunk)
        except KeyError:
            raise FatalError(
                f"{source.root}: {source.uri} was listed and is gone; put it back, or run the partition again"
            ) from None
        yield _LocalFile(path, digest.hexdigest())


def _outcomes(path: Path, source: SourceRef, config: ExtractConfig, skipped: Counter[str]) -> Iterator[Outcome]:
    config_id = content_id("config", "extract", config.body())
    for record in read(path, max_record_bytes=config.max_record_bytes, skipped=skipped):
        row = _source_row(source, record)
        if isinstance(record, RejectedRecord):
            yield Rejected(row, record.reason, record.detail)
            continue
        try:
            found = _segments(record, config)
        except DataError as error:
            yield Rejected(row, error.reason, error.detail)
            continue
        for segment in found:
            if segment.fault is None:
                yield row | _document_row(row["source_record_id"], segment.page, config_id)
            else:
                yield Rejected(row, segment.fault.reason, segment.fault.detail)


def _segments(record: SourceRecord, config: ExtractConfig) -> list[Segment]:
    """Return what a record becomes: one document, or one for each heading of its page."""
    page = page_of(record, config)
    return [Segment(page)] if config.unit == "document" else list(segments(page, config))


def _source_row(source: SourceRef, record: SourceRecord | RejectedRecord) -> Row:
    locator: dict[str, Any] = {"length": record.length, "offset": record.offset}
    return {
        "source_record_id": content_id("source_record", source.kind, source.uri, locator, record.record_sha256),
        "source_kind": source.kind,
        "source_uri": source.uri,
        "locator": canonical_json(locator),
        "record_sha256": record.record_sha256,
        "claimed_digest": record.claimed_digest,
        "record_name": record.record_name,
        "target_uri": record.target_uri,
        "record_at": record.record_at,
    }


def _document_row(source_record_id: str, page: Page, config_id: str) -> Row:
    """Return the columns that extraction adds; the language is found by the filters, which need its probability."""
    text_sha256 = sha256_text(page.text)
    return {
        "document_id": content_id("document", source_record_id, config_id, text_sha256),
        "extract_config_id": config_id,
        "extractor": page.extractor,
        "text": page.text,
        "text_sha256": text_sha256,
        "title": page.title,
        "language": None,
        "charset": page.charset,
    }
