"""The trace of a hand-built chain, on the real PostgreSQL."""

import json

import pytest
from rich.console import Console

from tasks.core.errors import DataError
from tasks.core.ids import content_id
from tasks.lineage.store import PostgresLineage
from tasks.lineage.trace import render_tree, to_json, trace
from tests.lineage.chain import DATASET, OUTPUTS, Chain, add_chain, add_config, add_run, generation_rows, publish

pytestmark = pytest.mark.stack


@pytest.fixture
def chain(lineage_store: PostgresLineage) -> Chain:
    """A published chain, beside another one that must not show in it."""
    chains = [add_chain(lineage_store, number) for number in range(2)]
    publish(lineage_store, chains)
    return chains[0]


def shown(store: PostgresLineage, wanted: str) -> str:
    """Return the tree as a terminal without colours shows it."""
    console = Console(width=400, color_system=None)
    with console.capture() as captured:
        console.print(render_tree(trace(store, wanted)))
    return captured.get()


def test_pair_is_traced_to_its_bytes(lineage_store: PostgresLineage, chain: Chain) -> None:
    """Every link of a published row is there: release, both answers, score with judge, decisions, document, record."""
    found = to_json(trace(lineage_store, chain.pair_id))
    assert list(found) == [
        *("kind", "id", "releases", "pair", "response", "decisions", "scores", "instruction"),
        *("document", "source_record", "runs"),
    ]
    (release,) = found["releases"]
    assert (release["dataset"], release["version"], release["state"]) == (DATASET, "2026.1.0", "published")
    assert release["shard_row"] == 0
    for role, stage in {"response": "rewrite", "instruction": "backtranslate"}.items():
        made = found[role]
        assert made["generation_id"] == chain.generations[stage]
        assert (made["prompt"], made["model"], made["seed"], made["attempt"]) == (f"{stage}@1", "tiny@r1", 7, 0)
        assert made["sampling"] == {"temperature": 1.0, "top_p": 0.9}
        assert made["output_text"] == OUTPUTS[stage]
    (score,) = found["scores"]
    assert (score["of"], score["metric"], score["value"]) == ("document", "quality_5pt", 5.0)
    assert score["judgement"]["generation_id"] == chain.generations["score"]
    assert [(item["of"], item["policy"], item["kept"]) for item in found["decisions"]] == [
        ("document", "curate", True),
        ("response", "verify", True),
    ]
    assert found["document"]["document_id"] == chain.document_id
    assert found["document"]["extract_config"] == {"extractor": "plain"}
    assert found["source_record"]["locator"] == {"offset": 0, "length": 100}
    assert found["source_record"]["record_name"] == "<urn:uuid:0>"
    assert [run["run_id"] for run in found["runs"]] == [chain.run_id]
    assert found["runs"][0]["dag_run_id"] == "manual__1"
    json.dumps(found)


def test_the_tries_behind_a_row_are_numbered(lineage_store: PostgresLineage, chain: Chain) -> None:
    """Of a decision too, which another task makes than the one that asked the model."""
    later = add_run(lineage_store, job="pairs.verify", try_number=3)
    config_id = add_config(lineage_store, "faithfulness", {"min_score": 4})
    decision = {
        "pair_id": chain.pair_id,
        "config_id": config_id,
        "kept": True,
        "reason": "faithfulness>=4",
        "score": 5.0,
    }
    lineage_store.insert("decision", [{**decision, "generated_by": later}])
    runs = {run["run_id"]: run["try_number"] for run in to_json(trace(lineage_store, chain.pair_id))["runs"]}
    assert runs == {chain.run_id: 1, later: 3}


def test_view_says_the_same(lineage_store: PostgresLineage, chain: Chain) -> None:
    """lineage.example_trace holds one row per published row, with the same ids, scores and decisions."""
    rows = lineage_store.fetch("examples_to_verify", dataset=DATASET, version="2026.1.0", pair_id=None)
    assert [row["shard_row"] for row in rows] == [0, 1]
    row = rows[0]
    assert row["instruction_id"] == chain.generations["backtranslate"]
    assert row["response_id"] == chain.generations["rewrite"]
    assert [item["generation_id"] for item in row["scores"]] == [chain.generations["score"]]


def test_other_instructions_of_the_document_do_not_mix_in(lineage_store: PostgresLineage, chain: Chain) -> None:
    """A second instruction for the same document has a verdict of its own, which is not part of this row's chain."""
    instruction_id = content_id("generation", "backtranslate", "second")
    batches = dict(generation_rows("backtranslate", 0, chain.run_id))
    generation = {**batches["generation"][0], "generation_id": instruction_id, "seed": 8}
    parts = {"document_id": chain.document_id, "instruction_id": instruction_id}
    pair_id = content_id("pair", chain.document_id, instruction_id, None)
    decision = {"config_id": chain.configs["curate"], "kept": False, "reason": "score<5", "generated_by": chain.run_id}
    lineage_store.insert_all(
        [
            ("generation", [generation]),
            ("generation_input", [{"generation_id": instruction_id, "document_id": chain.document_id}]),
            ("pair", [{"pair_id": pair_id, **parts}]),
            ("decision", [{"pair_id": pair_id, **decision}]),
        ]
    )
    assert [row["kept"] for row in trace(lineage_store, chain.pair_id).parts["decisions"]] == [True, True]
    assert [row["reason"] for row in trace(lineage_store, pair_id).parts["decisions"]] == ["score<5"]
    assert len(trace(lineage_store, chain.document_id).parts["pairs"]) == 3


def test_prefix_document_and_generation(lineage_store: PostgresLineage, chain: Chain) -> None:
    """The beginning of an id is enough, of a pair, of a document or of a generation."""
    assert trace(lineage_store, chain.pair_id[:18].upper()).id == chain.pair_id
    of_document = to_json(trace(lineage_store, chain.document_id))
    assert {pair["pair_id"] for pair in of_document["pairs"]} == {chain.pair_id, chain.draft_pair_id}
    assert len(of_document["generations"]) == 3
    of_generation = to_json(trace(lineage_store, chain.generations["score"]))
    assert of_generation["documents"][0]["document"]["document_id"] == chain.document_id
    assert of_generation["generation"]["stage"] == "score"


def test_ids_that_lead_nowhere(lineage_store: PostgresLineage, chain: Chain) -> None:
    """An unknown, too short, ambiguous or foreign id is refused with its reason."""
    reasons = {}
    for wanted in ("00000000-0000-5000-8000-000000000000", "abc", "not an id!"):
        with pytest.raises(DataError) as caught:
            trace(lineage_store, wanted)
        reasons[wanted] = caught.value.reason
    assert list(reasons.values()) == ["unknown_id", "not_an_id", "not_an_id"]
    with pytest.raises(DataError) as caught:
        trace(lineage_store, chain.pair_id, release=(DATASET, "2026.2.0"))
    assert caught.value.reason == "not_in_release"
    assert trace(lineage_store, chain.pair_id, release=(DATASET, "2026.1.0")).parts["releases"]


def test_ambiguous_prefix_lists_the_matches(lineage_store: PostgresLineage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ids that begin alike are told to the user."""
    chain = add_chain(lineage_store)
    monkeypatch.setattr("tasks.lineage.trace.MIN_PREFIX_DIGITS", 0)
    with pytest.raises(DataError) as caught:
        trace(lineage_store, "")
    assert caught.value.reason == "ambiguous_id"
    assert f"document {chain.document_id}" in caught.value.detail
    assert f"pair {chain.pair_id}" in caught.value.detail


def test_tree_shows_the_chain_and_no_control_characters(lineage_store: PostgresLineage, chain: Chain) -> None:
    """The tree names every link; a title with terminal escapes and markup is shown as plain text."""
    text = shown(lineage_store, chain.pair_id)
    for part in (
        "2026.1.0",
        "published",
        "rewrite@1, tiny@r1",
        "quality_5pt = 5",
        "kept by curate",
        "a.warc.gz",
        "offset 0",
    ):
        assert part in text
    assert "Ferns [bold] [31m" in text
    assert "\x1b" not in text
    assert f"document {chain.document_id}" in shown(lineage_store, chain.document_id)
    assert "score@1" in shown(lineage_store, chain.generations["score"])


def test_erased_answer_is_said_to_be_erased(lineage_store: PostgresLineage, chain: Chain) -> None:
    """After an erasure the trace still holds the digest, and says when the text went."""
    generation = trace(lineage_store, chain.pair_id).parts["response"]
    lineage_store.execute("erase_output", sha256=generation["output_sha256"], reason="asked for")
    erased = trace(lineage_store, chain.pair_id).parts["response"]
    assert erased["output_text"] is None
    assert erased["output_sha256"] == generation["output_sha256"]
    assert "erased at" in shown(lineage_store, chain.pair_id)
