"""The flow check, stage, publish on a real PostgreSQL: what is recorded decides what is published."""

import json
from datetime import UTC, datetime

import pytest

from tasks.core.config import DatasetSpec
from tasks.core.errors import FatalError
from tasks.core.ids import content_id
from tasks.core.runtime import ObjectStore
from tasks.lineage.store import PostgresLineage
from tasks.publish import assemble
from tasks.publish.release import publish, stage
from tasks.publish.verify_files import verify_release_files
from tasks.quality import run as quality
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import add_chain, add_run
from tests.publish.made_pairs import PARTITION, make_row, make_runtime, make_snapshot, make_spec

pytestmark = pytest.mark.stack


class Flow:
    """The Dag's tasks over one store; each call is a try with a run of its own."""

    def __init__(self, lineage: PostgresLineage, objects: ObjectStore | None = None) -> None:
        self.lineage = lineage
        self.objects = objects or MemoryObjects()
        self.pair_ids = [add_chain(lineage, number).pair_id for number in range(4)]

    def rt(self):
        run_id = add_run(self.lineage, job="dataset_release.any", dataset="handmade", partition_key=PARTITION)
        return make_runtime(self.objects, self.lineage, run_id=run_id)

    def assemble(self, spec: DatasetSpec | None = None, **changes):
        rows = [make_row(n, pair_id=pair_id, **changes) for n, pair_id in enumerate(self.pair_ids)]
        spec = spec or make_spec()
        return assemble.run(make_snapshot(self.objects, [rows], spec), spec, self.rt())

    def check(self, candidate, spec: DatasetSpec | None = None):
        return quality.run(candidate, spec or make_spec(), self.rt())

    def stage(self, candidate):
        return stage(candidate, make_spec(), self.rt())

    def publish(self, release, suite_sha256):
        return publish(release, make_spec(), self.rt(), suite_sha256=suite_sha256)

    def latest(self):
        return [row["version"] for row in self.lineage.fetch("latest_release", dataset="handmade")]


@pytest.fixture
def flow(lineage_store):
    return Flow(lineage_store)


def test_a_good_candidate_is_published_with_its_rows_recorded(flow):
    """From pairs to a published release: rows, findings, version, pointer and report all stand in their places."""
    candidate = flow.assemble()
    checked = quality.require(flow.check(candidate))
    release = flow.publish(flow.stage(candidate), checked.suite_sha256)
    assert flow.latest() == [release.version] == ["2026.10.0"]
    assert json.loads(flow.objects.get("releases/handmade/latest.json"))["version"] == "2026.10.0"
    rows = flow.lineage.fetch("taken_down_examples", snapshot_id=release.snapshot_id)
    assert rows == []
    report = json.loads(flow.objects.get("reports/handmade/2026.10.0/report.json"))
    assert (report["row_count"], report["previous"]) == (4, None)


def test_a_release_on_a_real_bucket_is_whole(lineage_store, s3_objects):
    """The same flow over S3: every file is there with its digest, and a repeated run finds it so."""
    flow = Flow(lineage_store, s3_objects)
    for _ in range(2):
        candidate = flow.assemble()
        checked = quality.require(flow.check(candidate))
        release = flow.publish(flow.stage(candidate), checked.suite_sha256)
    known = {"dataset": release.dataset, "version": release.version, "manifest_sha256": release.manifest_sha256}
    assert verify_release_files(s3_objects, **known) == []
    assert s3_objects.get(checked.data_docs_key).startswith(b"<!DOCTYPE html>")
    assert [*s3_objects.list("releases/handmade/")][-1] == "releases/handmade/latest.json"
    s3_objects.delete(f"releases/handmade/{release.version}/README.md")
    assert flow.stage(candidate) == release
    assert verify_release_files(s3_objects, **known) == []


def test_without_a_check_nothing_is_published(flow):
    """A release that was staged and never checked stays staged."""
    release = flow.stage(flow.assemble())
    with pytest.raises(FatalError, match="it is still staged"):
        flow.publish(release, "5" * 64)
    assert flow.latest() == []


def test_a_failed_check_publishes_nothing_and_is_kept(flow):
    """The findings of a failed gate are stored although the task then fails, and the release stays staged."""
    candidate = flow.assemble(score=4)
    checked = flow.check(candidate)
    with pytest.raises(FatalError, match="score_reaches_the_threshold: 4 of 4 rows"):
        quality.require(checked)
    (head, *_) = flow.lineage.fetch(
        "quality_of_snapshot", snapshot_id=checked.snapshot_id, suite_sha256=checked.suite_sha256
    )
    assert (head["complete"], head["success"]) == (True, False)
    (failed,) = head["failed"]
    assert failed["assertion"] == "score_reaches_the_threshold"
    assert sorted(failed["observed"]["ids"]) == sorted(flow.pair_ids)
    with pytest.raises(FatalError, match=r"a failed quality run \(score_reaches_the_threshold\)"):
        flow.publish(flow.stage(candidate), checked.suite_sha256)


def test_a_check_that_was_killed_half_way_leaves_nothing_and_blocks_nothing(flow, monkeypatch):
    """Run and checks are one transaction: a kill between the two leaves neither, and the next try publishes."""
    candidate = flow.assemble()
    insert_all = PostgresLineage.insert_all

    def killed(self, batches):
        if batches[0][0] != "quality_run":
            return insert_all(self, batches)
        return insert_all(self, [batches[0], ("quality_check", [{**batches[1][1][0], "severity": "no such"}])])

    with monkeypatch.context() as patch:
        patch.setattr(PostgresLineage, "insert_all", killed)
        with pytest.raises(FatalError):
            flow.check(candidate)
    release = flow.stage(candidate)
    checked = flow.check(candidate)
    runs = flow.lineage.fetch("quality_of_snapshot", snapshot_id=checked.snapshot_id, suite_sha256=checked.suite_sha256)
    assert [row["success"] for row in runs] == [True]
    assert flow.publish(release, checked.suite_sha256).version == "2026.10.0"


def test_an_incomplete_run_publishes_nothing_and_a_later_one_does(flow, monkeypatch):
    """A suite of which one check gave no result is no pass; a complete run after it is not blocked by it."""
    candidate = flow.assemble()
    release = flow.stage(candidate)
    evaluate = quality.evaluate

    def loses_one(*arguments):
        findings, results = evaluate(*arguments)
        return findings[1:], results

    with monkeypatch.context() as patch:
        patch.setattr(quality, "evaluate", loses_one)
        incomplete = flow.check(candidate)
    assert incomplete.failed == ["no result for columns_are_the_published_ones"]
    with pytest.raises(FatalError, match="it is still staged"):
        flow.publish(release, incomplete.suite_sha256)
    checked = flow.check(candidate)
    assert flow.publish(release, checked.suite_sha256).version == "2026.10.0"


def test_a_pass_of_an_older_suite_does_not_count(flow):
    """After the bounds were edited the old verdict is void, until the new suite has passed."""
    candidate = flow.assemble()
    release = flow.stage(candidate)
    flow.check(candidate)
    stricter = make_spec(quality={"min_rows": 2})
    with pytest.raises(FatalError, match="it is still staged"):
        flow.publish(release, quality.suite_sha256(stricter))
    flow.check(candidate, stricter)
    assert flow.publish(release, quality.suite_sha256(stricter)) == release


def test_the_whole_flow_twice_makes_nothing_new(flow):
    """Two runs for one partition end in one release, one good quality run and the same objects."""

    def once():
        candidate = flow.assemble()
        checked = quality.require(flow.check(candidate))
        return checked.quality_run_id, flow.publish(flow.stage(candidate), checked.suite_sha256)

    first = once()
    flow.objects.puts.clear()
    assert once() == first
    assert [key for key in flow.objects.puts if not key.startswith(("stages/", "snapshots/"))] == []


def test_a_pair_that_stands_twice_is_found_by_the_gate_and_not_by_the_store(flow):
    """A doubled pair is recorded once, assembled twice, and refused by name."""
    flow.pair_ids[1] = flow.pair_ids[0]
    checked = flow.check(flow.assemble())
    assert [line.split(":")[0] for line in checked.failed] == ["id_is_unique"]


def test_other_rows_become_the_next_version_and_the_report_compares(flow):
    """A changed specification that changes the card is another release of the partition, and the report says so."""
    for spec in (make_spec(), make_spec(description="Once more.")):
        candidate = flow.assemble(spec)
        checked = flow.check(candidate, spec)
        release = flow.publish(flow.stage(candidate), checked.suite_sha256)
    assert flow.latest() == ["2026.10.1"]
    report = json.loads(flow.objects.get(f"reports/handmade/{release.version}/report.json"))
    assert report["previous"] == {"version": "2026.10.0", "row_count": 4, "row_count_change": 0}


def test_a_takedown_after_the_gate_stops_the_release(flow):
    """A page whose owner objected is not published, although the gate had passed."""
    candidate = flow.assemble()
    checked = flow.check(candidate)
    release = flow.stage(candidate)
    takedown = {"kind": "domain", "value": "ferns.example", "reason": "asked by the owner"}
    takedown |= {"takedown_id": content_id("takedown", "domain", "ferns.example"), "requested_at": datetime.now(UTC)}
    flow.lineage.insert("takedown", [takedown])
    with pytest.raises(FatalError, match="4 rows are under a takedown"):
        flow.publish(release, checked.suite_sha256)
    assert flow.latest() == []
