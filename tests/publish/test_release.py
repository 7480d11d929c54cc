"""Staging and publishing: versions, files that others read as they are, and a gate that cannot be walked around."""

import json

import pytest

from tasks.core.errors import ConfigError, FatalError
from tasks.core.ids import content_id, sha256_bytes
from tasks.publish import assemble, release
from tasks.publish.candidate import ReleaseManifest
from tasks.publish.release import next_version, publish, stage, write_latest
from tasks.publish.verify_files import verify_release_files
from tests.publish.made_pairs import make_row, make_runtime, make_snapshot, make_spec
from tests.publish.staged import ReleaseLineage

SUITE = "5" * 64


def candidate_of(rt, rows, *, spec=None, partition_key="2026-10"):
    spec = spec or make_spec()
    snapshot = make_snapshot(rt.objects, [rows], spec, partition_key=partition_key)
    return assemble.run(snapshot, spec, rt, rows_per_shard=2)


def fresh():
    return make_runtime(lineage=ReleaseLineage())


def staged(rt, rows=None, **options):
    return stage(candidate_of(rt, rows or [make_row(n) for n in range(3)], **options), make_spec(), rt)


def passed(rt, ref, *, success=True, complete=True, suite=SUITE):
    """Record a quality run of the release's snapshot."""
    rt.lineage.insert(
        "quality_run",
        [
            {
                "quality_run_id": content_id("quality_run", len(rt.lineage.tables.get("quality_run", []))),
                "snapshot_id": ref.snapshot_id,
                "suite_sha256": suite,
                "complete": complete,
                "success": success,
                "failed": [] if success else [{"assertion": "enough_rows", "severity": "critical"}],
            }
        ],
    )


def released_files(objects):
    return {key: data for key, data in objects.content.items() if key.startswith("releases/")}


def test_a_staged_release_holds_data_card_and_manifest():
    """The folder of a version has Parquet, JSON lines, a card and a manifest that names them all with digests."""
    rt = fresh()
    ref = staged(rt)
    names = [key.removeprefix("releases/handmade/2026.10.0/") for key in sorted(released_files(rt.objects))]
    assert names == [
        "README.md",
        "data/train-00000-of-00002.parquet",
        "data/train-00001-of-00002.parquet",
        "jsonl/train-00000-of-00002.jsonl",
        "jsonl/train-00001-of-00002.jsonl",
        "manifest.json",
    ]
    data = rt.objects.get(ref.manifest_key)
    manifest = ReleaseManifest.model_validate_json(data)
    assert ref.manifest_sha256 == sha256_bytes(data)
    assert (manifest.version, manifest.row_count) == ("2026.10.0", 3)
    for file in manifest.files:
        assert sha256_bytes(rt.objects.get(f"releases/handmade/2026.10.0/{file.path}")) == file.sha256
    assert rt.lineage.locks == [("release", "handmade", "2026-10")]


def test_the_manifest_is_written_last():
    """A kill while files are copied leaves a folder without a manifest, which nobody takes for a release."""
    rt = fresh()
    staged(rt)
    assert [key for key in rt.objects.puts if key.startswith("releases/")][
        -1
    ] == "releases/handmade/2026.10.0/manifest.json"


def test_others_can_load_the_folder_as_it_is(tmp_path, monkeypatch):
    """`datasets.load_dataset` reads a staged folder without a hint or the network: each row once, in chat form."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    datasets = pytest.importorskip("datasets")
    rt = fresh()
    ref = staged(rt)
    folder = tmp_path / "release"
    for key, data in released_files(rt.objects).items():
        target = folder / key.removeprefix(f"releases/handmade/{ref.version}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    loaded = datasets.load_dataset(str(folder), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded["id"][:] == [make_row(n)["pair_id"] for n in range(3)]
    assert loaded[2]["messages"] == [
        {"role": "user", "content": make_row(2)["instruction"]},
        {"role": "assistant", "content": make_row(2)["response"]},
    ]
    lines = datasets.load_dataset(
        "json", data_files=str(folder / "jsonl" / "*.jsonl"), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert lines.to_list() == loaded.to_list()


def test_two_stores_hold_the_same_bytes():
    """The files of a release are a function of the data: another store, run and host make them byte for byte."""
    one, other = fresh(), make_runtime(lineage=ReleaseLineage(), run_id=content_id("run", 2), code_version="other")
    staged(one)
    staged(other)
    assert released_files(one.objects) == released_files(other.objects)


def test_staging_twice_gives_one_version_and_writes_once():
    """The same candidate keeps its version, and no second copy is made."""
    rt = fresh()
    first = staged(rt)
    rt.objects.puts.clear()
    assert staged(rt) == first
    assert [key for key in rt.objects.puts if key.startswith("releases/")] == []
    assert len(rt.lineage.tables["release"]) == 1


def test_another_content_of_a_partition_gets_the_next_number():
    """Versions count the contents of a partition, and each partition counts for itself."""
    rt = fresh()
    versions = [
        staged(rt, [make_row(1)]).version,
        staged(rt, [make_row(2)]).version,
        staged(rt, [make_row(1)], partition_key="2026-11").version,
        staged(rt, [make_row(1)]).version,
    ]
    assert versions == ["2026.10.0", "2026.10.1", "2026.11.0", "2026.10.0"]


@pytest.mark.parametrize(
    ("partition_key", "taken", "version"),
    [
        ("2026-10", [], "2026.10.0"),
        ("2026-02", ["2026.2.0"], "2026.2.1"),
        ("2026-10", ["2026.10.9", "2026.10.10"], "2026.10.11"),
        ("2026-10-05", [], "2026.1005.0"),
        ("2026-02-05", [], "2026.205.0"),
    ],
)
def test_versions_are_made_from_partition_keys(partition_key, taken, version):
    """Months and days give versions that sort as numbers do."""
    assert next_version(partition_key, taken) == version


def test_a_partition_key_of_another_form_has_no_version():
    """A key that no schedule makes is refused and not guessed at."""
    with pytest.raises(ConfigError, match="2026-W41"):
        next_version("2026-W41", [])


def test_what_a_killed_try_left_behind_is_cleared_away():
    """Files of another content, left under a version that never got a row, are not part of the release."""
    rt = fresh()
    stray = "releases/handmade/2026.10.0/data/train-00007-of-00009.parquet"
    rt.objects.put(stray, b"left over")
    staged(rt)
    assert not rt.objects.exists(stray)
    assert verify_release_files(rt.objects, "handmade", "2026.10.0") == []


def test_a_damaged_release_is_made_again_from_its_candidate():
    """A lost file comes back with the same digest, under the same version."""
    rt = fresh()
    first = staged(rt)
    before = released_files(rt.objects)
    rt.objects.delete("releases/handmade/2026.10.0/data/train-00001-of-00002.parquet")
    assert staged(rt) == first
    assert released_files(rt.objects) == before


def test_a_damaged_release_is_not_replaced_by_another(monkeypatch):
    """Where newer code would write another card, the files that are left stay as they were recorded."""
    rt = fresh()
    staged(rt)
    rt.objects.delete("releases/handmade/2026.10.0/README.md")
    before = released_files(rt.objects)
    monkeypatch.setattr(release, "render_card", lambda manifest, version: "another card")
    with pytest.raises(FatalError, match="restore them from a copy"):
        staged(rt)
    assert released_files(rt.objects) == before


def test_a_candidate_that_was_changed_is_not_staged():
    """A shard whose bytes are not those of its manifest never reaches a release."""
    rt = fresh()
    candidate = candidate_of(rt, [make_row(1)])
    (key,) = [key for key in rt.objects.list("candidates/") if key.endswith(".jsonl")]
    rt.objects.content[key] = rt.objects.content[key].replace(b"kettle", b"bottle")
    with pytest.raises(FatalError, match="changed after its commit"):
        stage(candidate, make_spec(), rt)
    assert "release" not in rt.lineage.tables
    assert not rt.objects.exists("releases/handmade/2026.10.0/manifest.json")


def test_a_release_of_another_dataset_is_refused():
    """A Dag that is handed the candidate of another dataset stops before it writes."""
    rt = fresh()
    candidate = candidate_of(rt, [make_row(1)])
    with pytest.raises(ConfigError, match="check the wiring"):
        stage(candidate, make_spec(name="other"), rt)


def test_publishing_moves_latest():
    """A staged release whose snapshot passed is published, and latest.json names it with its digest."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref)
    publish(ref, make_spec(), rt, suite_sha256=SUITE)
    latest = json.loads(rt.objects.get("releases/handmade/latest.json"))
    assert (latest["version"], latest["manifest"], latest["manifest_sha256"]) == (
        "2026.10.0",
        ref.manifest_key,
        ref.manifest_sha256,
    )


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ([], "no quality run"),
        ([{"success": False}], r"a failed quality run \(enough_rows\)"),
        ([{"success": False, "complete": False}], "1 quality runs and no complete one"),
        ([{"suite": "6" * 64}], "no quality run"),
        ([{}, {"success": False}], "a failed quality run"),
    ],
    ids=["none", "failed", "killed half-way", "of another suite", "failed after a good one"],
)
def test_without_a_complete_good_run_nothing_is_published(runs, why):
    """Neither a missing, failed, incomplete nor foreign quality run lets a release through, and each is told."""
    rt = fresh()
    ref = staged(rt)
    for run in runs:
        passed(rt, ref, **run)
    with pytest.raises(FatalError, match=f"not published, it is still staged.*{SUITE} there is {why}"):
        publish(ref, make_spec(), rt, suite_sha256=SUITE)
    assert not rt.objects.exists("releases/handmade/latest.json")
    assert not list(rt.objects.list("reports/"))


def test_a_repaired_gate_is_not_blocked_by_an_old_failure():
    """The last complete run decides: good after bad publishes."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref, success=False)
    passed(rt, ref)
    assert publish(ref, make_spec(), rt, suite_sha256=SUITE) == ref


def test_publishing_twice_writes_nothing_the_second_time():
    """A cleared publish task changes neither pointer nor report."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref)
    publish(ref, make_spec(), rt, suite_sha256=SUITE)
    rt.objects.puts.clear()
    publish(ref, make_spec(), rt, suite_sha256=SUITE)
    assert rt.objects.puts == []


def test_an_older_partition_does_not_become_latest():
    """A backfill of an earlier month is published, and latest stays where it is."""
    rt = fresh()
    for partition_key in ("2026-10", "2026-09"):
        ref = staged(rt, partition_key=partition_key)
        passed(rt, ref)
        publish(ref, make_spec(), rt, suite_sha256=SUITE)
    assert json.loads(rt.objects.get("releases/handmade/latest.json"))["version"] == "2026.10.0"
    assert {row["state"] for row in rt.lineage.tables["release"]} == {"published"}


def test_a_pointer_that_went_astray_is_put_right():
    """latest.json is derived: whatever stands there, it is made to say what the lineage store says."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref)
    publish(ref, make_spec(), rt, suite_sha256=SUITE)
    good = rt.objects.get("releases/handmade/latest.json")
    rt.objects.put("releases/handmade/latest.json", b"{}")
    assert write_latest("handmade", rt.objects, rt.lineage) is True
    assert rt.objects.get("releases/handmade/latest.json") == good
    assert write_latest("handmade", rt.objects, rt.lineage) is False


def test_a_release_whose_files_changed_after_staging_is_not_published():
    """One byte changed between staging and publishing is noticed, and named."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref)
    key = "releases/handmade/2026.10.0/README.md"
    rt.objects.content[key] += b"!"
    with pytest.raises(FatalError, match=f"{key}: digest"):
        publish(ref, make_spec(), rt, suite_sha256=SUITE)
    assert rt.lineage.tables["release"][0]["state"] == "staged"


def test_rows_under_a_takedown_are_not_published():
    """A takedown that came after the gate still stops the release, and names row and reason."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref)
    row = {"pair_id": "p-1", "kind": "domain", "value": "pages.example", "reason": "asked by the owner"}
    rt.lineage.answers["taken_down_examples"] = [row]
    with pytest.raises(FatalError, match=r"1 rows are under a takedown\n- row p-1: domain pages.example"):
        publish(ref, make_spec(), rt, suite_sha256=SUITE)
    assert rt.lineage.tables["release"][0]["state"] == "staged"


def test_a_withdrawn_release_stays_withdrawn():
    """Nothing brings a withdrawn version back, and the message says what to do instead."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref)
    rt.lineage.tables["release"][0]["state"] = "withdrawn"
    with pytest.raises(FatalError, match="it was withdrawn"):
        publish(ref, make_spec(), rt, suite_sha256=SUITE)


def test_a_version_that_another_content_took_is_not_shared():
    """Where the lineage store holds other rows under the version, staging stops instead of mixing the two."""
    rt = fresh()
    candidate = candidate_of(rt, [make_row(1)])
    rt.lineage.answers["releases_of_partition"] = []
    rt.lineage.tables["release"] = [
        {"dataset": "handmade", "version": "2026.10.0", "snapshot_id": "other", "state": "staged"}
    ]
    with pytest.raises(FatalError, match="another content took this version"):
        stage(candidate, make_spec(), rt)


def test_times_and_runs_stand_in_the_report_alone():
    """The report says who published; no file of the release holds a run id."""
    rt = fresh()
    ref = staged(rt)
    passed(rt, ref)
    publish(ref, make_spec(), rt, suite_sha256=SUITE)
    report = json.loads(rt.objects.get("reports/handmade/2026.10.0/report.json"))
    assert report["published_by"]["run_id"] == rt.run.run_id
    assert report["row_count"] == 3
    assert not [key for key, data in released_files(rt.objects).items() if rt.run.run_id.encode() in data]
