"""When a partition is released again: other rows get the next patch version, the same rows get none."""

import pytest

from tasks.core.refs import ManifestRef, ReleaseRef
from tasks.core.runtime import Runtime
from tasks.publish import assemble
from tasks.publish.release import stage
from tests.fakes.objects import MemoryObjects
from tests.publish.made_pairs import PARTITION, make_row, make_runtime, make_snapshot, make_spec
from tests.publish.staged import ReleaseLineage

SPEC = make_spec()


@pytest.fixture
def rt() -> Runtime:
    return make_runtime(MemoryObjects(), ReleaseLineage())


def candidate(rt: Runtime, numbers: list[int], **options) -> ManifestRef:
    """A candidate of these pairs; `options` change what was rejected on the way to them."""
    return assemble.run(make_snapshot(rt.objects, [[make_row(n) for n in numbers]], SPEC, **options), SPEC, rt)


def staged(rt: Runtime, ref: ManifestRef, *, published: bool = True) -> ReleaseRef | None:
    """Stage a candidate, and publish it."""
    found = stage(ref, SPEC, rt)
    for row in rt.lineage.tables.get("release", []):
        row["state"] = "published" if published else row["state"]
    return found


def test_other_rows_are_the_next_patch(rt: Runtime) -> None:
    """A partition that lost a row to an earlier one is released again."""
    versions = [staged(rt, candidate(rt, numbers)).version for numbers in ([1, 2, 3], [1, 3])]
    assert versions == ["2026.10.0", "2026.10.1"]


def test_the_same_rows_by_another_way_are_no_new_release(rt: Runtime) -> None:
    """Another funnel, the same files: whoever reads the release gets nothing new."""
    first = staged(rt, candidate(rt, [1, 2, 3]))
    other = candidate(rt, [1, 2, 3], unparseable=9)
    assert staged(rt, other) == first
    assert len(rt.lineage.tables["release"]) == 1


def test_the_same_rows_of_a_release_that_was_not_published_are_a_new_one(rt: Runtime) -> None:
    """Its checks were of the other candidate, and may have failed."""
    first = staged(rt, candidate(rt, [1, 2]), published=False)
    other = staged(rt, candidate(rt, [1, 2], unparseable=9), published=False)
    assert (first.version, other.version) == ("2026.10.0", "2026.10.1")


def test_a_damaged_release_is_not_taken_for_the_same(rt: Runtime) -> None:
    """Nor a missing one."""
    first = staged(rt, candidate(rt, [1, 2]))
    rt.objects.content[first.manifest_key] += b" "
    assert staged(rt, candidate(rt, [1, 2], unparseable=9)).version == "2026.10.1"
    second = rt.lineage.tables["release"][1]["manifest_key"]
    rt.objects.delete(second)
    assert staged(rt, candidate(rt, [1, 2], unparseable=5)).version == "2026.10.2"


def test_a_candidate_that_was_overtaken_gets_no_version(rt: Runtime) -> None:
    """A run that started later has settled the partition on other pairs, and the highest version is the latest."""
    old, new = candidate(rt, [1, 2]), candidate(rt, [1])
    present = {"dataset": SPEC.name, "kind": "settled", "task": "settle"}
    settled = make_snapshot(rt.objects, [[make_row(1)]], SPEC).sha256

    def current(**asked) -> list[dict[str, str]]:
        assert asked == present
        return [
            {"partition_key": "2026-09", "manifest_sha256": "0" * 64},
            {"partition_key": PARTITION, "manifest_sha256": settled},
        ]

    rt.lineage.answers["current_snapshots"] = current
    assert staged(rt, old) is None
    assert staged(rt, new).version == "2026.10.0"
    assert "release" in rt.lineage.tables and len(rt.lineage.tables["release"]) == 1


def test_an_overtaken_candidate_keeps_the_version_it_has(rt: Runtime) -> None:
    """Clearing its tasks finds the release that it made, and changes nothing."""
    old = candidate(rt, [1, 2])
    first = staged(rt, old)
    rt.lineage.answers["current_snapshots"] = [{"partition_key": PARTITION, "manifest_sha256": "0" * 64}]
    assert staged(rt, old) == first


def test_rows_that_come_back_are_a_new_release(rt: Runtime) -> None:
    """Other rows were published in between, and the highest version is the latest. Once more is no other release."""
    versions = [staged(rt, candidate(rt, numbers)).version for numbers in ([1, 2], [1], [1, 2], [1, 2], [1])]
    assert versions == ["2026.10.0", "2026.10.1", "2026.10.2", "2026.10.2", "2026.10.3"]


@pytest.mark.parametrize("state", ["staged", "withdrawn"])
def test_rows_did_not_come_back_when_no_others_count(rt: Runtime, state: str) -> None:
    """A version that was never published, or was taken back, is behind nobody's latest."""
    for numbers in ([1, 2], [1]):
        staged(rt, candidate(rt, numbers))
    rt.lineage.tables["release"][1]["state"] = state
    assert staged(rt, candidate(rt, [1, 2])).version == "2026.10.0"


def test_withdrawn_rows_do_not_come_back(rt: Runtime) -> None:
    """Publishing says so, as before."""
    for numbers in ([1, 2], [1]):
        staged(rt, candidate(rt, numbers))
    rt.lineage.tables["release"][0]["state"] = "withdrawn"
    assert stage(candidate(rt, [1, 2]), SPEC, rt).version == "2026.10.0"


def test_an_overtaken_run_brings_nothing_back(rt: Runtime) -> None:
    """Its assemble task was cleared; the partition is settled on other pairs now."""
    for numbers in ([1, 2], [1]):
        staged(rt, candidate(rt, numbers))
    rt.lineage.answers["current_snapshots"] = [{"partition_key": PARTITION, "manifest_sha256": "0" * 64}]
    assert staged(rt, candidate(rt, [1, 2])).version == "2026.10.0"
