"""Takes the two decisions that let a pair into a release once more, by the policies on record.

A pair may have been decided on several times, as its policies changed: one decision that kept it must follow still.
"""

from tasks.audit.links import LinkError, Recorded, listed, recorded_config
from tasks.core.config import CurateConfig, VerifyConfig
from tasks.core.runtime import Row
from tasks.verify.rules import check

CURATE = "curate decision"
VERIFY = "verify decision"


def insist_on_curate(row: Row, score: float) -> None:
    """Raise LinkError unless a curation that kept the pair of `row` would keep `score`."""
    bound = min(policy.min_score for policy in _keeping(row, "curate", CurateConfig, CURATE))
    if score < bound:
        raise LinkError(CURATE, f"the pair was kept, and its score {score:g} is below min_score {bound:g}")


def insist_on_verify(row: Row, text: str, instruction: str, response: str) -> str:
    """Return the grounding of `response` as canonical JSON, or raise LinkError when no policy would keep it."""
    faults = []
    for policy in _keeping(row, "verify", VerifyConfig, VERIFY):
        figures, fault = check(
            response, document=text, instruction=instruction, language=row["language"], config=policy
        )
        if fault is None:
            return figures.to_json()
        faults.append(fault)
    raise LinkError(VERIFY, f"the pair was kept, and would be rejected now ({faults[0]})")


def _keeping(row: Row, stage: str, kind: type[Recorded], link: str) -> list[Recorded]:
    """Return the policies of `stage` that kept the pair, of those that can be read: at least one."""
    broken = LinkError(link, "no decision is recorded that kept this pair")
    policies: list[Recorded] = []
    for item in listed(row["decisions"]):
        if item["policy"] == stage and item["kept"]:
            try:
                policies.append(recorded_config(kind, item["policy_config"], link))
            except LinkError as error:
                broken = error
    if not policies:
        raise broken
    return policies
