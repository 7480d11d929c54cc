"""Exact duplicates by rank."""

import uuid

import pytest

from tasks.core.config import DedupConfig
from tasks.core.records import DOCUMENT
from tasks.core.refs import ShardRef
from tasks.core.runtime import RunContext, Runtime
from tasks.core.stage import Stage
from tasks.dedup.run import run, text_key
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tasks.storage.stage import commit_stage
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

CONFIG = DedupConfig()


@pytest.fixture
def rt() -> Runtime:
    context = RunContext(run_id="r1", job="web_corpus.dedup", dataset="demo", partition_key="2026-01")
    return Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context)


def document_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def shard_of(rt: Runtime, name: str, texts: list[str]) -> ShardRef:
    rows = [{"document_id": document_id(f"{name}{number}"), "text": text} for number, text in enumerate(texts)]
    stage = Stage("filter", 1, reads=DOCUMENT, writes=DOCUMENT)
    return commit_stage(stage, input_sha256=name, inputs=[], config=CONFIG, rt=rt, outcomes=lambda: rows)


def kept(rt: Runtime, ref: ShardRef) -> list[str]:
    return [row["text"] for row in read_rows(rt.objects, open_shard(rt.objects, ref).kept.key)]


def rejects(rt: Runtime, ref: ShardRef) -> list[tuple[str, str, str]]:
    rows = read_rows(rt.objects, open_shard(rt.objects, ref).rejected.key)
    return [(row["text"], row["reason"], row["detail"]) for row in rows]


def test_the_document_of_lower_rank_stays(rt: Runtime) -> None:
    """Within a shard and across shards the first one is kept, and the others name it."""
    shards = [shard_of(rt, "a", ["one", "two", "one"]), shard_of(rt, "b", ["two", "three"])]
    first, second = run(shards, CONFIG, rt)
    assert (kept(rt, first), kept(rt, second)) == (["one", "two"], ["three"])
    assert rejects(rt, first) == [("one", "duplicate_text", f"repeats document {document_id('a0')}")]
    assert rejects(rt, second) == [("two", "duplicate_text", f"repeats document {document_id('a1')}")]


def test_rank_is_the_order_given(rt: Runtime) -> None:
    """With the shards the other way round the other copy stays."""
    one, two = shard_of(rt, "a", ["same"]), shard_of(rt, "b", ["same"])
    assert [ref.row_count for ref in run([one, two], CONFIG, rt)] == [1, 0]
    assert [ref.row_count for ref in run([two, one], CONFIG, rt)] == [1, 0]
    assert kept(rt, run([two, one], CONFIG, rt)[0]) == ["same"]


def test_the_same_shard_twice_keeps_one_copy(rt: Runtime) -> None:
    """Rank is a place, not an id: a shard listed twice repeats itself."""
    shard = shard_of(rt, "a", ["one", "two"])
    assert [ref.row_count for ref in run([shard, shard], CONFIG, rt)] == [2, 0]


def test_finished_work_is_found_and_not_read_again(rt: Runtime) -> None:
    """A second run returns the same refs and opens no Parquet file."""
    shards = [shard_of(rt, "a", ["one"]), shard_of(rt, "b", ["two"])]
    first = run(shards, CONFIG, rt)
    rt.objects.gets.clear()
    assert run(shards, CONFIG, rt) == first
    assert not [key for key in rt.objects.gets if key.endswith(".parquet")]


def test_work_killed_half_way_is_finished_with_the_same_result(rt: Runtime) -> None:
    """When only the first shard was committed, the second still knows what it repeats."""
    shards = [shard_of(rt, "a", ["one"]), shard_of(rt, "b", ["one", "two"])]
    whole = run(shards, CONFIG, rt)
    rt.objects.delete(whole[1].key)
    assert run(shards, CONFIG, rt) == whole


def test_a_change_anywhere_gives_new_keys(rt: Runtime) -> None:
    """What a shard loses depends on its neighbours, so its key does too."""
    a, b, c = shard_of(rt, "a", ["one"]), shard_of(rt, "b", ["two"]), shard_of(rt, "c", ["two"])
    assert run([a, b], CONFIG, rt)[0].key != run([a, c], CONFIG, rt)[0].key


def test_no_shards_give_none(rt: Runtime) -> None:
    """An empty partition has nothing to compare."""
    assert run([], CONFIG, rt) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Some  text\n here", "some text here", True),
        ("ﬁne", "FINE", True),
        ("Straße", "STRASSE", True),
        ("a b", "ab", False),
        ("Stop.", "Stop", False),
        ("café", "cafe", False),
    ],
)
def test_what_counts_as_the_same_text(one: str, other: str, same: bool) -> None:
    """Case, white space and compatibility forms do not make a difference; punctuation and accents do."""
    assert (text_key(one) == text_key(other)) is same
