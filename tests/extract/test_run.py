"""The extraction stage as a whole."""

import json

import pyarrow.parquet as pq
import pytest

from tasks.core.config import ExtractConfig
from tasks.core.errors import FatalError
from tasks.core.ids import content_id, sha256_bytes, sha256_text
from tasks.core.records import DOCUMENT, SOURCE_RECORD, rejected
from tasks.core.refs import ShardRef, SourceRef, SourceShard
from tasks.core.runtime import RunContext, Runtime
from tasks.extract.run import run
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.extract.warc_bytes import http, member
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

CONFIG = ExtractConfig()
URI = "2026-01/a.warc.gz"
PARTS = [
    member(kind="warcinfo"),
    member(http(b"<title>One</title><p>The first page.</p>"), uri="https://pages.example/1"),
    member(http(status=404), uri="https://pages.example/2"),
    b"garbage between members",
    member(http(b"<script></script>"), uri="https://pages.example/3"),
    member(http(b"<p>The last page.\x00</p>"), uri="https://pages.example/4"),
    member(kind="request"),
    member(uri="https://pages.example/5")[:-25],
]


@pytest.fixture
def rt() -> Runtime:
    context = RunContext(run_id="r1", job="web_corpus.extract", dataset="demo", partition_key="2026-01")
    corpus = MemoryObjects({URI: b"".join(PARTS)})
    return Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=lambda root: corpus)


def source(uri: str = URI, root: str = "s3://corpus") -> SourceShard:
    return SourceShard(pieces=(SourceRef(kind="warc", root=root, uri=uri, byte_count=0),))


def rows(rt: Runtime, ref: ShardRef, part: str) -> list[dict[str, object]]:
    return list(read_rows(rt.objects, getattr(open_shard(rt.objects, ref), part).key))


def test_every_page_ends_as_a_document_or_a_reject(rt: Runtime) -> None:
    """The counts of the manifest add up, and records that are no pages are a fact."""
    ref = run(source(), CONFIG, rt)
    manifest = open_shard(rt.objects, ref)
    assert manifest.reasons == {"broken_record": 1, "empty_text": 1, "http_error_status": 1, "truncated_record": 1}
    assert (manifest.read_count, ref.row_count, ref.rejected_count) == (6, 2, 4)
    assert manifest.facts == {"skipped_records": {"request": 1, "warcinfo": 1}, "text_changes": {}}
    assert manifest.inputs == [{"kind": "warc", "source": URI, "sha256": sha256_bytes(b"".join(PARTS))}]


def test_a_document_points_to_the_bytes_it_came_from(rt: Runtime) -> None:
    """Offset and length name the member in the file, and every id is made from content."""
    first, last = rows(rt, run(source(), CONFIG, rt), "kept")
    where = json.loads(str(first["locator"]))
    raw = b"".join(PARTS)[where["offset"] : where["offset"] + where["length"]]
    assert raw == PARTS[1]
    assert first["record_sha256"] == sha256_bytes(raw)
    assert first["source_record_id"] == content_id("source_record", "warc", URI, where, sha256_bytes(raw))
    assert first["text_sha256"] == sha256_text("One\n\nThe first page.")
    assert first["document_id"] == content_id(
        "document", first["source_record_id"], content_id("config", "extract", CONFIG.body()), first["text_sha256"]
    )
    assert (first["title"], first["text"], first["target_uri"]) == (
        "One",
        "One\n\nThe first page.",
        "https://pages.example/1",
    )
    assert (last["text"], last["title"], last["language"]) == ("The last page.", None, None)


def test_shards_have_the_agreed_columns(rt: Runtime) -> None:
    """Documents and rejects have the columns that later stages and the card rely on."""
    manifest = open_shard(rt.objects, run(source(), CONFIG, rt))
    for key, schema in ((manifest.kept.key, DOCUMENT), (manifest.rejected.key, rejected(SOURCE_RECORD))):
        with rt.objects.open(key) as file:
            assert pq.read_schema(file).equals(schema)


def test_a_reject_says_where_and_why(rt: Runtime) -> None:
    """Garbage has no address but a place, a broken page has both."""
    found = {row["reason"]: row for row in rows(rt, run(source(), CONFIG, rt), "rejected")}
    assert found["broken_record"]["target_uri"] is None
    assert json.loads(found["broken_record"]["locator"]) == {
        "offset": sum(map(len, PARTS[:3])),
        "length": len(PARTS[3]),
    }
    assert found["truncated_record"]["target_uri"] == "https://pages.example/5"
    assert all(row["detail"] for row in found.values())


def test_the_same_file_elsewhere_gives_the_same_shard(rt: Runtime) -> None:
    """Ids and keys depend on the relative path and the bytes, not on the root."""
    first = run(source(), CONFIG, rt)
    puts = len(rt.objects.puts)
    assert run(source(root="/another/disk"), CONFIG, rt) == first
    assert len(rt.objects.puts) == puts


def test_another_configuration_gives_another_shard(rt: Runtime) -> None:
    """The configuration is part of the key; what cannot change the result is not."""
    first = run(source(), CONFIG, rt)
    assert run(source(), ExtractConfig(max_text_chars=2_000), rt).key != first.key
    assert run(source(), ExtractConfig(max_reject_rate=0.99), rt) == first


@pytest.mark.parametrize("content", [b"", b"no warc at all", b"\x1f\x8b\x08\x00"])
def test_a_file_that_is_no_warc_is_one_reject(rt: Runtime, content: bytes) -> None:
    """A broken file ends in a count, and the run goes on."""
    rt.source_store = lambda root: MemoryObjects({URI: content})
    ref = run(source(), CONFIG, rt)
    assert open_shard(rt.objects, ref).reasons == {"not_a_warc": 1}
    assert rows(rt, ref, "rejected")[0]["target_uri"] is None


def test_too_many_rejects_stop_the_run(rt: Runtime) -> None:
    """A bound on the reject rate is kept, and nothing is committed over it."""
    with pytest.raises(FatalError, match="max_reject_rate"):
        run(source(), ExtractConfig(max_reject_rate=0.5), rt)
    assert not [key for key in rt.objects.content if key.endswith("manifest.json")]


def test_a_file_that_is_gone_is_named(rt: Runtime) -> None:
    """A listed file that has vanished is an error that names it, not an empty shard."""
    with pytest.raises(FatalError, match="gone"):
        run(source(uri="2026-01/other.warc.gz"), CONFIG, rt)
