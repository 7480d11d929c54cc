"""Candidate -> staged release -> published release.

A version's files are immutable and written before its row in the lineage store; the manifest is the last of them.
PostgreSQL alone decides what is published and what is the latest; `latest.json` only repeats it.
"""

import re

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError, FatalError
from tasks.core.ids import canonical_json, sha256_bytes
from tasks.core.refs import ManifestRef, ReleaseRef
from tasks.core.runtime import LineageStore, ObjectStore, Row, Runtime
from tasks.publish.candidate import CandidateManifest, ReleaseFile, ReleaseManifest, load_candidate
from tasks.publish.card import render_card
from tasks.publish.files import content_type, copy_file
from tasks.publish.report import store_report
from tasks.publish.standing import is_overtaken
from tasks.publish.verify_files import verify_release_files
from tasks.storage.stage import record_snapshot

CARD = "README.md"


def stage(candidate: ManifestRef, spec: DatasetSpec, rt: Runtime) -> ReleaseRef | None:
    """Give `candidate` a version and put its files under `releases/`, or find them there.

    The same candidate keeps its version; another content of the same partition gets the next one. Two runs of one
    partition wait for each other. None where a run that started later has settled the partition on other pairs: the
    highest version is the latest, so what was overtaken must not get a new one.

    Raises FatalError when a file is not the one that was committed.
    """
    manifest = load_candidate(rt.objects, candidate)
    _insist_on_dataset(manifest.dataset, spec)
    snapshot_id = record_snapshot(rt, "release", candidate.key, candidate.sha256, candidate.row_count)
    rt.add_used([candidate.sha256])
    with rt.lineage.lock("release", manifest.dataset, manifest.partition_key):
        known = rt.lineage.fetch(
            "releases_of_partition", dataset=manifest.dataset, partition_key=manifest.partition_key
        )
        row = next((row for row in known if str(row["snapshot_id"]) == snapshot_id), None)
        if row is None:
            if is_overtaken(manifest.dataset, manifest.partition_key, manifest.snapshot_sha256, rt):
                return None
            if same := _same_release(manifest, known, rt):
                rt.set_metrics({"reused": manifest.row_count})
                return same
        version = row["version"] if row else next_version(manifest.partition_key, [item["version"] for item in known])
        if row and not verify_release_files(
            rt.objects, manifest.dataset, version, manifest_sha256=row["manifest_sha256"]
        ):
            rt.set_metrics({"reused": manifest.row_count})
            return _ref(manifest, version, snapshot_id, row["manifest_sha256"])
        card = render_card(manifest, version).encode()
        data = _release_manifest(manifest, version, card).to_bytes()
        ref = _ref(manifest, version, snapshot_id, sha256_bytes(data))
        if row and row["manifest_sha256"] != ref.manifest_sha256:
            raise FatalError(
                f"{ref.manifest_key}: files of this release are damaged, and this code would make others (digest "
                f"{ref.manifest_sha256}, recorded {row['manifest_sha256']}); restore them from a copy"
            )
        _store_files(manifest, candidate.key.rpartition("/")[0], ref, card, data, rt)
        rt.lineage.insert("release", [_release_row(ref, manifest.variant)])
        if _state(ref, rt) == "unknown":
            raise FatalError(f"{ref.dataset} {ref.version}: another content took this version meanwhile; run again")
    rt.set_metrics({"read": ref.row_count, "kept": ref.row_count, "rejected": 0})
    return ref


def _same_release(manifest: CandidateManifest, known: list[Row], rt: Runtime) -> ReleaseRef | None:
    """Return the highest version of the partition where it is published and holds the very rows of this candidate.

    A partition that is made again after an earlier one came loses its duplicates before the model half and not
    behind it: another funnel, and nothing new for anybody who reads the release.
    """
    if not known or known[-1]["state"] != "published":
        return None
    row = known[-1]
    try:
        data = rt.objects.get(row["manifest_key"])
    except KeyError:
        return None
    if sha256_bytes(data) != row["manifest_sha256"]:
        return None
    released = ReleaseManifest.model_validate_json(data)
    if _content(released) != _content(manifest):
        return None
    return _ref(released, row["version"], str(row["snapshot_id"]), row["manifest_sha256"])


def _content(manifest: CandidateManifest) -> Row:
    """Return what readers of a release get, without how many documents were dropped where on the way to it."""
    told = manifest.model_dump(mode="json", exclude={"snapshot_sha256", "funnel", "version", "returned"})
    told["files"] = [file for file in told["files"] if file["path"] != CARD]
    told["stages"] = [stage for stage in told["stages"] if stage["stage"] != "settle"]
    return told


def publish(release: ReleaseRef, spec: DatasetSpec, rt: Runtime, *, suite_sha256: str) -> ReleaseRef:
    """Publish `release` when its candidate passed the suite named by `suite_sha256`; then derive `latest.json`.

    A published release is left as it is. Raises FatalError, and publishes nothing, when the last complete quality
    run of that suite is missing or was not good, or when a file is not the one that was staged.
    """
    _insist_on_dataset(release.dataset, spec)
    key = {"dataset": release.dataset, "version": release.version}
    problems = verify_release_files(rt.objects, **key, manifest_sha256=release.manifest_sha256)
    if problems:
        told = "\n".join(f"- {problem}" for problem in problems[:10])
        raise FatalError(f"{release.dataset} {release.version}: not published, its files are not as staged\n{told}")
    with rt.lineage.lock("publish", release.dataset):
        if _state(release, rt) == "staged":
            _insist_on_no_takedown(release, rt)
            rt.lineage.execute("publish_release", **key, suite_sha256=suite_sha256)
        state = _state(release, rt)
        if state != "published":
            raise FatalError(
                f"{release.dataset} {release.version}: not published, {_why(state, release, suite_sha256, rt)}"
            )
        write_latest(release.dataset, rt.objects, rt.lineage)
    store_report(release.dataset, release.version, release.row_count, rt)
    return release


def _state(release: ReleaseRef, rt: Runtime) -> str:
    """Return staged, published or withdrawn; unknown where the store holds no such release of this snapshot."""
    rows = rt.lineage.fetch("release_by_version", dataset=release.dataset, version=release.version)
    return next((str(row["state"]) for row in rows if str(row["snapshot_id"]) == release.snapshot_id), "unknown")


def _why(state: str, release: ReleaseRef, suite_sha256: str, rt: Runtime) -> str:
    """Say why a release is not published, and what to do."""
    if state == "withdrawn":
        return "it was withdrawn; change the data and release them under a new version"
    if state == "unknown":
        return f"the lineage store knows no such release of snapshot {release.snapshot_id}; clear the stage task"
    runs = rt.lineage.fetch("quality_of_snapshot", snapshot_id=release.snapshot_id, suite_sha256=suite_sha256)
    complete = next((row for row in runs if row["complete"]), None)
    if complete is None:
        found = f"{len(runs)} quality runs and no complete one" if runs else "no quality run"
    else:
        names = [check["assertion"] for check in complete["failed"] if check["severity"] == "critical"]
        found = f"a failed quality run ({', '.join(names)})"
    return (
        f"it is still staged: for snapshot {release.snapshot_id} and suite {suite_sha256} there is {found}; "
        f"clear the check task, and look at its data docs if it fails"
    )


def _insist_on_no_takedown(release: ReleaseRef, rt: Runtime) -> None:
    if rows := rt.lineage.fetch("taken_down_examples", snapshot_id=release.snapshot_id):
        told = "\n".join(f"- row {row['pair_id']}: {row['kind']} {row['value']} ({row['reason']})" for row in rows[:10])
        raise FatalError(
            f"{release.dataset} {release.version}: not published, {len(rows)} rows are under a takedown\n{told}\n"
            f"Take these documents out of the corpus, or lift the takedown, and run the partition again."
        )


def write_latest(dataset: str, objects: ObjectStore, lineage: LineageStore) -> bool:
    """Make `releases/<dataset>/latest.json` say what PostgreSQL says; return whether it had to be written."""
    key = f"releases/{dataset}/latest.json"
    latest = next(iter(lineage.fetch("latest_release", dataset=dataset)), None)
    if latest is None:
        objects.delete(key)
        return False
    data = _latest_bytes(dataset, latest)
    if objects.exists(key) and objects.get(key) == data:
        return False
    objects.put(key, data, content_type=content_type(key))
    return True


def _latest_bytes(dataset: str, row: Row) -> bytes:
    pointer = {
        "format_version": 1,
        "dataset": dataset,
        "version": row["version"],
        "manifest": f"releases/{dataset}/{row['version']}/manifest.json",
        "manifest_sha256": row["manifest_sha256"],
    }
    return (canonical_json(pointer) + "\n").encode()


def next_version(partition_key: str, taken: list[str]) -> str:
    """Return the first free version of a partition: 2026-10 -> 2026.10.N, 2026-10-05 -> 2026.1005.N."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", partition_key)
    if not found:
        raise ConfigError(f"partition key {partition_key!r}: a version is made from YYYY-MM or YYYY-MM-DD")
    stem = f"{found[1]}.{int(found[2] + (found[3] or ''))}"
    patches = [int(version.rpartition(".")[2]) for version in taken]
    return f"{stem}.{max(patches, default=-1) + 1}"


def _insist_on_dataset(dataset: str, spec: DatasetSpec) -> None:
    if dataset != spec.name:
        raise ConfigError(f"a release of {dataset} was handed to the Dag of {spec.name}: check the wiring")


def _release_manifest(manifest: CandidateManifest, version: str, card: bytes) -> ReleaseManifest:
    files = [*manifest.files, ReleaseFile(path=CARD, sha256=sha256_bytes(card), byte_count=len(card))]
    return ReleaseManifest(**{**dict(manifest), "files": files}, version=version)


def _store_files(
    manifest: CandidateManifest, source: str, ref: ReleaseRef, card: bytes, data: bytes, rt: Runtime
) -> None:
    """Copy the candidate's files, then write the card, and the manifest last."""
    folder = ref.manifest_key.rpartition("/")[0]
    wanted = {f"{folder}/{file.path}" for file in manifest.files}
    for key in list(rt.objects.list(f"{folder}/")):
        # A try that was killed before its version had a row may have been about another content.
        if key not in wanted:
            rt.objects.delete(key)
    for file in manifest.files:
        copy_file(rt.objects, f"{source}/{file.path}", f"{folder}/{file.path}", file.sha256)
    rt.objects.put(f"{folder}/{CARD}", card, content_type=content_type(CARD))
    rt.objects.put(ref.manifest_key, data, content_type=content_type(ref.manifest_key))


def _ref(manifest: CandidateManifest, version: str, snapshot_id: str, sha256: str) -> ReleaseRef:
    return ReleaseRef(
        dataset=manifest.dataset,
        version=version,
        partition_key=manifest.partition_key,
        snapshot_id=snapshot_id,
        manifest_key=f"releases/{manifest.dataset}/{version}/manifest.json",
        manifest_sha256=sha256,
        row_count=manifest.row_count,
    )


def _release_row(ref: ReleaseRef, variant: str) -> Row:
    return {
        "dataset": ref.dataset,
        "version": ref.version,
        "partition_key": ref.partition_key,
        "snapshot_id": ref.snapshot_id,
        "manifest_key": ref.manifest_key,
        "manifest_sha256": ref.manifest_sha256,
        "variant": variant,
    }
