"""Every order in which partitions arrive ends in the same released rows, and touches no release without need."""

import random
from itertools import permutations
from typing import Any

import pytest

from tasks.core.config import DedupConfig
from tests.dedup.made_documents import Page, chain, changed, firsts, prose
from tests.dedup.refreshes import Refreshes

pytestmark = pytest.mark.stack

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"
KEYS = (JANUARY, FEBRUARY, MARCH)


def text(seed: int, words: int = 200) -> str:
    return " ".join(prose(seed, words))


def planted() -> dict[str, list[Page]]:
    """Three months: equal texts, equal addresses, near texts, and chains in every direction of time."""
    one, two, three = chain(11), chain(12), chain(13)
    base = prose(50)
    months = [
        [one[0], two[2], three[1], text(1), " ".join(base), "Short.", text(60)],
        [one[1], two[1], three[0], text(1), " ".join(changed(base, 2, 51)), text(2), text(61), text(70)],
        [one[2], two[0], three[2], text(2), " ".join(changed(base, 2, 52)), "short. ", text(62), text(70)],
    ]
    made = {}
    for key, texts in zip(KEYS, months, strict=True):
        urls = {f"{text(number)}": f"https://example.org/page?utm_campaign={key}" for number in (60, 61, 62)}
        made[key] = [
            Page(body, f"{key}/{'ab'[number % 2]}.warc.gz", 10 * number, urls.get(body))
            for number, body in enumerate(texts)
        ]
    return made


def cut(documents: list[Page], seed: int) -> list[list[Page]]:
    """The documents in shards: files in any order, cut anywhere, packed anyhow; a file is read from front to back."""
    source = random.Random(seed)
    pieces = []
    for name in sorted({page.source for page in documents}):
        rows = [page for page in documents if page.source == name]
        at = source.randint(0, len(rows))
        pieces += [rows[:at], rows[at:]]
    source.shuffle(pieces)
    split = source.randint(1, len(pieces) - 1)
    return [[page for piece in part for page in piece] for part in (pieces[:split], pieces[split:])]


PLANTED = planted()
EXPECTED = firsts(PLANTED)


def test_the_planted_duplicates_are_what_they_should_be() -> None:
    """Each month keeps some and loses some: else the other tests could not fail."""
    assert {key: len(EXPECTED[key]) for key in KEYS} == {JANUARY: 7, FEBRUARY: 2, MARCH: 0}
    lost = [page for page in PLANTED[MARCH] if page.text == chain(11)[2]]
    assert len(firsts({JANUARY: PLANTED[JANUARY], MARCH: lost})[MARCH]) == 1, "only near what February loses"


@pytest.mark.parametrize("order", [*permutations(KEYS)], ids="-".join)
def test_any_order_of_arrival_releases_the_same_rows(lineage_store: Any, order: tuple[str, ...]) -> None:
    """One partition after the other, with shards cut differently each time."""
    flow = Refreshes(lineage_store)
    for number, key in enumerate(order):
        touched = flow.refresh(key, cut(PLANTED[key], number))
        assert set(touched) <= {later for later in order[:number] if later > key}
        known = {seen: PLANTED[seen] for seen in order[: number + 1]}
        assert flow.released() == firsts(known), "at every moment the releases fit what is known"
    assert flow.released() == EXPECTED


def test_a_run_again_touches_nothing(lineage_store: Any) -> None:
    """Not even with shards cut otherwise, which are other objects with the same documents."""
    flow = Refreshes(lineage_store)
    for key in (MARCH, JANUARY):
        flow.refresh(key, cut(PLANTED[key], 1))
    before = dict(flow.settled)
    assert flow.releases == {MARCH: 2, JANUARY: 1}
    assert flow.refresh(JANUARY, cut(PLANTED[JANUARY], 2)) == []
    assert flow.settled[MARCH] == before[MARCH]


@pytest.mark.parametrize("seed", range(6))
def test_any_interleaving_releases_the_same_rows(lineage_store: Any, seed: int) -> None:
    """Three runs at once, whose tasks come in any order; a release that is asked for comes some time later."""
    flow, source = Refreshes(lineage_store), random.Random(seed)
    corpus = {key: ["find", "late"] for key in KEYS}
    pending: list[tuple[str, str]] = []
    while any(corpus.values()) or pending:
        ready = [("corpus", key) for key in KEYS if corpus[key]] + pending
        kind, key = source.choice(ready)
        if kind != "corpus":
            pending.remove((kind, key))
        match kind if kind != "corpus" else corpus[key].pop(0):
            case "find":
                flow.find(key, cut(PLANTED[key], seed))
                pending.append(("pairs", key))
            case "pairs":
                flow.commit_pairs(key)
                pending.append(("settle", key))
            case "settle":
                flow.settle(key)
            case "late":
                pending += [("settle", other) for other in flow.late(key)]
    assert flow.released() == EXPECTED


def test_a_partition_that_commits_while_another_is_settled_is_seen(lineage_store: Any) -> None:
    """Its own look at later releases came before this one was there: so this one looks again after its record."""
    flow = Refreshes(lineage_store)
    flow.find(FEBRUARY, [PLANTED[FEBRUARY]])
    flow.commit_pairs(FEBRUARY)
    put, touched = flow.objects.put, []

    def put_and_arrive(key: str, data: bytes, **more: Any) -> None:
        put(key, data, **more)
        if "/settled/" in key and JANUARY not in flow.documents:
            flow.find(JANUARY, [PLANTED[JANUARY]])
            flow.objects.put = put
            # The settled pairs are not on record yet: nothing to compare with but the pairs.
            touched.extend(flow.late(JANUARY))

    flow.objects.put = put_and_arrive
    flow.settle(FEBRUARY)
    assert JANUARY in flow.documents
    assert flow.released()[FEBRUARY] == EXPECTED[FEBRUARY]


def test_only_what_is_touched_is_released_again(lineage_store: Any) -> None:
    """And what is dropped then has a reason, and says what it repeats."""
    flow = Refreshes(lineage_store)
    pages = {
        FEBRUARY: [Page(text(2), "feb/a", 1), Page(text(3), "feb/a", 2)],
        MARCH: [Page(text(4), "mar/a", 1)],
        JANUARY: [Page(text(3), "jan/a", 1), Page(text(5), "jan/a", 2)],
    }
    flow.refresh(FEBRUARY, [pages[FEBRUARY]])
    flow.refresh(MARCH, [pages[MARCH]])
    assert flow.refresh(JANUARY, [pages[JANUARY]]) == [FEBRUARY]
    assert flow.releases == {JANUARY: 1, FEBRUARY: 2, MARCH: 1}
    (row,) = flow.rows(flow.settled[FEBRUARY], lambda manifest: manifest.rejected)
    assert (row["document_id"], row["reason"]) == (pages[FEBRUARY][1].document_id, "duplicate_of_earlier_partition")
    assert row["detail"] == f"repeats document {pages[JANUARY][0].document_id} of partition {JANUARY}"


def test_another_name_for_the_same_repeat_makes_no_release(lineage_store: Any) -> None:
    """A still earlier partition with the same text changes what the document repeats, and not which rows stay."""
    flow = Refreshes(lineage_store)
    flow.refresh(MARCH, [[Page(text(1), "mar/a"), Page(text(2), "mar/a", 9)]])
    assert flow.refresh(FEBRUARY, [[Page(text(1), "feb/a")]]) == [MARCH]
    assert flow.refresh(JANUARY, [[Page(text(1), "jan/a")]]) == [FEBRUARY]
    assert flow.released()[FEBRUARY] == set()
    assert flow.releases[MARCH] == 2


def test_what_an_earlier_partition_does_not_hold_any_more_comes_back(lineage_store: Any) -> None:
    """A pair that was dropped when a release was put together returns with the next one."""
    flow = Refreshes(lineage_store)
    page = Page(text(1), "feb/a")
    flow.refresh(FEBRUARY, [[page]])
    assert flow.refresh(JANUARY, [[Page(text(1), "jan/a"), Page(text(9), "jan/a", 5)]]) == [FEBRUARY]
    assert flow.released()[FEBRUARY] == set()
    assert flow.refresh(JANUARY, [[Page(text(9), "jan/a", 5)]]) == [FEBRUARY]
    assert flow.released()[FEBRUARY] == {page.document_id}


def test_pairs_are_settled_by_the_documents_they_were_made_of(lineage_store: Any) -> None:
    """While they were made, the corpus may have been refreshed, and a document of theirs be gone from it."""
    flow = Refreshes(lineage_store)
    shared, own = Page(text(1), "feb/a", 1), Page(text(2), "feb/a", 2)
    flow.find(FEBRUARY, [[shared, own]])
    flow.commit_pairs(FEBRUARY)
    flow.find(FEBRUARY, [[own]])
    flow.refresh(JANUARY, [[Page(text(1), "jan/a")]])
    flow.settle(FEBRUARY)
    assert flow.released()[FEBRUARY] == {own.document_id}


def test_content_that_returns_is_the_present_one_again(lineage_store: Any) -> None:
    """Its snapshot was made first, and is still the one that counts."""
    flow = Refreshes(lineage_store)
    first, second = [[Page(text(1), "jan/a")]], [[Page(text(2), "jan/a")]]
    for shards in (first, second, first):
        flow.refresh(JANUARY, shards)
    flow.refresh(FEBRUARY, [[Page(text(1), "feb/a"), Page(text(2), "feb/a", 9)]])
    assert flow.released()[FEBRUARY] == {Page(text(2), "feb/a", 9).document_id}


def test_pairs_that_return_are_released_again(lineage_store: Any) -> None:
    """A rule was changed and changed back: a late partition does not have the other pairs released again."""
    flow = Refreshes(lineage_store)
    own, other = Page(text(2), "feb/a", 1), Page(text(3), "feb/a", 2)
    for shards in ([[own]], [[own, other]], [[own]]):
        flow.refresh(FEBRUARY, shards)
    assert flow.refresh(JANUARY, [[Page(text(1), "jan/a")]]) == []
    assert flow.refresh(JANUARY, [[Page(text(2), "jan/a")]]) == [FEBRUARY]
    assert flow.released()[FEBRUARY] == set()


def test_partitions_are_not_compared_where_that_is_not_wanted(lineage_store: Any) -> None:
    """`earlier_partitions: false`."""
    flow = Refreshes(lineage_store, DedupConfig(earlier_partitions=False))
    for key in (FEBRUARY, JANUARY):
        assert flow.refresh(key, [[Page(text(1), key)]]) == []
    assert {key: len(rows) for key, rows in flow.released().items()} == {JANUARY: 1, FEBRUARY: 1}


ASKED = {text(1): "How do I bleed a radiator?", text(2): "how do I  bleed a RADIATOR?", text(3): "In C or C++?"}


@pytest.mark.parametrize("seed", range(4))
def test_one_pair_of_each_instruction_stays(lineage_store: Any, seed: int) -> None:
    """The one of lowest rank, however the pairs lie in shards; case and white space make no other instruction."""
    flow = Refreshes(lineage_store, asked={**ASKED, text(4): "In C or C#?"})
    made = [Page(text(number), name, number) for number, name in enumerate("baccb", start=1)]
    flow.refresh(JANUARY, cut(made, seed))
    stays = [page.document_id for page in made if page.text != text(1)]
    assert flow.released() == {JANUARY: {*stays}}
    (dropped,) = flow.rows(flow.settled[JANUARY], lambda manifest: manifest.rejected)
    assert (dropped["document_id"], dropped["reason"]) == (made[0].document_id, "duplicate_instruction")
    first = next(row for row in flow.rows(flow.settled[JANUARY]) if row["text"] == text(2))
    assert dropped["detail"] == f"asks what pair {first['pair_id']} asks"


@pytest.mark.parametrize("order", [(JANUARY, FEBRUARY), (FEBRUARY, JANUARY)], ids="-".join)
def test_an_instruction_whose_first_pair_goes_is_asked_by_the_next(lineage_store: Any, order: tuple[str, ...]) -> None:
    """What repeats an earlier partition is taken out first, so that the order of arrival makes no difference."""
    flow = Refreshes(lineage_store, asked=ASKED)
    feb = [Page(text(1), "feb/a", 1), Page(text(2), "feb/a", 2), Page(text(3), "feb/b")]
    given = {JANUARY: [[Page(text(1), "jan/a")]], FEBRUARY: [feb[:1], feb[1:]]}
    for key in order:
        flow.refresh(key, given[key])
    assert flow.released()[FEBRUARY] == {page.document_id for page in feb[1:]}
    assert len(flow.released()[JANUARY]) == 1, "what another partition asks is no duplicate"
