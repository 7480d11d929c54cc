"""The candidate release: its rows, its files, its manifest."""

import io
import json

import pyarrow.parquet as pq
import pytest

from tasks.core.errors import FatalError
from tasks.core.ids import sha256_bytes
from tasks.publish import assemble
from tasks.publish.candidate import RELEASE, CandidateManifest, load_candidate
from tasks.storage.manifest import load_shard_manifest, load_snapshot, store_shard_manifest, store_snapshot
from tests.fakes.objects import MemoryObjects
from tests.publish.made_pairs import make_row, make_runtime, make_snapshot, make_spec


def assembled(shards, *, spec=None, rows_per_shard=2):
    spec = spec or make_spec()
    objects = MemoryObjects()
    rt = make_runtime(objects)
    ref = assemble.run(make_snapshot(objects, shards, spec), spec, rt, rows_per_shard=rows_per_shard)
    return rt, ref, load_candidate(objects, ref)


def read_parquet(rt, ref, manifest):
    folder = ref.key.rpartition("/")[0]
    names = [file.path for file in manifest.files if file.path.endswith(".parquet")]
    return [row for name in names for row in pq.read_table(io.BytesIO(rt.objects.get(f"{folder}/{name}"))).to_pylist()]


def test_rows_are_in_chat_form_and_in_the_order_of_the_pairs():
    """A published row holds the two messages and says which models, prompts and extractor made it."""
    rt, ref, manifest = assembled([[make_row(1), make_row(2)], [make_row(3)]])
    rows = read_parquet(rt, ref, manifest)
    assert [row["source_url"] for row in rows] == [f"https://pages.example/{n}" for n in (1, 2, 3)]
    assert rows[2]["messages"] == [
        {"role": "user", "content": make_row(3)["instruction"]},
        {"role": "assistant", "content": make_row(3)["response"]},
    ]
    assert rows[0]["id"] == make_row(1)["pair_id"]
    assert (rows[0]["instruction_model"], rows[0]["judge_model"]) == ("tiny-llama@0123abcd", "judge-7b@0123abcd")
    assert (rows[0]["instruction_prompt"], rows[0]["response_prompt"]) == ("backtranslate@1", "rewrite@1")
    assert [*rows[0]] == RELEASE.names == manifest.columns


def test_parquet_and_json_lines_hold_the_same_rows():
    """Both forms of a release are the same data, shard by shard."""
    rt, ref, manifest = assembled([[make_row(n) for n in range(5)]])
    folder = ref.key.rpartition("/")[0]
    lines = [
        json.loads(line)
        for file in manifest.files
        if file.path.endswith(".jsonl")
        for line in rt.objects.get(f"{folder}/{file.path}").decode().splitlines()
    ]
    assert lines == read_parquet(rt, ref, manifest)
    assert len(lines) == 5


def test_files_are_cut_at_the_row_limit_and_described_in_the_manifest():
    """Five rows of two to a shard make three files of each form, each with its true digest, size and row count."""
    rt, ref, manifest = assembled([[make_row(n) for n in range(5)]])
    assert [file.path for file in manifest.files] == [
        *(f"data/train-0000{n}-of-00003.parquet" for n in range(3)),
        *(f"jsonl/train-0000{n}-of-00003.jsonl" for n in range(3)),
    ]
    assert [file.row_count for file in manifest.files] == [2, 2, 1, 2, 2, 1]
    for file in manifest.files:
        data = rt.objects.get(f"{ref.key.rpartition('/')[0]}/{file.path}")
        assert (sha256_bytes(data), len(data)) == (file.sha256, file.byte_count)


def test_an_empty_partition_makes_one_empty_shard():
    """No pairs still make a candidate, which the gate can then refuse."""
    rt, ref, manifest = assembled([[]])
    assert ref.row_count == 0
    assert read_parquet(rt, ref, manifest) == []


def test_every_row_is_recorded_at_its_place():
    """The lineage store learns which pair stands in which file at which row."""
    rt, ref, _ = assembled([[make_row(1), make_row(2)], [make_row(3)]])
    folder = ref.key.rpartition("/")[0]
    places = [(row["pair_id"], row["shard_key"], row["shard_row"]) for row in rt.lineage.tables["example"]]
    assert places == [
        (make_row(1)["pair_id"], f"{folder}/data/train-00000-of-00002.parquet", 0),
        (make_row(2)["pair_id"], f"{folder}/data/train-00000-of-00002.parquet", 1),
        (make_row(3)["pair_id"], f"{folder}/data/train-00001-of-00002.parquet", 0),
    ]
    assert rt.lineage.tables["snapshot"][0]["manifest_sha256"] == ref.sha256


def test_a_second_run_writes_nothing():
    """The committed candidate is found again and not made again."""
    spec, objects = make_spec(), MemoryObjects()
    snapshot = make_snapshot(objects, [[make_row(1)]], spec)
    first = assemble.run(snapshot, spec, make_runtime(objects))
    objects.puts.clear()
    assert assemble.run(snapshot, spec, make_runtime(objects)) == first
    assert objects.puts == []


def test_a_run_that_was_killed_before_its_commit_ends_in_the_same_bytes():
    """Files without a manifest are no candidate: they are written again, the same."""
    spec, objects = make_spec(), MemoryObjects()
    snapshot = make_snapshot(objects, [[make_row(1)]], spec)
    first = assemble.run(snapshot, spec, make_runtime(objects))
    before = dict(objects.content)
    objects.delete(first.key)
    assert assemble.run(snapshot, spec, make_runtime(objects)) == first
    assert objects.content == before


@pytest.mark.parametrize(
    "changes",
    [
        {"source": {"uri": "s3://elsewhere/pages", "licence": "CC-BY-4.0"}},
        {"schedule": {"cron": "5 4 * * *"}},
        {"quality": {"min_rows": 7}},
        {"release": {"title": "Hand-made pairs", "licence": "cc-by-4.0", "approve": True}},
    ],
)
def test_what_does_not_change_the_data_does_not_change_the_candidate(changes):
    """Another host, schedule or bound of the gate gives the same manifest, byte for byte."""
    _, plain, _ = assembled([[make_row(1)]])
    _, other, _ = assembled([[make_row(1)]], spec=make_spec(**changes))
    assert other == plain


@pytest.mark.parametrize("changes", [{"demo": True}, {"description": "Another."}, {"seed": 1}])
def test_what_the_card_says_changes_the_candidate(changes):
    """A candidate is its rows and what is said of them, in the same store too."""
    spec, objects = make_spec(), MemoryObjects()
    snapshot = make_snapshot(objects, [[make_row(1)]], spec)
    plain = assemble.run(snapshot, spec, make_runtime(objects))
    other = assemble.run(snapshot, make_spec(**changes), make_runtime(objects))
    assert other.sha256 != plain.sha256


def test_models_are_taken_from_the_shards_and_not_from_the_specification():
    """A specification that was edited after the pairs were made does not rename who made them."""
    spec, objects = make_spec(), MemoryObjects()
    snapshot = make_snapshot(objects, [[make_row(1)]], spec)
    edited = make_spec(
        models={role: {"connection": "m", "name": "new", "revision": "1"} for role in ("backward", "judge", "rewriter")}
    )
    rt = make_runtime(objects)
    manifest = load_candidate(objects, assemble.run(snapshot, edited, rt))
    assert manifest.models == {
        "instruction": ["tiny-llama@0123abcd"],
        "judge": ["judge-7b@0123abcd"],
        "response": ["tiny-llama@0123abcd"],
    }


def test_the_funnel_and_the_configurations_of_all_stages_are_kept():
    """The manifest says what each stage read, kept and rejected, over both shards, and how it was set."""
    _, _, manifest = assembled([[make_row(1), make_row(2)], [make_row(3)]])
    assert [(line.stage, line.read, line.kept) for line in manifest.funnel] == [
        ("extract", 17, 15),
        ("filters", 15, 13),
        ("backtranslate", 13, 11),
        ("score", 11, 9),
        ("curate", 9, 7),
        ("rewrite", 7, 5),
        ("verify", 5, 3),
    ]
    assert [stage.stage for stage in manifest.stages] == [line.stage for line in manifest.funnel]
    assert manifest.stages[4].config == {"min_score": 5}


def test_duplicates_are_left_for_the_gate_to_see():
    """A pair that stands there twice is published twice or not at all, never silently once."""
    rt, ref, manifest = assembled([[make_row(1), make_row(1)]])
    assert len(read_parquet(rt, ref, manifest)) == manifest.row_count == 2


def test_a_snapshot_that_miscounts_its_rows_is_refused():
    """Rows that the manifest does not know of are not published, and nothing is committed."""
    spec, objects = make_spec(), MemoryObjects()
    snapshot, _ = load_snapshot(objects, make_snapshot(objects, [[make_row(1), make_row(2)]], spec).key)
    short = snapshot.shards[0].model_copy(update={"row_count": 1})
    ref = store_snapshot(
        objects, kind="pairs", dataset=spec.name, partition_key="2026-10", shards=[short], funnel=snapshot.funnel
    )
    with pytest.raises(FatalError, match=r"hold 2 rows, their manifest says 1"):
        assemble.run(ref, spec, make_runtime(objects))
    assert not [key for key in objects.list("candidates/") if key.endswith("manifest.json")]


def test_pairs_without_a_judge_behind_them_are_refused():
    """A shard whose ancestors do not name the stage that scored it cannot say who judged it."""
    spec, objects = make_spec(), MemoryObjects()
    snapshot, _ = load_snapshot(objects, make_snapshot(objects, [[make_row(1)]], spec).key)
    last, _ = load_shard_manifest(objects, snapshot.shards[0].key)
    orphan = store_shard_manifest(objects, "stages/verify/x/manifest.json", last.model_copy(update={"inputs": []}))
    ref = store_snapshot(objects, kind="pairs", dataset=spec.name, partition_key="2026-10", shards=[orphan], funnel=[])
    with pytest.raises(FatalError, match="no variant goes through none of its stages"):
        assemble.run(ref, spec, make_runtime(objects))


def test_a_changed_manifest_is_not_read():
    """One byte changed after the commit is noticed."""
    rt, ref, _ = assembled([[make_row(1)]])
    rt.objects.content[ref.key] = rt.objects.content[ref.key].replace(b"handmade", b"handmode")
    with pytest.raises(FatalError, match="changed after its commit"):
        load_candidate(rt.objects, ref)


def test_the_manifest_survives_a_round_trip():
    """What is written is what is read, with no field that JSON would change."""
    _, _, manifest = assembled([[make_row(1)]])
    assert CandidateManifest.model_validate_json(manifest.to_bytes()) == manifest


def test_a_tag_ends_every_request_and_changes_the_candidate():
    """After a blank line; without tags the request is the instruction alone."""
    tagged = make_spec(release={"tags": True, "data_tag": "From the web."})
    rt, ref, manifest = assembled([[make_row(1)]], spec=tagged)
    (row,) = read_parquet(rt, ref, manifest)
    assert row["messages"][0]["content"] == f"{make_row(1)['instruction']}\n\nFrom the web."
    assert manifest.spec["release"]["data_tag"] == "From the web."
    other = make_spec(release={"tags": True, "data_tag": "From elsewhere."})
    assert len({assembled([[make_row(1)]], spec=spec)[1].key for spec in (tagged, other, make_spec())}) == 3


def test_the_variant_is_read_from_the_shards():
    """A specification that was edited since does not rename how the pairs were made; without shards it is asked."""
    _, _, manifest = assembled([[make_row(1)]])
    assert manifest.variant == "filter+rewrite"
    spec, objects = make_spec(), MemoryObjects()
    snapshot = make_snapshot(objects, [[make_row(1)]], spec)
    edited = make_spec(variant="filter")
    assert load_candidate(objects, assemble.run(snapshot, edited, make_runtime(objects))).variant == "filter+rewrite"
    nothing = store_snapshot(objects, kind="pairs", dataset=spec.name, partition_key="2026-10", shards=[], funnel=[])
    assert load_candidate(objects, assemble.run(nothing, edited, make_runtime(objects))).variant == "filter"


def test_a_stage_of_the_variant_that_is_missing_is_named():
    """Pairs that nobody wrote an instruction for were made by something else."""
    spec, objects = make_spec(), MemoryObjects()
    snapshot, _ = load_snapshot(objects, make_snapshot(objects, [[make_row(1)]], spec).key)
    verified, _ = load_shard_manifest(objects, snapshot.shards[0].key)
    rewritten = verified.model_copy(update={"inputs": [], "stage": "rewrite", "config": spec.rewrite.body()})
    before = store_shard_manifest(objects, "stages/rewrite/x/manifest.json", rewritten)
    verified = verified.model_copy(update={"inputs": [before.model_dump()]})
    last = store_shard_manifest(objects, "stages/verify/x/manifest.json", verified)
    ref = store_snapshot(objects, kind="pairs", dataset=spec.name, partition_key="2026-10", shards=[last], funnel=[])
    with pytest.raises(FatalError, match="no manifest of backtranslate lies behind it"):
        assemble.run(ref, spec, make_runtime(objects))
