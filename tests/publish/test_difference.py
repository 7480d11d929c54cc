"""Two releases side by side: rows by their ids and documents, drift from what is in the files."""

import pytest

from tasks.core.errors import FatalError
from tasks.core.ids import content_id
from tasks.publish import assemble
from tasks.publish.difference import difference
from tasks.publish.release import stage
from tests.publish.made_pairs import make_row, make_runtime, make_snapshot, make_spec
from tests.publish.staged import ReleaseLineage


def released(rt, partition_key, rows):
    """Stage a release of these rows; return what lineage says of it."""
    snapshot = make_snapshot(rt.objects, [rows], make_spec(), partition_key=partition_key)
    ref = stage(assemble.run(snapshot, make_spec(), rt, rows_per_shard=2), make_spec(), rt)
    return {"version": ref.version, "manifest_sha256": ref.manifest_sha256}


@pytest.fixture
def rt():
    return make_runtime(lineage=ReleaseLineage())


def test_rows_are_added_removed_changed_and_unchanged(rt):
    """A document with another answer is changed; one that only one release has is added or removed."""
    before = released(rt, "2026-10", [make_row(n) for n in range(5)])
    rewritten = make_row(2, pair_id=content_id("pair", "again"), response="Another answer of some length. " * 9)
    after = released(rt, "2026-11", [make_row(0), make_row(1), rewritten, *(make_row(n) for n in (7, 8, 9))])
    found = difference(rt.objects, "handmade", before, after, examples=2)
    assert (found.before, found.after) == ("2026.10.0", "2026.11.0")
    assert (found.unchanged, found.changed, found.added, found.removed) == (2, 1, 3, 2)
    assert found.changed_ids == [content_id("pair", "again")]
    assert found.added_ids == [content_id("pair", 7), content_id("pair", 8)]
    assert found.removed_ids == [content_id("pair", 3), content_id("pair", 4)]
    assert (found.row_count.before, found.row_count.after) == (5, 6)


def test_drift_is_of_scores_and_lengths(rt):
    """Means and medians are of the rows in the files; a release that nobody judged has no mean score."""
    before = released(rt, "2026-10", [make_row(n, response="x" * 100 * (n + 1), score=n + 3) for n in range(3)])
    after = released(rt, "2026-11", [make_row(n, response="y" * 90, score=None) for n in range(2)])
    found = difference(rt.objects, "handmade", before, after)
    assert (found.mean_score.before, found.mean_score.after) == (4, None)
    assert (found.mean_response_chars.before, found.mean_response_chars.after) == (200, 90)
    assert (found.median_response_chars.before, found.median_response_chars.after) == (200, 90)


def test_reject_rates_come_from_the_funnels(rt):
    """A rule that rejects more than before shows, by stage and reason, as a share of what the stage read."""
    row = released(rt, "2026-10", [make_row(n) for n in range(2)])
    found = difference(rt.objects, "handmade", row, released(rt, "2026-11", [make_row(0)]))
    assert found.reject_rates
    for name, rates in found.reject_rates.items():
        assert ": " in name
        assert 0 <= (rates.before or 0) <= 1 and 0 <= (rates.after or 0) <= 1


def test_a_damaged_release_is_not_compared(rt):
    """A file that is not the one that was published tells nothing about a refresh."""
    before = released(rt, "2026-10", [make_row(0)])
    after = released(rt, "2026-11", [make_row(1)])
    key = next(key for key in rt.objects.content if key.startswith("releases/handmade/2026.11.0/data/"))
    rt.objects.content[key] += b"x"
    with pytest.raises(FatalError, match=r"2026\.11\.0: nothing was compared"):
        difference(rt.objects, "handmade", before, after)
