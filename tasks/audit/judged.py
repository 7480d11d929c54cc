"""The score of a published row, derived again from its judgements: one, or several votes."""

from tasks.audit.asked import Asked, Told
from tasks.audit.links import LinkError, listed
from tasks.core.errors import DataError
from tasks.core.ids import content_id
from tasks.core.runtime import Row
from tasks.score.run import Judging
from tasks.score.votes import METRIC, VOTE, decide, votes_behind


def judgements_of(row: Row) -> list[Row]:
    """Return the scores of the row's pair that a model's judgement stands behind, and the votes, of whatever judge."""
    return [item for item in listed(row["scores"]) if item["metric"] in (METRIC, VOTE) and item["generation_id"]]


def judgement(row: Row, published: Row, pair: Row, asked: Asked) -> Told:
    """Return the score that the published row stands on: of its judge, with its prompt, of its value.

    A pair may have been judged several times, also twice by one judge (with other sampling): one must hold.
    """
    wanted = {
        "value": published.get("score"),
        "judge": published.get("judge_model"),
        "prompt": published.get("judge_prompt"),
    }
    recorded = judgements_of(row)
    value = f"{wanted['value']:g}" if isinstance(wanted["value"], int | float) else wanted["value"]
    broken = LinkError("score", f"no judgement is recorded of {value} by {wanted['judge']} with {wanted['prompt']}")
    for item in recorded:
        if item["metric"] != METRIC or not wanted.items() <= item.items():
            continue
        try:
            told = _decided(item, recorded, row, pair, asked)
        except LinkError as error:
            broken = error
            continue
        if told.value == item["value"]:
            return told
        broken = LinkError("score", f"the stored judgement reads {told.value:g}, the recorded score is {item['value']}")
    raise broken


def _decided(item: Row, recorded: list[Row], row: Row, pair: Row, asked: Asked) -> Told:
    """Read the judgements behind a recorded score again, and decide by them."""
    draft_id = content_id("pair", str(row["document_id"]), str(row["instruction_id"]), None)
    behind = votes_behind(item, recorded, draft_id)
    if behind is None:
        raise LinkError("score", f"score {item['score_id']} is not what its value and the recorded judgements come to")
    ids, asked_count = behind
    judging = Judging(item["sampling"])
    told = [asked.again("score", generation_id, pair, judging) for generation_id in ids]
    try:
        value = decide([vote.value for vote in told], asked_count, judging.sampling)
    except DataError as error:
        raise LinkError("score", str(error)) from error
    return Told(value, told[0].model, told[0].prompt)
