"""What becomes of a pair: the stages of each variant, in order, as data. Dags, checks and audits read it from here.

`filter+rewrite` is the method of arXiv 2408.04614; `filter`, `rewrite` and `filter+distil` are what it compares
with. `humpback` is the older paper's (arXiv 2308.06259): `filter` with several judges one after the other. Each of
them judges all pairs, and what it keeps can train the next; the last decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

Variant = Literal["filter", "rewrite", "filter+rewrite", "filter+distil", "humpback"]

FLOWS: dict[str, tuple[str, ...]] = {
    "filter": ("backtranslate", "clean", "score", "curate", "adopt"),
    "rewrite": ("backtranslate", "clean", "rewrite", "verify"),
    "filter+rewrite": ("backtranslate", "clean", "score", "curate", "rewrite", "verify"),
    "filter+distil": ("backtranslate", "clean", "score", "curate", "distil"),
    "humpback": ("backtranslate", "clean", "score", "curate", "adopt"),
}
DEFAULT: Variant = "filter+rewrite"
# Comes after `clean` where the specification names evaluation sets.
DECONTAMINATE = "decontaminate"
# Comes after `verify` where the specification enables it.
FAITHFULNESS = "faithfulness"
ASKING = ("backtranslate", "score", "rewrite", "distil", FAITHFULNESS)
# The stages by which the flow that made a shard is known again.
_TELLING = {"score", "adopt", "rewrite", "distil"}


@dataclass(frozen=True)
class Step:
    """One task over a bundle of shards. `task` is its id, `stage` its folder below tasks/.

    `reads` is the task whose output it works on, empty for the documents. `round_number` counts the judges of a
    flow in rounds from 1, and is 0 elsewhere.
    """

    task: str
    stage: str
    reads: str = ""
    round_number: int = 0

    @property
    def is_early_round(self) -> bool:
        """Whether this belongs to a judge after whom another one comes."""
        return self.task != self.stage


def steps(
    variant: str, *, round_count: int = 0, decontaminate: bool = False, faithfulness: bool = False
) -> tuple[Step, ...]:
    """Return the steps of a variant in the order in which they run; `round_count` judges, one where it is 0."""
    found: list[Step] = []
    for stage in FLOWS[variant]:
        reads = found[-1].task if found else ""
        if stage == "score":
            for number in range(1, round_count):
                early = f"score_round_{number}"
                found += [Step(early, "score", reads, number), Step(f"curate_round_{number}", "curate", early, number)]
        found.append(Step(stage, stage, reads, round_count if stage in ("score", "curate") else 0))
        if stage == "clean" and decontaminate:
            found.append(Step(DECONTAMINATE, DECONTAMINATE, stage))
        if stage == "verify" and faithfulness:
            found.append(Step(FAITHFULNESS, FAITHFULNESS, stage))
    return tuple(found)


def asking_stages(data: dict[str, Any]) -> set[str]:
    """Return the stages that ask a model in the specification `data`, which is not validated yet."""
    variant = data.get("variant")
    part = data.get(FAITHFULNESS)
    is_known = isinstance(variant, str) and variant in FLOWS
    found = steps(
        str(variant) if is_known else DEFAULT, faithfulness=isinstance(part, dict) and bool(part.get("enabled"))
    )
    return {step.stage for step in found if step.stage in ASKING}


def variant_of(stages: Collection[str], *, in_rounds: bool = False) -> str:
    """Return the variant that a shard with these stages behind it was made by; ValueError where there is none."""
    telling = _TELLING & set(stages)
    for variant, flow in FLOWS.items():
        if telling == _TELLING & set(flow) and in_rounds == (variant == "humpback"):
            return variant
    raise ValueError(f"no variant goes through {', '.join(sorted(telling)) or 'none of its stages'}")
