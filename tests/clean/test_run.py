"""The stage that cleans instructions, over a store in memory."""

import pytest

from tasks.clean.run import PROMPT_VERSIONS, prompt_text, run
from tasks.core.config import CleanConfig
from tasks.core.errors import FatalError
from tasks.core.records import INSTRUCTION
from tasks.llm.prompts import TASKS
from tests.clean.made_shard import config_of, make_runtime, make_shard, rows_of

TEXT = (
    "How to prune a rose: cut in late winter, just above a bud that faces outward. Pour water on the roots, never on "
    "the leaves."
)
GERMAN = "Rosen schneidet man im späten Winter zurück, knapp über einer Knospe, die nach außen zeigt."
CONFIG = config_of(CleanConfig)


def row(number: int, instruction: str, **changes: object) -> dict[str, object]:
    """One row of the backtranslation, with the columns that this stage looks at."""
    return {"document_id": str(number), "text": TEXT, "language": "en", "instruction": instruction} | changes


def test_keeps_clean_rows_and_counts_the_others() -> None:
    """Every row comes out once: unchanged, or with the first reason that applies."""
    rt = make_runtime()
    rows = [
        row(1, "How do I prune a rose?"),
        row(2, "According to the article, when do I prune a rose?"),
        row(3, "When do I prune a rose, and how?", language=None),
        row(4, "Why"),
        row(5, "Answer in the style of an AI assistant: prune!"),
        row(6, "Wie schneide ich meine Rosen im Winter richtig zurück?"),
        row(7, "Wie schneide ich meine Rosen im Winter richtig zurück?", language="de", text=GERMAN),
    ]
    kept, dropped = rows_of(rt, run(make_shard(rt, rows, INSTRUCTION, "backtranslate"), CONFIG, rt))
    assert [item["document_id"] for item in kept] == ["1", "3", "7"]
    assert kept[0]["instruction"] == "How do I prune a rose?"
    assert kept[0]["text"] == TEXT
    assert {item["document_id"]: item["reason"] for item in dropped} == {
        "2": "instruction_refers_to_text",
        "4": "instruction_too_short",
        "5": "instruction_echoes_prompt",
        "6": "instruction_wrong_language",
    }
    assert "According to the article" in dropped[0]["detail"]


def test_what_is_asked_twice_is_asked_once() -> None:
    """The first in the shard's order stays; the others are told apart as equal and as nearly equal."""
    rt = make_runtime()
    rows = [
        row(1, "According to the text, how do I prune a rose?"),
        row(2, "How do I prune a rose?"),
        row(3, "how do I prune a rose"),
        row(4, "How can I prune roses?"),
        row(5, "When do I prune a rose?"),
        row(6, "How do I prune a rose?"),
    ]
    shard = make_shard(rt, rows, INSTRUCTION, "backtranslate")
    kept, dropped = rows_of(rt, run(shard, CONFIG, rt))
    assert [item["document_id"] for item in kept] == ["2", "5"]
    assert [(item["document_id"], item["reason"]) for item in dropped[1:]] == [
        ("3", "duplicate_instruction"),
        ("4", "near_duplicate_instruction"),
        ("6", "duplicate_instruction"),
    ]
    assert dropped[1]["detail"] == "document 2 has: How do I prune a rose?"


def test_the_pages_title_counts() -> None:
    """A page that takes its subject for granted still answers a question about it."""
    rt = make_runtime()
    short = "Cut in late winter, just above a bud that faces outward."
    rows = [
        row(1, "How do I prune a rose?", text=short, title="Pruning roses"),
        row(2, "How do you trim a rosebush?", text=short, title=None),
    ]
    kept, dropped = rows_of(rt, run(make_shard(rt, rows, INSTRUCTION, "backtranslate"), CONFIG, rt))
    assert [item["document_id"] for item in kept] == ["1"]
    assert [item["reason"] for item in dropped] == ["answer_not_contained"]


def test_an_empty_shard_stays_empty() -> None:
    """A shard without rows gives a committed shard without rows."""
    rt = make_runtime()
    assert run(make_shard(rt, [], INSTRUCTION, "backtranslate"), CONFIG, rt).row_count == 0


def test_hostile_text_does_not_stop_the_shard() -> None:
    """NUL bytes and signs without a word are rejected or kept like anything else."""
    rt = make_runtime()
    rows = [row(1, "\x00\x00"), row(2, "How do I prune\x00 a rose?"), row(3, "\u202e\u200b" * 50), row(4, "a" * 5_000)]
    ref = run(make_shard(rt, rows, INSTRUCTION, "backtranslate"), CONFIG, rt)
    assert (ref.row_count, ref.rejected_count) == (1, 3)


def test_a_second_run_does_no_work() -> None:
    """The commit of the first run is found: nothing is written to the store again."""
    rt = make_runtime()
    shard = make_shard(rt, [row(1, "How do I prune a rose?")], INSTRUCTION, "backtranslate")
    first = run(shard, CONFIG, rt)
    puts = len(rt.objects.puts)  # type: ignore[attr-defined]
    assert run(shard, CONFIG, rt) == first
    assert len(rt.objects.puts) == puts  # type: ignore[attr-defined]


def test_another_bound_is_another_shard() -> None:
    """What the stage makes depends on its configuration, and lies elsewhere for another one."""
    rt = make_runtime()
    shard = make_shard(rt, [row(1, "How do I prune a rose?")], INSTRUCTION, "backtranslate")
    assert run(shard, CONFIG, rt).key != run(shard, config_of(CleanConfig, min_chars=50), rt).key


def test_too_many_rejects_stop_the_run() -> None:
    """Where more is rejected than the specification allows, a person is called."""
    rt = make_runtime()
    shard = make_shard(rt, [row(1, "Why"), row(2, "How do I prune a rose?")], INSTRUCTION, "backtranslate")
    with pytest.raises(FatalError, match="instruction_too_short 1"):
        run(shard, config_of(CleanConfig, max_reject_rate=0.4), rt)


def test_every_published_prompt_counts_as_an_echo() -> None:
    """Who adds a version of the backward prompt adds it to the list here, and raises VERSION."""
    there = sorted(
        int(path.stem.removeprefix("prompt_v")) for path in (TASKS / "backtranslate").glob("prompt_v*.jinja")
    )
    assert list(PROMPT_VERSIONS) == there
    assert "Work out what the person asked." in prompt_text()
