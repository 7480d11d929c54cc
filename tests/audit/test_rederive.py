"""Each link of a published row's chain is broken once, and the break is named."""

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.audit.sample import run as verify_sample
from tasks.core.errors import ConfigError, FatalError, RetriableError
from tasks.core.ids import content_id, sha256_bytes, sha256_text
from tasks.publish.candidate import RELEASE
from tasks.score.votes import score_id
from tasks.storage.shards import read_rows
from tests.audit.made_release import MANIFEST, RELEASED, SHARD, SOURCE, SPEC, Made, make_release
from tests.extract.warc_bytes import http, record


@pytest.fixture
def made() -> Made:
    return make_release()


def test_a_sound_release_has_no_broken_link(made: Made) -> None:
    """Both rows are derived again from the bytes of their pages."""
    assert made.verify() == [None, None]


def turn_a_byte(made: Made) -> None:
    data = bytearray(made.sources.content[SOURCE])
    data[40] ^= 1
    made.sources.content[SOURCE] = bytes(data)


def cut_the_file(made: Made) -> None:
    made.sources.content[SOURCE] = made.sources.content[SOURCE][:100]


def another_page(made: Made) -> None:
    """A record of another text, whose digest was recorded: extraction must notice."""
    data = gzip.compress(record(http(b"<html><body><p>Something else entirely stands here now.</p></body></html>")))
    place_record(made, data)


def no_page(made: Made) -> None:
    """A record without any text, whose digest was recorded."""
    place_record(made, gzip.compress(record(http(b"", status=404))))


def place_record(made: Made, data: bytes) -> None:
    made.sources.content[SOURCE] += data
    example = made.examples[0]
    example["locator"] = {"offset": len(made.sources.content[SOURCE]) - len(data), "length": len(data)}
    example["record_sha256"] = sha256_bytes(data)


@pytest.mark.parametrize("kind", ["warc", "dolma", "jsonl", "parquet"])
def test_a_kept_source_may_be_gone_or_changed(kind: str) -> None:
    """What was kept of it is what the rows are derived from; without it the rows cannot be derived any more."""
    for change in (lambda content: content.clear(), lambda content: content.update({SOURCE: b"another file"})):
        kept, bare = (make_release(kind=kind, keep_source=keep) for keep in (True, False))
        assert kept.verify() == bare.verify() == [None, None]
        change(kept.sources.content)
        change(bare.sources.content)
        assert kept.verify() == [None, None]
        assert [item and item.link for item in bare.verify()] == ["source record"] * 2


def test_a_kept_record_that_was_changed_is_not_taken_for_it() -> None:
    """The source is asked then, and where it is gone the copy is told."""
    made = make_release(keep_source=True)
    (key,) = made.rt.objects.list("kept/")
    data = [{**row, "data": b"another record"} for row in read_rows(made.rt.objects, key)]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(data), out)
    made.rt.objects.put(key, out.getvalue())
    assert made.verify() == [None, None]
    made.sources.content.clear()
    assert [item and item.link for item in made.verify()] == ["source record"] * 2
    made.rt.objects.put(key, b"no table")
    assert [item and item.link for item in made.verify()] == ["chain"] * 2


def drop_generation(stage: str) -> Callable[[Made], None]:
    return lambda made: made.generations.remove(made.generation(stage))


def change_generation(stage: str, **changes: Any) -> Callable[[Made], None]:
    return lambda made: made.generation(stage).update(changes)


def change_answer(stage: str, text: str) -> Callable[[Made], None]:
    """Another answer, with the digest of that answer."""
    return change_generation(stage, output_text=text, output_sha256=sha256_text(text))


def change_score(**changes: Any) -> Callable[[Made], None]:
    return lambda made: made.examples[0]["scores"][0].update(changes)


def other_instruction(made: Made) -> None:
    """The row points to another instruction than its judgement and response were made for."""
    text = "What is a samovar?"
    change_answer("backtranslate", text)(made)
    made.published[0]["messages"][0]["content"] = text


def decision(made: Made, policy: str) -> dict[str, Any]:
    """The only decision by a policy on the first row."""
    (found,) = [item for item in made.examples[0]["decisions"] if item["policy"] == policy]
    return found


def change_decision(policy: str, **changes: Any) -> Callable[[Made], None]:
    return lambda made: decision(made, policy).update(changes)


def change_policy(policy: str, **changes: Any) -> Callable[[Made], None]:
    return lambda made: decision(made, policy)["policy_config"].update(changes)


def change_published(**changes: Any) -> Callable[[Made], None]:
    return lambda made: made.published[0].update(changes)


BREAKS: list[tuple[str, str, Callable[[Made], None]]] = [
    ("source record", "digest", turn_a_byte),
    ("source record", "record_missing", cut_the_file),
    ("source record", "the file is gone", lambda made: made.sources.content.clear()),
    ("source record", "recorded", lambda made: made.examples[0].update(record_sha256="0" * 64)),
    ("document", "differs from the recorded one", another_page),
    ("document", "no text can be extracted", no_page),
    ("document", "differs", lambda made: made.examples[0].update(text_sha256="0" * 64)),
    ("document", "made by old@1, this is", lambda m: m.examples[0].update(text_sha256="0" * 64, extractor="old@1")),
    ("score", "no judgement", lambda made: made.examples[0]["scores"].clear()),
    ("score", "no judgement", change_score(value=None)),
    ("score", "no judgement", change_score(metric="other")),
    ("score", "no judgement is recorded of 5 by tiny@r1 with score@1", change_score(value=4.0)),
    ("score", "no judgement is recorded of 5 by tiny@r1", change_score(judge="tiny@r2")),
    ("score", "no judgement is recorded of 5 by tiny@r1 with score@1", change_score(prompt="score@2")),
    ("score", "no judgement is recorded of 4 by tiny@r1", change_published(score=4)),
    ("score", "no judgement is recorded of 5 by other@r1", change_published(judge_model="other@r1")),
    ("score", "with score@2", change_published(judge_prompt="score@2")),
    ("score", "reads 2, the recorded score is 5.0", change_answer("score", "Poor.\nScore: 2")),
    (
        "score",
        "is not what its value and the recorded judgements come to",
        change_score(generation_id=content_id("generation", "none")),
    ),
    ("score", "the prompt rendered now differs", other_instruction),
    ("pair", "give the id", lambda made: made.examples[0].update(pair_id=content_id("pair", "x"))),
    ("published row", "messages differs", change_published(messages=[{"role": "user", "content": "x"}])),
    *(
        ("published row", f"{RELEASED} row 0: {name} differs", change_published(**{name: "x"}))
        for name in RELEASE.names
        if name not in ("messages", "score", "judge_model", "judge_prompt")
    ),
    ("published row", f"{SHARD} row 0: score differs", lambda made: made.candidate[0].update(score=4)),
    ("published row", f"{SHARD} row 0: judge_model differs", lambda made: made.candidate[0].update(judge_model="x")),
    ("published row", "language differs", lambda made: made.examples[0].update(language="fr")),
    ("published row", "extractor differs", lambda made: made.examples[0].update(extractor="old@1")),
    ("published row", f"{RELEASED} has 0 rows, this one should be row 0", lambda made: made.published.clear()),
    ("document", "give the id", lambda made: made.examples[0].update(document_id=content_id("document", "x"))),
    ("document", "cannot be read any more", lambda made: made.examples[0]["extract_config"].update(gone=1)),
    ("curate decision", "no decision is recorded", change_decision("curate", kept=False)),
    ("curate decision", "no decision is recorded", lambda made: made.examples[0]["decisions"].clear()),
    ("curate decision", "cannot be read any more", change_policy("curate", gone=1)),
    ("verify decision", "no decision is recorded", change_decision("verify", kept=False)),
    ("verify decision", "response_too_short", change_policy("verify", min_length_ratio=0.9)),
    ("verify decision", "response_copies_too_little", change_policy("verify", min_copy_rate=1.0)),
    ("published row", "has 2 rows, this one should be row 2", lambda made: made.examples[0].update(shard_row=2)),
    ("published row", "differs", lambda made: made.examples[0].update(shard_row=1)),
    (
        "published row",
        "candidates/other: the shard is gone",
        lambda made: made.examples[0].update(shard_key="candidates/other"),
    ),
]
for _link, _stage in (("instruction", "backtranslate"), ("score", "score"), ("response", "rewrite")):
    BREAKS += [
        (_link, "is not recorded", drop_generation(_stage)),
        (_link, "the file was changed after it was used", change_generation(_stage, template_sha256="0" * 64)),
        (_link, "no version 99", change_generation(_stage, prompt_version=99)),
        (_link, "the prompt rendered now differs", change_generation(_stage, rendered_sha256="0" * 64)),
        (_link, "its request gives the id", change_generation(_stage, model_revision="r2")),
        (_link, "its request gives the id", change_generation(_stage, model_name="other")),
        (_link, "its request gives the id", change_generation(_stage, seed=1)),
        (_link, "its request gives the id", change_generation(_stage, attempt=1)),
        (_link, "its request gives the id", change_generation(_stage, sampling={"temperature": 0.0})),
        (_link, "erased, or its stored output is missing", change_generation(_stage, output_text=None)),
        (_link, "the stored output was changed", change_generation(_stage, output_text="Another answer.")),
        (_link, "no longer parses", change_answer(_stage, "")),
    ]


@pytest.mark.parametrize(
    ("link", "told", "damage"), BREAKS, ids=[f"{n}: {link}: {told}" for n, (link, told, _) in enumerate(BREAKS)]
)
def test_each_broken_link_is_named(made: Made, link: str, told: str, damage: Callable[[Made], None]) -> None:
    """Which row, between what, and how it shows."""
    damage(made)
    pair_id = made.examples[0]["pair_id"]
    first, *_ = made.verify()
    assert first is not None
    assert (first.link, first.pair_id) == (link, pair_id)
    assert told in first.message
    assert str(first).startswith(f"{pair_id}: {link}: ")


def test_a_broken_row_does_not_hide_the_next(made: Made) -> None:
    """Every row is looked at."""
    made.examples[0]["text_sha256"] = "0" * 64
    first, second = made.verify()
    assert first is not None and second is None


@pytest.mark.parametrize("key", [SHARD, RELEASED])
def test_a_garbled_published_shard_is_named(made: Made, key: str) -> None:
    """What is no Parquet any more breaks the rows in it, not the verification."""
    opened = made.open()
    made.rt.objects.content[key] = b"PAR1 no more"
    found = list(opened.verify(opened.rows()))
    assert [item.link for item in found if item] == ["published row", "published row"]
    assert all(item and f"{key}: cannot be read as Parquet" in item.message for item in found)


def test_a_file_of_the_release_that_is_gone_is_named(made: Made) -> None:
    """The candidate's file does not stand in for the release's own."""
    opened = made.open()
    del made.rt.objects.content[RELEASED]
    found = list(opened.verify(opened.rows()))
    assert all(item and f"{RELEASED}: the shard is gone" in item.message for item in found)


def test_files_are_read_once_however_many_rows(made: Made) -> None:
    """Rows in order are read forwards, a batch at a time; rows in another order are found as well."""
    opened = made.open()
    made.rt.objects.gets.clear()
    assert list(opened.verify(opened.rows())) == [None, None]
    assert sorted(made.rt.objects.gets) == [SHARD, RELEASED, MANIFEST]
    assert list(opened.verify(opened.rows()[::-1])) == [None, None]


def test_the_judgement_is_the_one_that_was_published(made: Made) -> None:
    """A pair that was judged before by another judge, with another prompt or to another score is still sound."""
    (right,) = made.examples[0]["scores"]
    others = [{"judge": "other@r1", "value": 2.0}, {"prompt": "score@2"}, {"value": 3.0}]
    unknown = content_id("generation", "none")
    made.examples[0]["scores"][:0] = [{**right, "generation_id": unknown, **other} for other in others]
    assert made.verify() == [None, None]


def test_one_of_two_like_judgements_must_hold(made: Made) -> None:
    """The same judge with other sampling may have said the same: which was published cannot be told."""
    (right,) = made.examples[0]["scores"]
    made.examples[0]["scores"].insert(0, {**right, "generation_id": content_id("generation", "none")})
    assert made.verify() == [None, None]


def name_the_score(made: Made) -> None:
    """Give the first row's score the id that its value asks for."""
    row = made.examples[0]
    (item,) = row["scores"]
    draft_id = content_id("pair", row["document_id"], row["instruction_id"], None)
    item["score_id"] = score_id(draft_id, item["value"], [item["generation_id"]])


def test_a_score_below_every_bound_was_not_curated(made: Made) -> None:
    """A stored judgement of 4, published as 4, cannot have been kept at 5."""
    change_answer("score", "Fine.\nScore: 4")(made)
    change_score(value=4.0)(made)
    name_the_score(made)
    made.published[0]["score"] = made.candidate[0]["score"] = 4
    first, _ = made.verify()
    assert first is not None and first.link == "curate decision"
    assert "score 4 is below min_score 5" in first.message


def test_a_kept_decision_of_another_judgement_is_no_fault(made: Made) -> None:
    """Judged 5 and kept at 5, judged 4 and kept at 4: the row that was published with 4 is sound."""
    change_answer("score", "Fine.\nScore: 4")(made)
    change_score(value=4.0)(made)
    name_the_score(made)
    made.published[0]["score"] = made.candidate[0]["score"] = 4
    made.examples[0]["decisions"].append({**decision(made, "curate"), "policy_config": {"min_score": 4}})
    assert made.verify()[0] is None


@pytest.mark.parametrize(
    ("policy", "stricter", "unreadable"),
    [("curate", {"kept": False}, {"gone": 1}), ("verify", {"policy_config": {"min_copy_rate": 1.0}}, {"gone": 1})],
)
def test_one_decision_of_each_policy_is_enough(
    made: Made, policy: str, stricter: dict[str, Any], unreadable: dict[str, Any]
) -> None:
    """Policies change: a decision that drops the pair, or cannot be read, does not undo the one that kept it."""
    kept = decision(made, policy)
    made.examples[0]["decisions"][:0] = [{**kept, **stricter}, {**kept, "policy_config": unreadable}]
    assert made.verify() == [None, None]


def test_rows_beyond_a_batch_are_verified(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored answers are fetched for some rows at a time, and no row is left out."""
    monkeypatch.setattr("tasks.audit.rederive.BATCH_ROWS", 1)
    made.examples[1]["text_sha256"] = "0" * 64
    first, second = made.verify()
    assert first is None and second is not None
    asked = [params["ids"] for _, name, params in made.rt.lineage.calls if name == "generations_to_verify"]
    assert [len(ids) for ids in asked] == [3, 3]


@pytest.mark.parametrize("name", ["get_range", "open"])
@pytest.mark.parametrize("kind", [RetriableError, ConfigError])
def test_a_store_that_is_away_is_no_broken_link(
    made: Made, monkeypatch: pytest.MonkeyPatch, name: str, kind: type[Exception]
) -> None:
    """An outage or a refused password must not blame rows that are fine: the try fails as a whole."""

    def away(*arguments: Any) -> bytes:
        raise kind("cannot be reached")

    opened = made.open()
    monkeypatch.setattr(made.sources if name == "get_range" else made.rt.objects, name, away)
    with pytest.raises(kind):
        list(opened.verify(opened.rows()))


def test_scores_and_decisions_may_come_as_text(made: Made) -> None:
    """A database driver gives JSON as text or as values."""
    for example in made.examples:
        example["scores"] = json.dumps(example["scores"])
        example["decisions"] = json.dumps(example["decisions"])
    assert made.verify() == [None, None]


def test_a_release_that_does_not_exist(made: Made) -> None:
    """It is named."""
    made.releases.clear()
    with pytest.raises(ConfigError, match=r"made has no release 2026\.10\.0"):
        made.open()


def test_files_are_compared_with_the_recorded_manifest(made: Made) -> None:
    """A release without its manifest is a broken one, and each of its rows is: nobody knows how it was made."""
    made.rt.objects.delete(MANIFEST)
    (problem,) = made.open().verify_files()
    assert problem.link == "release files" and "manifest.json: is missing" in problem.message
    first, second = made.verify()
    assert first and second and first.link == second.link == "release files"
    assert "the manifest is gone" in first.message


def test_the_nightly_sample_counts_or_calls_a_person(made: Made) -> None:
    """Good rows are counted, a broken one fails the run and is named."""
    made.open()
    made.rt.source_store = lambda root: made.sources
    assert verify_sample([SPEC], made.rt) == {"made": 2}
    loaded = [params["pair_id"] for _, name, params in made.rt.lineage.calls if name == "examples_to_verify"]
    assert sorted(loaded) == sorted(row["pair_id"] for row in made.examples)
    assert made.rt.metrics["verified:made"] == 2
    made.sources.content.clear()
    with pytest.raises(FatalError, match="source record"):
        verify_sample([SPEC], made.rt)


def test_a_dataset_without_a_release_is_not_sampled(made: Made) -> None:
    """There is nothing to derive."""
    made.open()
    made.rt.lineage.answers["latest_release"] = []
    assert verify_sample([SPEC], made.rt) == {}
