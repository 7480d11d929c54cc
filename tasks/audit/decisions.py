"""Takes the decisions that let a pair into a release once more, by the policies on record.

A pair may have been decided on several times, as its policies changed: one decision that kept it must follow still.
"""

from dataclasses import dataclass
from typing import Any, Generic

from tasks.audit.links import LinkError, Recorded, listed, recorded_config
from tasks.core.config import CurateConfig, VerifyConfig
from tasks.core.runtime import Row
from tasks.verify.rules import check

CURATE = "curate decision"
VERIFY = "verify decision"


@dataclass(frozen=True)
class Policy(Generic[Recorded]):
    """A policy that kept a pair, the score it went by, and the model it asked as name@revision; None for none."""

    config: Recorded
    score: float | None
    model: str | None


def insist_on_curate(row: Row, score: float) -> None:
    """Raise LinkError unless a curation that kept the pair of `row` would keep `score`."""
    bound = min(policy.config.min_score for policy in keeping(row, "curate", CurateConfig, CURATE))
    if score < bound:
        raise LinkError(CURATE, f"the pair was kept, and its score {score:g} is below min_score {bound:g}")


def insist_on_verify(row: Row, text: str, instruction: str, response: str) -> str:
    """Return the grounding of `response` as canonical JSON, or raise LinkError when no policy would keep it."""
    faults = []
    for policy in keeping(row, "verify", VerifyConfig, VERIFY):
        figures, fault = check(
            response, document=text, instruction=instruction, language=row["language"], config=policy.config
        )
        if fault is None:
            return figures.to_json()
        faults.append(fault)
    raise LinkError(VERIFY, f"the pair was kept, and would be rejected now ({faults[0]})")


def keeping(row: Row, stage: str, kind: type[Recorded], link: str) -> list[Policy[Recorded]]:
    """Return the policies of `stage` that kept the pair, of those that can be read: at least one."""
    broken = LinkError(link, "no decision is recorded that kept this pair")
    policies: list[Policy[Recorded]] = []
    for item in listed(row["decisions"]):
        if item["policy"] == stage and item["kept"]:
            try:
                policies.append(_policy(item, kind, link))
            except LinkError as error:
                broken = error
    if not policies:
        raise broken
    return policies


def _policy(item: Row, kind: type[Recorded], link: str) -> Policy[Recorded]:
    """Read a policy. How its model was reached is not on record, so that part is no ModelSpec any more."""
    body: dict[str, Any] = dict(item["policy_config"])
    model = body.pop("model", None)
    return Policy(
        config=recorded_config(kind, body, link),
        score=item.get("score"),
        model=f"{model['name']}@{model['revision']}" if model else None,
    )
