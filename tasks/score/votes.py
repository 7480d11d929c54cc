"""From the judgements of one pair to its score, and how they are recorded.

A single judgement is its score. Of several, each is recorded as a vote with its own generation, and the score that
they come to beside them. The score's id names all its votes: that is how `backforth verify` finds them again.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.core.errors import DataError
from tasks.core.ids import content_id
from tasks.core.runtime import Row
from tasks.score.modes import DECIMALS

METRIC = "quality_5pt"
VOTE = "quality_5pt_vote"
# The bound of ScoreConfig.votes.
MOST = 32


def decide(values: Sequence[float], asked: int, sampling: Mapping[str, Any]) -> float:
    """Return the score of a pair from the judgements that parsed, of `asked` that were asked for.

    The majority counts, a tie goes to the lower; of expected values the mean. Raises DataError
    `score_votes_unparseable` where fewer than half of the votes parsed.
    """
    if 2 * len(values) < asked:
        raise DataError("score_votes_unparseable", f"{len(values)} of {asked} votes hold a score")
    if sampling.get("logprobs"):
        return round(math.fsum(values) / len(values), DECIMALS)
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value))


def score_id(pair_id: str, value: float, generation_ids: Sequence[str]) -> str:
    """Return the id of the score that these judgements of a pair come to.

    The value is part of it: a parser that was changed may read another score in the same judgements, and both stand.
    """
    return content_id("score", pair_id, METRIC, float(value), *generation_ids)


def score_rows(pair_id: str, judgements: Sequence[tuple[str, float]], score: float, run_id: str) -> list[Row]:
    """Return the rows of `lineage.score` for a pair: its score, and its votes where there was more than one.

    `judgements` are (generation id, value) in the order of the votes; the score points to the first.
    """
    ids = [generation_id for generation_id, _ in judgements]
    common = {"pair_id": pair_id, "config_id": None, "generated_by": run_id}
    decided = {
        "score_id": score_id(pair_id, score, ids),
        "metric": METRIC,
        "value": score,
        "generation_id": ids[0],
        **common,
    }
    votes = [
        {
            "score_id": content_id("score", pair_id, VOTE, float(value), generation_id),
            "metric": VOTE,
            "value": value,
            "generation_id": generation_id,
            **common,
        }
        for generation_id, value in judgements
    ]
    return [decided, *votes] if len(votes) > 1 else [decided]


def votes_behind(item: Row, recorded: Sequence[Row], pair_id: str) -> tuple[list[str], int] | None:
    """Return the ids of the judgements behind a recorded score, and how many were asked for; None if none fit.

    `item` is the score and `recorded` all scores and votes of its pair, as the view `example_trace` gives them. Sample
    s of n is one of the attempts s, s + n, s + 2n …, so that n, which is not recorded, follows from the score's id.
    """
    alike = {"judge", "prompt", "sampling"}
    votes = {
        int(vote["attempt"]): str(vote["generation_id"])
        for vote in recorded
        if vote["metric"] == VOTE and all(vote[name] == item[name] for name in alike)
    }
    single = [str(item["generation_id"])]
    if str(item["score_id"]) == score_id(pair_id, item["value"], single):
        # Of several votes one may have parsed; it is the score, and was enough where two were asked for.
        return single, 1
    for asked in range(2, MOST + 1):
        first: dict[int, str] = {}
        for attempt in sorted(votes):
            first.setdefault(attempt % asked, votes[attempt])
        ids = [first[sample] for sample in sorted(first)]
        if str(item["score_id"]) == score_id(pair_id, item["value"], ids):
            return ids, asked
    return None
