"""A score is derived again from the stored judgements: of one, of several votes, and of probabilities."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tasks.audit.asked import Asked
from tasks.audit.judged import judgement, judgements_of
from tasks.audit.links import LinkError
from tasks.core.config import ScoreConfig
from tasks.core.ids import content_id, sha256_text
from tasks.core.records import INSTRUCTION
from tasks.llm.prompts import load_prompt
from tasks.score.run import run
from tasks.score.votes import METRIC, VOTE
from tests.clean.made_shard import make_shard, rows_of
from tests.llm.answering import MODEL, Model, document, runtime

SAID = ["Score: 5", "No.", "Score: 4", "Score: 4"]
JUDGE = f"{MODEL['name']}@{MODEL['revision']}"


class Probable(Model):
    """Tells the probabilities of the digit at the end of each answer that has one."""

    def complete(self, requests: Any) -> Any:
        for answer in super().complete(requests):
            if answer.output_text[-1].isdigit():
                top = {answer.output_text[-1]: math.log(0.75), "1": math.log(0.25)}
                answer.facts["digit_logprobs"] = [{"offset": len(answer.output_text) - 1, "top": top}]
            yield answer


@dataclass
class Judged:
    """One pair with what lineage knows of its judgements. Change anything in it, then `value`."""

    row: dict[str, Any]
    pair: dict[str, Any]
    published: dict[str, Any]
    generations: list[dict[str, Any]]

    def value(self) -> float:
        class Nothing:
            def fetch_by_ids(self, query: str, ids: Any) -> list[Any]:
                return []

        told = judgement(self.row, self.published, self.pair, Asked(Nothing(), self.generations))  # type: ignore[arg-type]
        assert (told.model, told.prompt) == (JUDGE, self.published["judge_prompt"])
        return float(told.value)


def judged(**fields: Any) -> Judged:
    """Judge a pair by the real stage, and give its records the form of the view `example_trace`."""
    config = ScoreConfig.model_validate({"model": MODEL, "votes": 4, **fields})
    rt = runtime(Probable(lambda request: SAID[request.attempt]))
    made = {**document(1), "instruction_generation_id": content_id("generation", 1), "instruction": "How?"}
    (row,), _ = rows_of(rt, run(make_shard(rt, [made], INSTRUCTION, "clean"), config, rt))
    tables = rt.lineage.tables  # type: ignore[attr-defined]
    texts = {item["generation_id"]: item["output_text"] for item in tables["generation_output"]}
    prompt = load_prompt("score", config.prompt)
    told = {"prompt": prompt.name, "judge": JUDGE}
    asked = {item["generation_id"]: item for item in tables["generation"]}
    scores = [
        {**item, **told, **{name: asked[item["generation_id"]][name] for name in ("sampling", "attempt")}}
        for item in tables["score"]
    ]
    facts = {"prompt_version": prompt.version, "template_sha256": sha256_text(prompt.template)}
    named = {"model_name": MODEL["name"], "model_revision": MODEL["revision"]}
    return Judged(
        row={"document_id": row["document_id"], "instruction_id": row["instruction_generation_id"], "scores": scores},
        pair={"text": row["text"], "instruction": row["instruction"]},
        published={"score": row["score"], "judge_model": JUDGE, "judge_prompt": prompt.name},
        generations=copy.deepcopy(
            [{**item, **facts, **named, "output_text": texts[item["generation_id"]]} for item in asked.values()]
        ),
    )


@pytest.mark.parametrize(
    ("fields", "score"),
    [
        ({}, 4.0),
        ({"votes": 1}, 5.0),
        ({"votes": 2}, 5.0),
        ({"votes": 3}, 4.0),
        ({"votes": 1, "mode": "expected"}, 4.0),
        ({"mode": "expected"}, round((4.0 + 3.25 + 3.25) / 3, 4)),
    ],
)
def test_the_published_score_follows_from_its_judgements(fields: dict[str, Any], score: float) -> None:
    """Whatever the mode and the number of votes: the stored answers give the number again."""
    assert judged(**fields).value() == score


def test_votes_are_judgements() -> None:
    """Their answers are fetched like that of a single judgement."""
    found = judgements_of(judged().row)
    assert [item["metric"] for item in found] == [METRIC, VOTE, VOTE, VOTE]


def said(text: str, **facts: Any) -> Callable[[Judged], None]:
    def change(made: Judged) -> None:
        answer = next(item for item in made.generations if item["attempt"] == 2)
        answer |= {"output_text": text, "output_sha256": sha256_text(text)}
        answer["facts"] |= facts

    return change


def lose_a_vote(made: Judged) -> None:
    del made.row["scores"][-1]


def lose_an_answer(made: Judged) -> None:
    made.generations = [item for item in made.generations if item["attempt"] != 3]


def raise_the_score(made: Judged) -> None:
    made.row["scores"][0]["value"] = made.published["score"] = 5.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (said("Score: 5"), "reads 5, the recorded score is 4.0"),
        (said("No."), "no longer parses"),
        (lose_a_vote, "is not what its value and the recorded judgements come to"),
        (lose_an_answer, "is not recorded"),
        (raise_the_score, "is not what its value and the recorded judgements come to"),
    ],
)
def test_a_changed_vote_is_noticed(change: Callable[[Judged], None], message: str) -> None:
    """Another answer, a vote or an answer that is gone, another result."""
    made = judged()
    change(made)
    with pytest.raises(LinkError, match=message):
        made.value()


def test_changed_probabilities_are_noticed() -> None:
    """They are what an expected score stands on."""
    made = judged(mode="expected")
    said("Score: 4", digit_logprobs=[{"offset": 7, "top": {"4": 0.0}}])(made)
    with pytest.raises(LinkError, match=r"reads 3\.75, the recorded score is 3\.5"):
        made.value()
