"""Duplicates within one partition, by rank."""

import random

import pytest

from tasks.core.config import DedupConfig
from tasks.core.runtime import Runtime
from tasks.dedup.run import run
from tests.dedup.made_documents import Page, chain, changed, firsts, kept, pages, prose, rejects, runtime, shard_of

CONFIG = DedupConfig()
LONG = prose(1)


@pytest.fixture
def rt() -> Runtime:
    return runtime()


def test_the_document_of_lower_rank_stays(rt: Runtime) -> None:
    """Within a shard and across shards the first one is kept, and the others name it."""
    a, b = pages(["one", "two", "one"], "a"), pages(["two", "three"], "b")
    first, second = run([shard_of(rt, a), shard_of(rt, b)], CONFIG, rt)
    assert (kept(rt, first), kept(rt, second)) == (["one", "two"], ["three"])
    assert rejects(rt, first) == [("one", "duplicate_text", f"repeats document {a[0].document_id}")]
    assert rejects(rt, second) == [("two", "duplicate_text", f"repeats document {a[1].document_id}")]


def test_rank_is_source_and_offset_and_not_the_order_of_shards(rt: Runtime) -> None:
    """Whichever shard is listed first: the lower source stays, and within it the lower offset."""
    low, high = [Page("same", "a", 7)], [Page("same", "b", 3)]
    for order in ([low, high], [high, low]):
        found = run([shard_of(rt, part) for part in order], CONFIG, rt)
        assert {tuple(kept(rt, ref)) for ref, part in zip(found, order, strict=True) if part is low} == {("same",)}
        assert sum(ref.row_count for ref in found) == 1
    pieces = [[Page("same", "a", 50)], [Page("same", "a", 7)]]
    assert [ref.row_count for ref in run([shard_of(rt, part) for part in pieces], CONFIG, rt)] == [0, 1]


def test_offsets_are_numbers(rt: Runtime) -> None:
    """9 comes before 10."""
    pieces = [[Page("same", "a", 10)], [Page("same", "a", 9)]]
    assert [ref.row_count for ref in run([shard_of(rt, part) for part in pieces], CONFIG, rt)] == [0, 1]


def test_the_same_shard_twice_keeps_one_copy(rt: Runtime) -> None:
    """Rank is a place, not an id: a shard listed twice repeats itself."""
    shard = shard_of(rt, pages(["one", "two"]))
    assert [ref.row_count for ref in run([shard, shard], CONFIG, rt)] == [2, 0]


def test_a_near_duplicate_is_dropped_and_a_text_with_much_of_its_own_is_not(rt: Runtime) -> None:
    """Two of 200 words changed leave 95 % of the 5-grams; forty changed leave none."""
    near, far = changed(LONG, 2, 5), changed(LONG, 40, 6)
    documents = pages([" ".join(LONG), " ".join(near), " ".join(far)])
    (ref,) = run([shard_of(rt, documents)], CONFIG, rt)
    assert kept(rt, ref) == [documents[0].text, documents[2].text]
    assert rejects(rt, ref) == [
        (documents[1].text, "near_duplicate", f"repeats document {documents[0].document_id}"),
    ]


def test_a_chain_is_judged_by_documents_that_were_dropped_too(rt: Runtime) -> None:
    """A near B, B near C, A not near C: B and C go, since B is near C, dropped or not."""
    texts = chain(1)
    (ref,) = run([shard_of(rt, pages(texts))], CONFIG, rt)
    assert kept(rt, ref) == texts[:1]
    (ref,) = run([shard_of(rt, pages([texts[0], texts[2]]))], CONFIG, rt)
    assert ref.row_count == 2


def test_one_address_is_one_page(rt: Runtime) -> None:
    """Fetched again with another text it is a duplicate; the specification may say otherwise."""
    documents = [
        Page("Some text.", "a", 0, "http://Example.org:80/page?utm_source=x#top"),
        Page("Another text.", "a", 1, "https://example.org/page"),
        Page("A third.", "a", 2, "https://example.org/page?id=2"),
    ]
    shard = shard_of(rt, documents)
    (ref,) = run([shard], CONFIG, rt)
    assert kept(rt, ref) == ["Some text.", "A third."]
    assert [reason for _, reason, _ in rejects(rt, ref)] == ["duplicate_url"]
    (ref,) = run([shard], DedupConfig(url=False), rt)
    assert ref.row_count == 3


def test_the_segments_of_one_page_do_not_repeat_its_address(rt: Runtime) -> None:
    """They are documents of one record. Of the page fetched again each segment repeats its own."""
    url = "https://example.org/long"
    first = [Page(f"Part {number} of a page.", "a", 0, url, record="r1") for number in range(2)]
    again = [Page(f"Part {number}, written anew.", "a", 9, url, record="r2") for number in range(3)]
    (ref,) = run([shard_of(rt, [*first, *again])], CONFIG, rt)
    assert kept(rt, ref) == ["Part 0 of a page.", "Part 1 of a page.", "Part 2, written anew."]


def test_text_comes_before_address_comes_before_nearness(rt: Runtime) -> None:
    """A document that is a duplicate in several ways has the most telling reason."""
    text, near = " ".join(LONG), " ".join(changed(LONG, 2, 5))
    url = "https://example.org/"
    documents = [Page(text, "a", 0, url), Page(text, "a", 1, url), Page(near, "a", 2, url), Page(near + " x", "a", 3)]
    (ref,) = run([shard_of(rt, documents)], CONFIG, rt)
    assert [reason for _, reason, _ in rejects(rt, ref)] == ["duplicate_text", "duplicate_url", "near_duplicate"]


def test_near_duplicates_stay_where_they_are_not_wanted_away(rt: Runtime) -> None:
    """`near: false` leaves equal texts and addresses."""
    texts = [" ".join(LONG), " ".join(changed(LONG, 2, 5)), " ".join(LONG)]
    (ref,) = run([shard_of(rt, pages(texts))], DedupConfig(near=False), rt)
    assert kept(rt, ref) == texts[:2]


def test_the_result_does_not_depend_on_how_the_sources_were_cut(rt: Runtime) -> None:
    """The same documents in shards of any make and order: the same ones stay."""
    source = random.Random(3)
    base = [prose(seed, 60) for seed in range(4)]
    documents = [
        Page(" ".join(changed(source.choice(base), source.randint(1, 3), seed)), f"{seed % 3}.warc", 10 * seed)
        for seed in range(40)
    ]
    stay = firsts({"x": documents})["x"]
    assert 4 <= len(stay) < 40
    by_source = [[page for page in documents if page.source == f"{number}.warc"] for number in range(3)]
    for cut in (1, 3, 5):
        pieces = [part[start : start + cut] for part in by_source for start in range(0, len(part), cut)]
        source.shuffle(pieces)
        shards = [[page for piece in pieces[start : start + 2] for page in piece] for start in range(0, len(pieces), 2)]
        found = run([shard_of(rt, shard) for shard in shards], CONFIG, rt)
        assert {text for ref in found for text in kept(rt, ref)} == {
            page.text for page in documents if page.document_id in stay
        }


def test_finished_work_is_found_and_not_read_again(rt: Runtime) -> None:
    """A second run returns the same refs and opens no shard of documents."""
    shards = [shard_of(rt, pages(["one"], "a")), shard_of(rt, pages(["two"], "b"))]
    first = run(shards, CONFIG, rt)
    rt.objects.gets.clear()
    assert run(shards, CONFIG, rt) == first
    assert not [key for key in rt.objects.gets if key.endswith(".parquet")]


def test_work_killed_half_way_is_finished_with_the_same_result(rt: Runtime) -> None:
    """When only the first shard was committed, the second still knows what it repeats."""
    shards = [shard_of(rt, pages(["one"], "a")), shard_of(rt, pages(["one", "two"], "b"))]
    whole = run(shards, CONFIG, rt)
    rt.objects.delete(whole[1].key)
    assert run(shards, CONFIG, rt) == whole


def test_a_neighbour_that_changes_no_verdict_changes_no_key(rt: Runtime) -> None:
    """So a file that is added to a partition costs the model half nothing for the others."""
    a, b, c = (shard_of(rt, pages([text], name)) for text, name in (("one", "a"), ("two", "b"), ("one", "c")))
    assert run([a, b], CONFIG, rt)[0].key == run([a], CONFIG, rt)[0].key
    assert run([a, c], CONFIG, rt)[1].key != run([c], CONFIG, rt)[0].key


def test_no_shards_and_empty_shards_give_as_many(rt: Runtime) -> None:
    """An empty partition has nothing to compare."""
    assert run([], CONFIG, rt) == []
    assert [ref.row_count for ref in run([shard_of(rt, [])], CONFIG, rt)] == [0]
