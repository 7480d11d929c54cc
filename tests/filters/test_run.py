"""The filter stage as a whole."""

import dataclasses
from pathlib import Path

import pytest

from tasks.core.config import FilterConfig
from tasks.core.errors import ConfigError
from tasks.core.ids import sha256_bytes
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import RunContext, Runtime
from tasks.core.stage import Stage
from tasks.filters.run import run
from tasks.storage.manifest import open_shard
from tasks.storage.objects import FolderObjects
from tasks.storage.shards import read_rows
from tasks.storage.stage import commit_stage
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects
from tests.filters.texts import GERMAN, GOOD, TECHNICAL, with_sentence

CONFIG = FilterConfig.model_validate({})


@pytest.fixture
def rt() -> Runtime:
    context = RunContext(run_id="r1", job="web_corpus.filter", dataset="demo", partition_key="2026-01")
    return Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context)


def shard_of(rt: Runtime, texts: list[str]) -> ShardRef:
    rows = [{"document_id": f"d{number}", "text": text, "target_uri": None} for number, text in enumerate(texts)]
    stage = Stage("extract", 1, reads=DOCUMENT, writes=DOCUMENT)
    return commit_stage(stage, input_sha256="in", inputs=[], config=CONFIG, rt=rt, outcomes=lambda: rows)


def test_documents_are_kept_or_rejected_with_the_language_filled_in(rt: Runtime) -> None:
    """Every document ends on one side, with what the rules found out about it."""
    ref = run(shard_of(rt, [GOOD, GERMAN, "Short.", TECHNICAL]), CONFIG, rt)
    manifest = open_shard(rt.objects, ref)
    kept = list(read_rows(rt.objects, manifest.kept.key))
    dropped = list(read_rows(rt.objects, manifest.rejected.key))
    assert [(row["document_id"], row["language"]) for row in kept] == [("d0", "en"), ("d3", "en")]
    assert [(row["document_id"], row["reason"]) for row in dropped] == [("d1", "wrong_language"), ("d2", "too_short")]
    assert dropped[0]["language"] == "de"
    assert manifest.reasons == {"too_short": 1, "wrong_language": 1}
    assert manifest.stage == "filters"


def test_the_same_shard_is_filtered_once(rt: Runtime) -> None:
    """A second run finds the commit and writes nothing."""
    shard = shard_of(rt, [GOOD])
    first = run(shard, CONFIG, rt)
    puts = len(rt.objects.puts)
    assert run(shard, CONFIG, rt) == first
    assert len(rt.objects.puts) == puts


def test_a_plugin_that_is_not_there_stops_before_any_work(rt: Runtime) -> None:
    """A wrong specification is found without reading a document."""
    config = FilterConfig.model_validate({"rules": [{"plugin": {"name": "nonsense", "version": "1"}}]})
    shard = shard_of(rt, [GOOD])
    puts = len(rt.objects.puts)
    with pytest.raises(ConfigError, match="nonsense"):
        run(shard, config, rt)
    assert len(rt.objects.puts) == puts


def test_a_block_list_is_copied_and_its_digest_is_part_of_the_key(rt: Runtime, tmp_path: Path) -> None:
    """Another list is other work, the same one is none, and the copy outlives the file."""
    rt = dataclasses.replace(rt, source_store=lambda root: FolderObjects(Path(root)))
    path = tmp_path / "words.txt"
    path.write_text("orchard\n")
    config = FilterConfig.model_validate(
        {"rules": [{"blocked_words": {"file": {"uri": str(path)}, "code": "orchard_words"}}]}
    )
    shard = shard_of(rt, [GOOD, with_sentence("Our orchard is old.")])
    first = run(shard, config, rt)
    manifest = open_shard(rt.objects, first)
    assert manifest.reasons == {"orchard_words": 1}
    assert sha256_bytes(b"orchard\n") in str(manifest.config)
    path.write_text("tree\n")
    assert open_shard(rt.objects, run(shard, config, rt)).reasons == {"orchard_words": 2}
    path.write_text("orchard\n")
    assert run(shard, config, rt) == first


def test_pages_of_a_blocked_host_are_rejected(rt: Runtime) -> None:
    """The address of a document is its target_uri."""
    config = FilterConfig.model_validate({"rules": [{"blocked_domains": {"entries": ["swamp.example"]}}]})
    rows = [
        {"document_id": str(number), "text": GOOD, "target_uri": url}
        for number, url in enumerate(("https://a.swamp.example/", "https://moor.example/", None))
    ]
    stage = Stage("extract", 1, reads=DOCUMENT, writes=DOCUMENT)
    shard = commit_stage(stage, input_sha256="in", inputs=[], config=CONFIG, rt=rt, outcomes=lambda: rows)
    manifest = open_shard(rt.objects, run(shard, config, rt))
    assert manifest.reasons == {"blocked_domains": 1}
    assert manifest.kept.row_count == 2
