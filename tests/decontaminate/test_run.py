"""The stage: documents and instructions against evaluation sets in files of the user."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tasks.core.config import DecontaminateConfig
from tasks.core.errors import ConfigError, FatalError
from tasks.core.ids import sha256_bytes
from tasks.core.records import DOCUMENT, INSTRUCTION
from tasks.core.runtime import Runtime
from tasks.decontaminate import run as stage
from tasks.decontaminate.run import run
from tasks.storage.manifest import funnel, open_shard
from tasks.storage.objects import open_source
from tests.clean.made_shard import make_runtime, make_shard, rows_of
from tests.decontaminate.made_items import INSTRUCTIONS, SUMS
from tests.decontaminate.made_sets import config_of, jsonl

QUESTION = INSTRUCTIONS[0]["instruction"]
SUM = SUMS[0]["question"]


@pytest.fixture
def rt() -> Runtime:
    rt = make_runtime()
    rt.source_store = lambda root: open_source(root, objects=rt.objects)
    return rt


@pytest.fixture
def config(tmp_path: Path) -> DecontaminateConfig:
    (tmp_path / "asked.jsonl").write_bytes(jsonl(INSTRUCTIONS))
    (tmp_path / "sums.jsonl").write_bytes(jsonl([*SUMS, {"question": "Why?"}]))
    return of_files(tmp_path)


def of_files(folder: Path, **fields: Any) -> DecontaminateConfig:
    names = {"alpaca": "asked.jsonl", "sums": "sums.jsonl"}
    sets = [{"name": name, "file": {"uri": str(folder / file)}} for name, file in names.items()]
    return config_of(sets=sets, **fields)


def documents(*texts: str) -> list[dict[str, Any]]:
    return [{"document_id": str(number), "text": text} for number, text in enumerate(texts, start=1)]


def test_documents_that_hold_an_item_are_rejected(rt: Runtime, config: DecontaminateConfig) -> None:
    """The others are kept as they are; the detail names the set and the item, the facts say what was looked for."""
    clean = "A page about dams and the beavers that build them."
    rows = documents(clean, f"Quiz\n\n{SUM}\n\nGood luck.", f"My favourite:\n> {QUESTION}\n> Who knows?")
    ref = run(make_shard(rt, rows, DOCUMENT, "filters"), config, rt)
    kept, dropped = rows_of(rt, ref)
    assert [row["text"] for row in kept] == [clean]
    assert [(row["document_id"], row["reason"], row["detail"].partition(": ")[0]) for row in dropped] == [
        ("2", "contaminated_document", "sums item 1"),
        ("3", "contaminated_document", "alpaca item 1"),
    ]
    manifest = open_shard(rt.objects, ref)
    assert manifest.stage == "decontaminate_documents"
    assert manifest.facts == {
        "sets": {
            "alpaca": "20 items, 0 of them too short to match",
            "sums": "7 items, 1 of them too short to match",
        },
        "rejected_by_set": {"alpaca": 1, "sums": 1},
    }


def test_instructions_are_compared_both_ways(rt: Runtime, config: DecontaminateConfig) -> None:
    """And the document behind them is not compared again: it was, before."""
    rows = [
        {"document_id": "1", "text": SUM, "instruction": "How do I grow plums?"},
        {"document_id": "2", "text": "Dams.", "instruction": f"Please tell me: {QUESTION}"},
        {"document_id": "3", "text": "Plums.", "instruction": SUM.partition(". ")[0]},
    ]
    ref = run(make_shard(rt, rows, INSTRUCTION, "clean"), config, rt)
    kept, dropped = rows_of(rt, ref)
    assert [row["document_id"] for row in kept] == ["1"]
    assert kept[0]["instruction"] == "How do I grow plums?"
    assert [row["reason"] for row in dropped] == ["contaminated_instruction"] * 2
    assert dropped[1]["detail"].startswith("sums item 1: 12 of the 12 words here")
    assert open_shard(rt.objects, ref).stage == "decontaminate"


def test_the_funnel_tells_the_two_apart(rt: Runtime, config: DecontaminateConfig) -> None:
    """And what it says of the sets is the same for one shard and for many."""
    shards = [
        run(make_shard(rt, documents(text), DOCUMENT, f"filters{number}"), config, rt)
        for number, text in enumerate((SUM, QUESTION, "Nothing."))
    ]
    (line,) = [line for line in funnel(rt.objects, shards) if line.stage == "decontaminate_documents"]
    assert (line.read, line.kept, line.reasons) == (3, 1, {"contaminated_document": 2})
    assert line.facts["sets"]["sums"] == "7 items, 1 of them too short to match"
    assert line.facts["rejected_by_set"] == {"alpaca": 1, "sums": 1}


def test_another_file_is_another_shard(rt: Runtime, config: DecontaminateConfig, tmp_path: Path) -> None:
    """The digest of what the file held is part of the key, and where it lies is not."""
    shard = make_shard(rt, documents(SUM), DOCUMENT, "filters")
    first = run(shard, config, rt)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("asked.jsonl", "sums.jsonl"):
        (elsewhere / name).write_bytes((tmp_path / name).read_bytes())
    assert run(shard, of_files(elsewhere), rt) == first
    (elsewhere / "sums.jsonl").write_bytes(jsonl(SUMS[1:]))
    second = run(shard, of_files(elsewhere), rt)
    assert (first.row_count, second.row_count) == (0, 1)
    recorded = open_shard(rt.objects, second).config["sets"][1]["file"]["content_sha256"]
    assert recorded == sha256_bytes(jsonl(SUMS[1:]))


def test_the_index_is_made_once_for_a_task(
    rt: Runtime, config: DecontaminateConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle has many shards; the indexes of other configurations are let go of."""
    made: list[object] = []

    class Counted(stage.Index):
        def __init__(self, *arguments: Any) -> None:
            made.append(self)
            super().__init__(*arguments)

    monkeypatch.setattr(stage, "Index", Counted)
    monkeypatch.setattr(stage, "_indexes", {})
    for number in range(3):
        run(make_shard(rt, documents(f"page {number}"), DOCUMENT, f"filters{number}"), config, rt)
    assert len(made) == 1
    shard = make_shard(rt, documents("page"), DOCUMENT, "filters")
    for words in (5, 6, 7, 8):
        run(shard, config.model_copy(update={"ngram_words": words}), rt)
    assert (len(made), len(stage._indexes)) == (5, stage.MAX_INDEXES)


def test_empty_shards_and_hostile_rows(rt: Runtime, config: DecontaminateConfig) -> None:
    """Nothing in gives nothing out, and signs that are no text are compared like any other."""
    assert run(make_shard(rt, [], DOCUMENT, "filters"), config, rt).row_count == 0
    texts = documents("\x00\x00", "\u202e" * 9_000, "a" * 200_000, f"{SUM[:40]}\x00{SUM[40:]}")
    ref = run(make_shard(rt, texts, DOCUMENT, "hostile"), config, rt)
    assert (ref.row_count, ref.rejected_count) == (3, 1)


def test_a_set_that_cannot_be_read_stops_before_any_row(rt: Runtime, tmp_path: Path) -> None:
    """No file, or a file that is something else: a person has to look, and nothing is committed."""
    shard = make_shard(rt, documents("page"), DOCUMENT, "filters")
    with pytest.raises(ConfigError, match=r"asked\.jsonl"):
        run(shard, of_files(tmp_path), rt)
    (tmp_path / "asked.jsonl").write_bytes(b"<html>")
    (tmp_path / "sums.jsonl").write_bytes(jsonl(SUMS))
    with pytest.raises(ConfigError, match=r"evaluation set alpaca: .* is no jsonl"):
        run(shard, of_files(tmp_path), rt)


def test_too_many_rejects_stop_the_run(rt: Runtime, config: DecontaminateConfig) -> None:
    """A corpus that is half evaluation set is the wrong corpus."""
    shard = make_shard(rt, documents(SUM, QUESTION, "page"), DOCUMENT, "filters")
    with pytest.raises(FatalError, match="contaminated_document 2"):
        run(shard, config.model_copy(update={"max_reject_rate": 0.5}), rt)


def test_two_sets_have_two_names() -> None:
    """Or a reject would not tell which of them it is about."""
    same = [{"name": "same", "file": {"uri": uri}} for uri in ("a.jsonl", "b.jsonl")]
    with pytest.raises(ValidationError, match="same is the name of two"):
        config_of(sets=same)
