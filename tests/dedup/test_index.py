"""The index of a partition, and the comparison of two: the same whatever fits into memory at once."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.core.config import Config, DedupConfig
from tasks.core.errors import FatalError
from tasks.core.runtime import Runtime
from tasks.dedup import arrays, sign, verdicts
from tasks.dedup.arrays import ArrayWriter, open_array
from tasks.dedup.index import ID, KEY, MATCH, RANK, index_of
from tasks.dedup.keys import NO_KEY, Signer, kinds_of
from tasks.dedup.match import match
from tasks.dedup.run import run
from tasks.storage.manifest import open_shard, store_shard_manifest
from tasks.storage.objects import FolderObjects
from tests.dedup.made_documents import Page, changed, firsts, kept, prose, runtime, shard_of


@pytest.fixture
def rt() -> Runtime:
    return runtime()


@pytest.fixture(params=[1 << 21, 5], ids=["in one block", "in many blocks"])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many records are in memory at once."""
    monkeypatch.setattr(arrays, "BLOCK", request.param)
    monkeypatch.setattr(arrays, "_TAKEN", min(3, request.param))
    return int(request.param)


def documents(name: str, seed: int, count: int = 30) -> list[Page]:
    """Texts of which many are near another one."""
    source = random.Random(seed)
    base = [prose(number, 60) for number in range(8)]
    return [
        Page(" ".join(changed(source.choice(base), source.randint(1, 4), 100 * seed + number)), name, 10 * number)
        for number in range(count)
    ]


def signed(rt: Runtime, pages: list[Page], shards: int = 2) -> list[Any]:
    return [sign.run(shard_of(rt, pages[start::shards]), Config(), rt) for start in range(shards)]


def read(rt: Runtime, file: Any, dtype: Any) -> Any:
    with open_array(rt.objects, file, dtype) as records:
        return records.block(0, len(records))


def keys_by_rank(pages: list[Page]) -> list[list[int]]:
    signer = Signer()
    return [[key for key in signer.keys(page.text, page.url).tolist() if key != NO_KEY] for page in pages]


def test_the_index_is_every_key_with_its_lowest_rank(rt: Runtime, block: int) -> None:
    """Sorted, each once; the rest are the duplicates within, with what they repeat; ids are in the order of ranks."""
    pages = documents("a", 1)
    index = index_of(signed(rt, pages), rt)
    lowest: dict[int, int] = {}
    within = []
    for rank, keys in enumerate(keys_by_rank(pages)):
        for key in keys:
            if lowest.setdefault(key, rank) != rank:
                within.append((rank, lowest[key], int(kinds_of(np.array([key], dtype=np.uint64))[0])))
    assert dict(zip(read(rt, index.keys, KEY).tolist(), read(rt, index.ranks, RANK).tolist(), strict=True)) == lowest
    assert read(rt, index.keys, KEY).tolist() == sorted(lowest)
    assert within and sorted(read(rt, index.within, MATCH).tolist()) == sorted(within)
    ids = [verdicts.id_text(one) for one in read(rt, index.ids, ID)]
    assert ids == [page.document_id for page in pages]


def test_two_indexes_share_what_their_documents_share(rt: Runtime, block: int) -> None:
    """Every key that both have, with the lowest ranks that have it."""
    earlier, later = documents("a", 1), documents("b", 2)
    one, other = (index_of(signed(rt, pages), rt) for pages in (earlier, later))
    theirs, ours = keys_by_rank(earlier), keys_by_rank(later)
    expected = []
    for key in {key for keys in theirs for key in keys} & {key for keys in ours for key in keys}:
        first = [next(rank for rank, keys in enumerate(part) if key in keys) for part in (ours, theirs)]
        expected.append((*first, int(kinds_of(np.array([key], dtype=np.uint64))[0])))
    assert expected
    assert sorted(read(rt, match(one, other, rt).records, MATCH).tolist()) == sorted(expected)


def test_verdicts_are_those_of_the_rule(rt: Runtime, block: int) -> None:
    """Through all files and buckets."""
    pages = documents("a", 3) + documents("b", 4)
    found = run([shard_of(rt, pages[start::4]) for start in range(4)], DedupConfig(), rt)
    assert {text for ref in found for text in kept(rt, ref)} == {
        page.text for page in pages if page.document_id in firsts({"x": pages})["x"]
    }


def test_an_index_does_not_depend_on_the_order_of_its_shards_and_is_made_once(rt: Runtime) -> None:
    """It is named by what it is made of."""
    signatures = signed(rt, documents("a", 1), shards=3)
    index = index_of(signatures, rt)
    rt.objects.puts.clear()
    assert index_of(signatures[::-1], rt) == index
    assert match(index, index, rt) == match(index, index, rt)
    assert [key for key in rt.objects.puts if "signature_index" in key] == []
    assert len([key for key in rt.objects.puts if key.endswith("manifest.json")]) == 1


def test_empty_partitions_have_an_index(rt: Runtime) -> None:
    """And share nothing with anybody, in either direction."""
    empty, full = index_of([], rt), index_of(signed(rt, documents("a", 1)), rt)
    for one, other in ((empty, full), (full, empty), (empty, empty)):
        assert match(one, other, rt).records.row_count == 0


def test_signatures_of_another_version_are_made_again(rt: Runtime) -> None:
    """Their keys would match nothing, silently: so they are signed anew, from the documents they were made of."""
    pages = documents("a", 1)
    now = signed(rt, pages, shards=1)
    manifest = open_shard(rt.objects, now[0])
    wrong = shard_of(rt, [])
    other = manifest.model_copy(update={"stage_version": 0, "kept": open_shard(rt.objects, wrong).kept, "facts": {}})
    old = store_shard_manifest(rt.objects, "stages/sign/old/manifest.json", other)
    assert read(rt, index_of([old], rt).keys, KEY).tolist() == read(rt, index_of(now, rt).keys, KEY).tolist()


def test_what_was_changed_after_its_commit_is_refused(rt: Runtime) -> None:
    """Arrays, signatures and verdicts are compared with their digests."""
    signatures = signed(rt, documents("a", 1))
    index = index_of(signatures, rt)
    rt.objects.content[index.keys.key] += b"12345678"
    with pytest.raises(FatalError, match="changed after its commit"):
        match(index, index, rt)
    other = signed(rt, documents("b", 2), shards=1)
    rt.objects.content[open_shard(rt.objects, other[0]).kept.key] += b"x"
    with pytest.raises(FatalError, match="changed after its commit"):
        index_of(other, rt)


def test_records_are_read_from_files(tmp_path: Path) -> None:
    """As from a store in memory: parts of them, one at a place, and the place of one."""
    for objects in (FolderObjects(tmp_path), runtime().objects):
        with ArrayWriter(KEY) as writer:
            writer.write(np.arange(0, 50, 10))
            writer.write(np.arange(50, 60, 3))
            file = writer.upload(objects, "x/keys.bin")
        with open_array(objects, file, KEY) as records:
            assert len(records) == file.row_count == 9
            assert records.block(3, 6).tolist() == [30, 40, 50]
            assert [block.tolist() for block in records.blocks()] == [[0, 10, 20, 30, 40, 50, 53, 56, 59]]
            assert [records.place_of(np.uint64(value)) for value in (0, 1, 40, 99)] == [0, 1, 4, 9]
            assert records.take(np.array([8, 0, 8, 3])).tolist() == [59, 0, 59, 30]
        with ArrayWriter(KEY) as writer:
            nothing = writer.upload(objects, "x/empty.bin")
        with open_array(objects, nothing, KEY) as records:
            assert records.block(0, 9).tolist() == records.take(np.empty(0, dtype=int)).tolist() == []
            assert records.place_of(np.uint64(7)) == 0
