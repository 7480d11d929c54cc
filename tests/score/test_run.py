"""Pairs are judged; the judgement, its score and the histogram agree."""

import json
import math
from typing import Any

import pytest

from tasks.core.config import ScoreConfig
from tasks.core.errors import FatalError
from tasks.core.ids import content_id
from tasks.core.records import INSTRUCTION, SCORED
from tasks.core.runtime import Runtime
from tasks.llm.request import Answer, Request
from tasks.score.run import draft_pair_id, run
from tasks.score.votes import METRIC, VOTE
from tasks.storage.manifest import open_shard
from tests.clean.made_shard import make_shard, rows_of
from tests.llm.answering import MODEL, Model, document, runtime

CONFIG = ScoreConfig.model_validate({"model": MODEL, "seed": 5})
SAID = {
    0: "Clear and complete.\nScore: 5",
    1: "It reads like a page.\nScore: 3",
    2: "I would rather not say.",
    3: "Score: 5",
    4: "Score: 9",
}


def pair(number: int) -> dict[str, Any]:
    return {
        **document(number),
        "instruction_generation_id": content_id("generation", number),
        "instruction": f"How do I brew tea number {number}?",
    }


def judge(request: Request) -> Any:
    return next(said for number, said in SAID.items() if f"tea number {number}?" in request.text)


def judged(rt: Runtime | None = None, count: int = 5) -> tuple[Runtime, Any]:
    rt = rt or runtime(Model(judge))
    return rt, run(make_shard(rt, [pair(number) for number in range(count)], INSTRUCTION, "clean"), CONFIG, rt)


def test_every_pair_gets_a_score_or_a_reason() -> None:
    """A judgement without a score is never a score of its own."""
    rt, ref = judged()
    kept, rejected = rows_of(rt, ref)
    assert [(row["instruction"][-2:-1], row["score"]) for row in kept] == [("0", 5), ("1", 3), ("3", 5)]
    assert [(row["instruction"][-2:-1], row["reason"]) for row in rejected] == [
        ("2", "score_missing"),
        ("4", "score_out_of_range"),
    ]
    for row in kept:
        assert row["draft_pair_id"] == content_id("pair", row["document_id"], row["instruction_generation_id"], None)


def test_both_halves_of_the_pair_are_judged() -> None:
    """The judge sees the instruction and the document."""
    model = Model(judge)
    judged(runtime(model), count=1)
    assert pair(0)["instruction"] in model.asked[0].text
    assert pair(0)["text"] in model.asked[0].text


def test_the_manifest_holds_the_histogram() -> None:
    """For the card and the quality gate: scores by value, and judgements without one."""
    rt, ref = judged()
    assert open_shard(rt.objects, ref).facts == {"scores": {"3": 1, "5": 2}, "unparseable": 2}


def test_scores_are_recorded_with_their_judgement() -> None:
    """Every judged pair is a pair; a score names the generation it was read from."""
    rt, ref = judged()
    kept, rejected = rows_of(rt, ref)
    tables = rt.lineage.tables
    assert {row["pair_id"] for row in tables["pair"]} == {draft_pair_id(row) for row in kept + rejected}
    assert all(row["response_id"] is None for row in tables["pair"])
    assert {(row["pair_id"], row["value"], row["generation_id"]) for row in tables["score"]} == {
        (row["draft_pair_id"], float(row["score"]), row["score_generation_id"]) for row in kept
    }
    assert {row["metric"] for row in tables["score"]} == {METRIC}
    links = {row["generation_id"]: row["instruction_id"] for row in tables["generation_input"]}
    assert all(links[row["score_generation_id"]] == row["instruction_generation_id"] for row in kept)


def test_the_score_of_a_pair_has_one_id() -> None:
    """A second try records the same, and a found commit asks nobody."""
    rt, ref = judged()
    scores = list(rt.lineage.tables["score"])
    rt.objects.delete(ref.key)
    again = runtime(Model(judge), objects=rt.objects, lineage=rt.lineage, run_id="run-2")
    assert judged(again) == (again, ref)
    assert rt.lineage.tables["score"] == scores
    assert judged(again)[1] == ref


def of_config(**fields: Any) -> ScoreConfig:
    return ScoreConfig.model_validate({"model": MODEL, "seed": 5, **fields})


def judge_all(say: Any, count: int = 1, **fields: Any) -> tuple[Runtime, list[dict[str, Any]], list[dict[str, Any]]]:
    """Judge `count` pairs by what `say` says; return the runtime, the kept and the rejected rows."""
    rt = runtime(Model(say))
    shard = make_shard(rt, [pair(number) for number in range(count)], INSTRUCTION, "clean")
    return rt, *rows_of(rt, run(shard, of_config(**fields), rt))


def test_scores_are_fractions() -> None:
    """The column takes expected values, whatever the mode."""
    assert SCORED.field("score").type == "double"
    _, kept, _ = judge_all(lambda request: "Score: 4")
    assert repr(kept[0]["score"]) == "4.0"


def test_several_votes_are_asked_for_and_the_majority_counts() -> None:
    """Each vote is a generation of its own; the row points to the first that parsed."""
    said = ["I would rather not say.", "Score: 5", "Score: 3", "Score: 5", "Score: 3"]
    rt, kept, rejected = judge_all(lambda request: said[request.attempt], votes=5)
    assert [row["score"] for row in kept] == [3.0], "a tie goes to the lower"
    assert not rejected
    attempts = {row["generation_id"]: row["attempt"] for row in rt.lineage.tables["generation"]}
    assert sorted(attempts.values()) == [0, 1, 2, 3, 4]
    assert attempts[kept[0]["score_generation_id"]] == 1
    scores = [(row["metric"], row["value"], attempts[row["generation_id"]]) for row in rt.lineage.tables["score"]]
    assert scores == [(METRIC, 3.0, 1), (VOTE, 5.0, 1), (VOTE, 3.0, 2), (VOTE, 5.0, 3), (VOTE, 3.0, 4)]


def test_too_few_readable_votes_reject_the_pair() -> None:
    """It leaves no score on record, as a single judgement without a score does not."""
    said = ["Score: 5", "No.", "No."]
    rt, kept, rejected = judge_all(lambda request: said[request.attempt], votes=3)
    assert not kept
    assert [(row["reason"], row["detail"]) for row in rejected] == [
        ("score_votes_unparseable", "1 of 3 votes hold a score")
    ]
    assert not rt.lineage.tables["score"]
    assert len(rt.lineage.tables["pair"]) == 1


def test_a_structured_judge_gets_schema_and_prompt() -> None:
    """What is sent asks for JSON, and what comes back is read as JSON."""
    said = json.dumps({"reasoning": "Score: 1? No.", "score": 4})
    rt, kept, _ = judge_all(lambda request: said, mode="structured")
    assert [row["score"] for row in kept] == [4.0]
    (asked,) = rt.model_client.asked
    assert "response_format" in asked.sampling
    assert "JSON object" in asked.text
    assert "Score: <number>" not in asked.text
    _, _, rejected = judge_all(lambda request: "Score: 4", mode="structured")
    assert [row["reason"] for row in rejected] == ["score_unparseable_json"]


class Probable(Model):
    """A server that tells the probabilities of the digit at the end of each answer."""

    def complete(self, requests: Any) -> Any:
        for answer in super().complete(requests):
            assert isinstance(answer, Answer)
            digit = int(answer.output_text[-1])
            top = {str(digit): math.log(0.75), str(digit - 1): math.log(0.25)}
            answer.facts["digit_logprobs"] = [{"offset": len(answer.output_text) - 1, "top": top}]
            yield answer


def test_expected_scores_lie_between_the_whole_ones() -> None:
    """One vote is weighted by its probabilities, of several votes the mean is taken; the histogram has fractions."""
    said = ["Score: 5", "Score: 4"]
    for votes, score in ((1, 4.75), (2, 4.25)):
        rt = runtime(Probable(lambda request: said[request.attempt]))
        ref = run(make_shard(rt, [pair(0)], INSTRUCTION, "clean"), of_config(mode="expected", votes=votes), rt)
        assert [row["score"] for row in rows_of(rt, ref)[0]] == [score]
        assert open_shard(rt.objects, ref).facts["scores"] == {f"{score:g}": 1}


def test_a_judge_without_probabilities_stops_the_run() -> None:
    """All pairs are rejected for one reason, which is the server's."""
    with pytest.raises(FatalError, match="score_logprobs_missing"):
        judge_all(lambda request: "Score: 5", count=12, mode="expected")


def test_a_judge_that_does_not_judge_stops_the_run() -> None:
    """The message names model, rate, bound and examples; what was answered is kept, and nothing is committed."""
    model = Model(lambda request: "Score: 5" if "number 3?" in request.text else "Sure, here is a poem. " * 40)
    rt = runtime(model)
    shard = make_shard(rt, [pair(number) for number in range(12)], INSTRUCTION, "clean")
    with pytest.raises(FatalError) as caught:
        run(shard, of_config(), rt)
    message = str(caught.value)
    assert "1 of 12 judgements of tiny@r1 hold a score (8%), below score.min_parse_rate 0.5" in message
    assert message.count("- score_missing: 'Sure, here is a poem. Sure") == 3
    assert max(map(len, message.splitlines())) < 400
    assert "score.mode to structured" in message
    assert not list(rt.objects.list("stages/score/"))
    assert len(rt.lineage.tables["generation"]) == 12
    # A lower bound is no other configuration: the answers are taken as they are.
    asked = len(model.asked)
    ref = run(shard, of_config(min_parse_rate=0.05), rt)
    assert (ref.row_count, len(model.asked)) == (1, asked)


def test_a_few_failures_say_nothing_of_a_judge() -> None:
    """Below ten judgements bad luck is not told from a wrong model."""
    _, kept, rejected = judge_all(lambda request: "No.", count=9)
    assert (len(kept), len(rejected)) == (0, 9)


def test_a_useless_judge_is_stopped_before_the_end_of_the_shard() -> None:
    """The rest of a long shard is not paid for, and every answer that was is stored."""
    rt = runtime(Model(lambda request: "No."))
    shard = make_shard(rt, [pair(number) for number in range(5_000)], INSTRUCTION, "clean")
    with pytest.raises(FatalError, match=r"0 of \d+ judgements"):
        run(shard, of_config(), rt)
    asked = len(rt.model_client.asked)
    assert 50 <= asked < 5_000
    assert len(rt.lineage.tables["generation"]) == len(rt.lineage.tables["generation_output"])


def test_another_judge_scores_anew() -> None:
    """Scored rows can be judged again, by another model: its score takes the place of the first one's."""
    rt = runtime(Model(lambda request: "Score: 5" if request.model_name == "tiny" else "Score: 3"))
    first = run(make_shard(rt, [pair(number) for number in range(2)], INSTRUCTION, "clean"), of_config(), rt)
    second = run(first, of_config(model={**MODEL, "name": "other"}), rt)
    before, after = rows_of(rt, first)[0], rows_of(rt, second)[0]
    assert [row["score"] for row in before] == [5.0, 5.0]
    assert [row["score"] for row in after] == [3.0, 3.0]
    assert [set(row) for row in after] == [set(row) for row in before]
    assert {row["score_generation_id"] for row in before}.isdisjoint(row["score_generation_id"] for row in after)
    assert [row["draft_pair_id"] for row in after] == [row["draft_pair_id"] for row in before]
    assert sorted(row["value"] for row in rt.lineage.tables["score"]) == [3.0, 3.0, 5.0, 5.0]


def test_pairs_are_on_record_before_they_go_on() -> None:
    """Also in a shard of several batches, each pair and score once."""
    rt, kept, rejected = judge_all(lambda request: "Score: 4", count=600)
    assert (len(kept), len(rejected)) == (600, 0)
    assert len(rt.lineage.tables["pair"]) == len(rt.lineage.tables["score"]) == 600
