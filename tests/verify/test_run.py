"""The stage that checks responses against their documents, and the decisions it leaves on record."""

import json
from collections.abc import Iterator

import pytest

from tasks.core.config import VerifyConfig
from tasks.core.ids import content_id
from tasks.core.records import REWRITTEN
from tasks.verify import run as stage
from tasks.verify.rules import check
from tasks.verify.run import run
from tests.clean.made_shard import RUN_ID, config_of, make_runtime, make_shard, rows_of

CONFIG = config_of(VerifyConfig)
TEXT = "Cut a rose in late winter, just above a bud that faces outward. Feed it with 50 g of bone meal in spring."
QUESTION = "How do I prune a rose?"


def row(number: int, response: str) -> dict[str, object]:
    """One rewritten pair, with the columns that this stage looks at."""
    return {
        "document_id": str(number),
        "pair_id": f"pair-{number}",
        "text": TEXT,
        "language": "en",
        "instruction": QUESTION,
        "response": response,
    }


def test_keeps_grounded_rows_with_their_figures() -> None:
    """A kept row carries its figures as canonical JSON, a rejected one its reason and what was found."""
    rt = make_runtime()
    good = "Cut it in late winter, just above a bud that faces outward, and feed it with 50 g of bone meal in spring."
    rows = [row(1, good), row(2, good.replace("50", "70")), row(3, good + " I hope this helps!")]
    kept, dropped = rows_of(rt, run(make_shard(rt, rows, REWRITTEN, "rewrite"), CONFIG, rt))
    assert [item["pair_id"] for item in kept] == ["pair-1"]
    assert kept[0]["grounding"] == check(good, document=TEXT, instruction=QUESTION, language="en")[0].to_json()
    assert json.loads(kept[0]["grounding"])["new_numbers"] == []
    assert [(item["pair_id"], item["reason"]) for item in dropped] == [
        ("pair-2", "new_numbers"),
        ("pair-3", "wrapper_phrase"),
    ]
    assert dropped[0]["detail"] == "1 not in the document: 70"


def test_the_documents_language_counts() -> None:
    """Capitals are looked at in English and not in German, where every noun has one."""
    rt = make_runtime()
    named = TEXT + " So say Anna, then Otto, and all of Westmark."
    rows = [row(1, named), row(2, named) | {"language": "de"}]
    kept, dropped = rows_of(rt, run(make_shard(rt, rows, REWRITTEN, "rewrite"), CONFIG, rt))
    assert [item["pair_id"] for item in kept] == ["pair-2"]
    assert [item["reason"] for item in dropped] == ["new_names"]


def test_every_pair_gets_a_decision() -> None:
    """Kept or not, each pair has one decision that names policy, reason and run."""
    rt = make_runtime()
    run(make_shard(rt, [row(1, TEXT), row(2, "No.")], REWRITTEN, "rewrite"), CONFIG, rt)
    policy = content_id("config", "verify", CONFIG.body())
    common = {"config_id": policy, "generated_by": RUN_ID}
    assert rt.lineage.tables["decision"] == [  # type: ignore[attr-defined]
        {"pair_id": "pair-1", "kept": True, "reason": "grounded", **common},
        {"pair_id": "pair-2", "kept": False, "reason": "response_too_short", **common},
    ]
    tables = list(rt.lineage.tables)  # type: ignore[attr-defined]
    assert tables.index("config") < tables.index("decision") < tables.index("snapshot")


def test_decisions_of_a_block_come_before_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows stream in blocks: when a row is handed on, its decision is on record and later blocks are not read yet."""
    monkeypatch.setattr(stage, "BLOCK_ROWS", 2)
    monkeypatch.setattr(stage, "run_stage", lambda stage, shard, config, rt, process: process)
    rt = make_runtime()
    process = run(None, CONFIG, rt)  # type: ignore[arg-type]
    read: list[int] = []

    def rows() -> Iterator[dict[str, object]]:
        for number in range(5):
            read.append(number)
            yield row(number, TEXT)

    decided = rt.lineage.tables.setdefault("decision", [])  # type: ignore[attr-defined]
    seen = [(len(decided), len(read)) for _ in process(rows())]  # type: ignore[operator]
    assert seen == [(2, 2), (2, 2), (4, 4), (4, 4), (5, 5)]


def test_a_second_run_does_no_work() -> None:
    """The commit of the first run is found, and no decision is added."""
    rt = make_runtime()
    shard = make_shard(rt, [row(1, TEXT)], REWRITTEN, "rewrite")
    first = run(shard, CONFIG, rt)
    assert run(shard, CONFIG, rt) == first
    assert len(rt.lineage.tables["decision"]) == 1  # type: ignore[attr-defined]


def test_hostile_text_does_not_stop_the_shard() -> None:
    """NUL bytes, unclosed quotes and huge lines are judged like anything else."""
    rt = make_runtime()
    rows = [row(1, TEXT + "\x00"), row(2, "\x00"), row(3, '"' * 9_999), row(4, "a" * 99_999)]
    ref = run(make_shard(rt, rows, REWRITTEN, "rewrite"), CONFIG, rt)
    assert (ref.row_count, ref.rejected_count) == (1, 3)
