"""Each link of a published row's chain is broken once, and the break is named."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from tasks.audit.sample import run as verify_sample
from tasks.core.errors import ConfigError, FatalError, RetriableError
from tasks.core.ids import content_id, sha256_bytes, sha256_text
from tests.audit.made_release import SHARD, SOURCE, SPEC, Made, make_release
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


def change_published(**changes: Any) -> Callable[[Made], None]:
    return lambda made: made.published[0].update(changes)


BREAKS: list[tuple[str, str, Callable[[Made], None]]] = [
    ("source record", "digest", turn_a_byte),
    ("source record", "digest", cut_the_file),
    ("source record", "the file is gone", lambda made: made.sources.content.clear()),
    ("source record", "recorded", lambda made: made.examples[0].update(record_sha256="0" * 64)),
    ("document", "differs from the recorded one", another_page),
    ("document", "no text can be extracted", no_page),
    ("document", "differs", lambda made: made.examples[0].update(text_sha256="0" * 64)),
    ("document", "made by old@1, this is", lambda m: m.examples[0].update(text_sha256="0" * 64, extractor="old@1")),
    ("score", "no judgement", lambda made: made.examples[0]["scores"].clear()),
    ("score", "no judgement", change_score(value=None)),
    ("score", "no judgement", change_score(metric="other")),
    ("score", "reads 5, the recorded score is 4.0", change_score(value=4.0)),
    ("score", "reads 2, the recorded score is 5.0", change_answer("score", "Poor.\nScore: 2")),
    ("score", "is not recorded", change_score(generation_id=content_id("generation", "none"))),
    ("score", "the prompt rendered now differs", other_instruction),
    ("pair", "give the id", lambda made: made.examples[0].update(pair_id=content_id("pair", "x"))),
    ("published row", "id differs", change_published(id="x")),
    ("published row", "messages differs", change_published(messages=[{"role": "user", "content": "x"}])),
    ("published row", "score differs", change_published(score=4)),
    ("published row", "source_url differs", change_published(source_url="https://other.example/")),
    ("published row", "document_id differs", change_published(document_id="x")),
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


def test_a_garbled_published_shard_is_named(made: Made) -> None:
    """What is no Parquet any more breaks the rows in it, not the verification."""
    opened = made.open()
    made.rt.objects.content[SHARD] = b"PAR1 no more"
    found = list(opened.verify(opened.rows()))
    assert [item.link for item in found if item] == ["published row", "published row"]


def test_a_store_that_is_away_is_no_broken_link(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage must not call a person for rows that are fine: the try fails and is repeated."""

    def away(*arguments: Any) -> bytes:
        raise RetriableError("cannot be reached")

    opened = made.open()
    monkeypatch.setattr(made.sources, "get_range", away)
    with pytest.raises(RetriableError):
        list(opened.verify(opened.rows()))


def test_scores_may_come_as_text(made: Made) -> None:
    """A database driver gives JSON as text or as values."""
    import json

    for example in made.examples:
        example["scores"] = json.dumps(example["scores"])
    assert made.verify() == [None, None]


def test_a_release_that_does_not_exist(made: Made) -> None:
    """It is named."""
    made.releases.clear()
    with pytest.raises(ConfigError, match=r"made has no release 2026\.10\.0"):
        made.open()


def test_files_are_compared_with_the_recorded_manifest(made: Made) -> None:
    """A release without its manifest is a broken one."""
    (problem,) = made.open().verify_files()
    assert problem.link == "release files" and "manifest.json: is missing" in problem.message


def test_the_nightly_sample_counts_or_calls_a_person(made: Made) -> None:
    """Good rows are counted, a broken one fails the run and is named."""
    made.open()
    made.rt.source_store = lambda root: made.sources
    assert verify_sample([SPEC], made.rt) == {"made": 2}
    assert made.rt.metrics["verified:made"] == 2
    made.sources.content.clear()
    with pytest.raises(FatalError, match="source record"):
        verify_sample([SPEC], made.rt)


def test_a_dataset_without_a_release_is_not_sampled(made: Made) -> None:
    """There is nothing to derive."""
    made.open()
    made.rt.lineage.answers["latest_release"] = []
    assert verify_sample([SPEC], made.rt) == {}
