"""Does a release still hold the bytes that its manifest names?"""

import pytest

from tasks.publish.verify_files import verify_release_files
from tests.publish.test_release import fresh, staged

FOLDER = "releases/handmade/2026.10.0"


@pytest.fixture
def release():
    rt = fresh()
    return rt.objects, staged(rt)


def test_a_whole_release_has_no_problem(release):
    """What was staged verifies, with the recorded digest and without it."""
    objects, ref = release
    assert verify_release_files(objects, "handmade", "2026.10.0") == []
    assert verify_release_files(objects, "handmade", "2026.10.0", manifest_sha256=ref.manifest_sha256) == []


@pytest.mark.parametrize("name", ["README.md", "data/train-00000-of-00002.parquet", "jsonl/train-00001-of-00002.jsonl"])
def test_a_changed_byte_is_named_with_its_file(release, name):
    """One changed byte in any file gives one problem, which names the file."""
    objects, _ = release
    data = objects.content[f"{FOLDER}/{name}"]
    objects.content[f"{FOLDER}/{name}"] = bytes([data[0] ^ 1]) + data[1:]
    (problem,) = verify_release_files(objects, "handmade", "2026.10.0")
    assert problem.startswith(f"{FOLDER}/{name}: digest ")


def test_missing_and_added_files_are_named(release):
    """A file that went and a file that came are both told."""
    objects, _ = release
    objects.delete(f"{FOLDER}/README.md")
    objects.put(f"{FOLDER}/data/extra.parquet", b"x")
    assert verify_release_files(objects, "handmade", "2026.10.0") == [
        f"{FOLDER}/README.md: is missing",
        f"{FOLDER}/data/extra.parquet: is not named by the manifest",
    ]


def test_a_forged_manifest_is_caught_by_the_recorded_digest(release):
    """Files and manifest changed together still differ from what the lineage store recorded."""
    objects, ref = release
    objects.content[f"{FOLDER}/manifest.json"] += b" "
    (problem,) = verify_release_files(objects, "handmade", "2026.10.0", manifest_sha256=ref.manifest_sha256)
    assert "it was changed" in problem


@pytest.mark.parametrize(
    ("data", "expected"), [(None, "is missing"), (b"not json", "cannot be read"), (b"[]", "cannot be read")]
)
def test_a_release_without_a_readable_manifest_is_a_problem_and_no_crash(release, data, expected):
    """A manifest that is gone or is no manifest is told, not raised."""
    objects, _ = release
    objects.delete(f"{FOLDER}/manifest.json")
    if data is not None:
        objects.put(f"{FOLDER}/manifest.json", data)
    (problem,) = verify_release_files(objects, "handmade", "2026.10.0")
    assert expected in problem
