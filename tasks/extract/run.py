"""Stage: files of a web corpus to documents. Reads every record, keeps those that have a main text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from json import loads

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.core.ids import canonical_json, content_id, digest_of, sha256_text
from tasks.core.records import DOCUMENT, SOURCE_RECORD
from tasks.core.refs import ShardRef, SourceRef, SourceShard
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.extract.download import LocalFile, local_file
from tasks.extract.html import Page
from tasks.extract.kept import keep_records
from tasks.extract.opt_out_lists import OptOutLists, load_lists
from tasks.extract.page import page_of
from tasks.extract.readers import read_source
from tasks.extract.records import RejectedRecord, SourceRecord
from tasks.extract.segments import Segment, segments
from tasks.storage.lists import pin
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_shard
from tasks.storage.stage import commit_stage

VERSION = 4
STAGE = Stage("extract", VERSION, reads=SOURCE_RECORD, writes=DOCUMENT)


def run(shard: SourceShard, config: ExtractConfig, rt: Runtime) -> ShardRef:
    """Extract the documents of some files of the corpus, or of a piece of one; every page, or every segment of it,
    ends as one or as a reject.

    Records of other types (requests, warcinfo, ...) are no pages: the fact `skipped_records` counts them.
    The fact `text_changes` counts what was done to the texts (see edits/).
    """
    config = pin(config, rt)
    lists = load_lists(config.opt_out, rt.objects)
    with ExitStack() as stack:
        files = [
            stack.enter_context(
                local_file(rt.source_store(piece.root), piece, max_record_bytes=config.max_record_bytes)
            )
            for piece in shard.pieces
        ]
        skipped: Counter[str] = Counter()
        changes: Counter[str] = Counter()

        def outcomes() -> Iterator[Outcome]:
            skipped.clear()
            changes.clear()
            for file in files:
                yield from _outcomes(file, config, lists, skipped, changes)

        inputs = [_input(file) for file in files]
        ref = commit_stage(
            STAGE,
            input_sha256=digest_of(inputs),
            inputs=inputs,
            config=config,
            rt=rt,
            outcomes=outcomes,
            facts=lambda: {
                "skipped_records": dict(sorted(skipped.items())),
                "text_changes": dict(sorted(changes.items())),
            },
        )
        if shard.keep_source:
            _keep_source(files, ref, rt)
        return ref


def _input(file: LocalFile) -> Row:
    source = file.source
    place = {} if source.is_whole else {"start": source.start, "end": source.end}
    return {"kind": source.kind, "source": source.uri, "sha256": file.sha256, **place}


def _outcomes(
    file: LocalFile, config: ExtractConfig, lists: OptOutLists, skipped: Counter[str], changes: Counter[str]
) -> Iterator[Outcome]:
    config_id = content_id("config", "extract", config.body())
    limit = config.max_record_bytes
    for record in read_source(file.path, file.source, config.fields, max_record_bytes=limit, skipped=skipped):
        row = _source_row(file.source, record)
        if isinstance(record, RejectedRecord):
            yield Rejected(row, record.reason, record.detail)
            continue
        try:
            page = page_of(record, config, lists=lists, facts=changes)
            found = [Segment(page)] if config.unit == "document" else list(segments(page, config))
        except DataError as error:
            yield Rejected(row, error.reason, error.detail)
            continue
        for segment in found:
            if segment.fault is None:
                yield row | _document_row(row["source_record_id"], segment.page, config_id)
            else:
                yield Rejected(row, segment.fault.reason, segment.fault.detail)


def _source_row(source: SourceRef, record: SourceRecord | RejectedRecord) -> Row:
    return {
        "source_record_id": content_id("source_record", source.kind, source.uri, record.locator, record.record_sha256),
        "source_kind": source.kind,
        "source_uri": source.uri,
        "locator": canonical_json(record.locator),
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
        "date": page.date,
        "language": None,
        "charset": page.charset,
    }


def _keep_source(files: Sequence[LocalFile], ref: ShardRef, rt: Runtime) -> None:
    """Copy the records behind the documents of a shard, whether it was made now or found."""
    local = {file.source.uri: file for file in files}  # two pieces of one file are never in one shard: see plan.py
    rows = read_shard(rt.objects, open_shard(rt.objects, ref).kept, ["source_uri", "record_sha256", "locator"])
    for uri, of_file in groupby(rows, key=lambda row: str(row["source_uri"])):
        records = ((row["record_sha256"], loads(row["locator"])) for row in of_file)
        file = local[uri]
        rt.add_metrics({"kept_source_records": keep_records(rt.objects, file.path, file.source.kind, uri, records)})
