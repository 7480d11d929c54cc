"""Opt-outs, personal data and edits in the stage: reasons, facts, digests, and a text that can be made again."""

import pytest

from tasks.core.errors import ConfigError
from tasks.core.extract_config import ExtractConfig
from tasks.core.ids import sha256_bytes
from tasks.core.refs import SourceRef, SourceShard
from tasks.core.runtime import RunContext, Runtime
from tasks.extract.rederive import rederive
from tasks.extract.run import run
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.extract.warc_bytes import http, member
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

URI = "a.warc.gz"
NOAI = b'<head><meta name="robots" content="noai"></head><p>Ours alone.</p>'
PARTS = [
    member(http(b"<title>Jane</title><p>Write to jane@orchard.org or joe@orchard.org.</p>"), uri="https://a.org/1"),
    member(http(b"<p>The tree is old.</p>"), uri="https://www.listed.org/2"),
    member(http(b"<p>The tree is tall.</p>"), uri="https://b.org/private/3"),
    member(http(NOAI), uri="https://b.org/4"),
    member(http(headers="Content-Type: text/html\r\ntdm-reservation: 1\r\n"), uri="https://b.org/5"),
    member(http(b"<p>Menu</p><p>The tree is green and old.</p>"), uri="https://b.org/6"),
    member(http(b"<p>Menu</p>"), uri="https://b.org/7"),
]
DOMAINS = b"# asked us\nlisted.org\n"
SHARD = SourceShard(pieces=(SourceRef(kind="warc", root="s3://corpus", uri=URI, byte_count=0),))
CONFIG = ExtractConfig.model_validate(
    {
        "title": "apart",
        "opt_out": {"domains": [{"uri": "s3://corpus/domains.txt"}], "urls": [{"uri": "s3://corpus/urls.txt"}]},
        "edits": [{"edit": "line_length", "min_length": 2}],
    }
)


def runtime(domains: bytes = DOMAINS, objects: MemoryObjects | None = None) -> Runtime:
    corpus = MemoryObjects({URI: b"".join(PARTS), "domains.txt": domains, "urls.txt": b"https://b.org/private/*\n"})
    context = RunContext(run_id="r1", job="web_corpus.extract", dataset="demo", partition_key="2026-01")
    return Runtime(
        objects=objects or MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=lambda root: corpus
    )


def test_what_policies_do_is_counted() -> None:
    """Each opt-out is a reason, and placeholders and edits are facts of the manifest."""
    rt = runtime()
    manifest = open_shard(rt.objects, run(SHARD, CONFIG, rt))
    assert manifest.reasons == {
        "edited_away": 1,
        "opted_out_domain": 1,
        "opted_out_noai": 1,
        "opted_out_tdm_reservation": 1,
        "opted_out_url": 1,
    }
    assert manifest.facts["text_changes"] == {"edited:line_length": 1, "personal_data:email": 2}
    texts = [row["text"] for row in read_rows(rt.objects, manifest.kept.key)]
    assert texts == ["Write to [email address] or [email address].", "The tree is green and old."]


def test_the_lists_are_part_of_what_lineage_records() -> None:
    """The digest of a list is in the recorded configuration and in the key; the list itself lies beside the data."""
    rt = runtime()
    first = run(SHARD, CONFIG, rt)
    recorded = open_shard(rt.objects, first).config
    assert recorded["opt_out"]["domains"] == [{"content_sha256": sha256_bytes(DOMAINS)}]
    assert rt.objects.get(f"lists/{sha256_bytes(DOMAINS)}") == DOMAINS
    other = run(SHARD, CONFIG, runtime(DOMAINS + b"b.org\n", rt.objects))  # type: ignore[arg-type]
    assert other.key != first.key
    assert run(SHARD, CONFIG, runtime(DOMAINS, rt.objects)) == first  # type: ignore[arg-type]


def test_a_recorded_configuration_makes_the_same_text_again() -> None:
    """Verification has the configuration without the places of its lists, and the bytes of one record."""
    rt = runtime()
    manifest = open_shard(rt.objects, run(SHARD, CONFIG, rt))
    recorded = ExtractConfig.model_validate(manifest.config)
    for row, raw in zip(read_rows(rt.objects, manifest.kept.key), (PARTS[0], PARTS[5]), strict=True):
        assert rederive(raw, recorded, row["text_sha256"]).text == row["text"]
    assert run(SHARD, recorded, rt).key == manifest.kept.key.replace("kept.parquet", "manifest.json")


def test_a_list_that_is_not_there_stops_the_stage_before_any_work() -> None:
    """A run without the list would take what somebody asked to leave out."""
    config = ExtractConfig.model_validate({"opt_out": {"domains": [{"uri": "s3://corpus/missing.txt"}]}})
    rt = runtime()
    with pytest.raises(ConfigError, match=r"opt_out\.domains\[0\]: s3://corpus/missing\.txt"):
        run(SHARD, config, rt)
    assert list(rt.objects.list("")) == []
