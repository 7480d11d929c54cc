"""The judgement on faithfulness of a published row, asked again on paper, and the decision that it led to.

Nothing of it stands in the published row: which judge was asked, with which prompt, and the bound that the pair had to
reach, are those of the decisions on record that kept the pair.
"""

from tasks.audit.asked import Asked
from tasks.audit.decisions import Policy, keeping
from tasks.audit.links import LinkError, listed
from tasks.core.config import FaithfulnessConfig
from tasks.core.ids import content_id
from tasks.core.runtime import Row
from tasks.core.variants import FAITHFULNESS
from tasks.faithfulness import run as stage

LINK = FAITHFULNESS
DECISION = f"{FAITHFULNESS} decision"


def judgements_of(row: Row) -> list[Row]:
    """Return the scores of faithfulness of the row's pair, of whatever judge."""
    return [item for item in listed(row["scores"]) if item["metric"] == stage.METRIC and item["generation_id"]]


def insist_on_faithful(row: Row, text: str, response: str, asked: Asked) -> None:
    """Raise LinkError unless a decision that kept the pair of `row` follows from a stored judgement once more.

    A pair may have been judged and decided on several times, as judges and bounds changed: one must hold.
    """
    faults: list[LinkError] = []
    for policy in keeping(row, FAITHFULNESS, FaithfulnessConfig, DECISION):
        try:
            _insist(row, policy, {"text": text, "response": response}, asked)
        except LinkError as error:
            faults.append(error)
        else:
            return
    raise faults[0]


def _insist(row: Row, policy: Policy[FaithfulnessConfig], pair: Row, asked: Asked) -> None:
    wanted = {"judge": policy.model, "prompt": f"{FAITHFULNESS}@{policy.config.prompt}", "value": policy.score}
    broken = LinkError(LINK, "no judgement is recorded of {value} by {judge} with {prompt}".format(**wanted))
    for item in judgements_of(row):
        if not wanted.items() <= item.items():
            continue
        try:
            value = _value(item, row, pair, asked)
        except LinkError as error:
            broken = error
            continue
        if value >= policy.config.min_score:
            return
        broken = LinkError(
            DECISION, f"the pair was kept, and its score {value} is below min_score {policy.config.min_score}"
        )
    raise broken


def _value(item: Row, row: Row, pair: Row, asked: Asked) -> int:
    """Return what a recorded judgement says."""
    told = asked.again(LINK, str(item["generation_id"]), pair, stage)
    if told.value != item["value"]:
        raise LinkError(LINK, f"the stored judgement reads {told.value}, the recorded score is {item['value']:g}")
    expected = content_id("score", str(row["pair_id"]), stage.METRIC, str(item["generation_id"]))
    if expected != str(item["score_id"]):
        raise LinkError(LINK, f"its pair and judgement give the score id {expected}")
    return int(told.value)
