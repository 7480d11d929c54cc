"""How a judgement is asked for, and how its score is read: `text`, `structured` or `expected`.

A stored request says by its sampling which mode it was made in, so that a judgement can be read again years later
without the configuration it came from.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from tasks.core.errors import DataError
from tasks.llm.request import Answer
from tasks.score.parse import Reason, Score, parse
from tasks.score.statements import HIGHEST, LOWEST

# Decimals that a computed score keeps: the last bits of an exponential differ between two machines.
DECIMALS = 4


def read_judgement(answer: Answer, sampling: Mapping[str, Any]) -> float:
    """Return the score of a judgement that was asked for with `sampling`.

    Raises DataError with the reason when there is none: of tasks/score/parse.py, or `score_unparseable_json`,
    `score_logprobs_missing`; `answer_truncated` for what has no score because it was cut off.
    """
    try:
        if "response_format" in sampling:
            return _structured(answer.output_text)
        found = parse(answer.output_text)
        if isinstance(found, Reason):
            raise DataError(found.code, found.detail)
        return _expected(found, answer) if sampling.get("logprobs") else float(found.value)
    except DataError as error:
        if answer.finish_reason == "length" and error.reason != "score_logprobs_missing":
            raise DataError("answer_truncated", error.detail) from error
        raise


def _structured(text: str) -> float:
    """Read the object that the schema allows, and nothing else."""
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise DataError("score_unparseable_json", f"{error}: {text[:160]!r}") from error
    score = found.get("score") if isinstance(found, dict) else None
    # True is an int to Python and 4.0 a whole number to JSON; the schema names the five integers.
    if type(score) is not int:
        raise DataError("score_unparseable_json", f"no whole number under `score`: {text[:160]!r}")
    if not LOWEST <= score <= HIGHEST:
        raise DataError("score_out_of_range", f"score {str(score)[:40]}")
    return float(score)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two scores under one name are no score."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _expected(found: Score, answer: Answer) -> float:
    """Return the mean of the scale, weighted by the probabilities of its numbers where the score was written."""
    for token in answer.facts.get("digit_logprobs", ()):
        between = answer.output_text[token["offset"] : found.offset]
        if token["offset"] <= found.offset and token["top"] and not between.strip():
            break
    else:
        raise DataError("score_logprobs_missing", f"the server told no probabilities of the token in {found.where!r}")
    weights = {int(digit): math.exp(logprob) for digit, logprob in token["top"].items()}
    total = math.fsum(weights.values())
    if not total > 0.0:
        raise DataError("score_logprobs_missing", f"the probabilities of the token in {found.where!r} are all zero")
    return round(math.fsum(digit * weight for digit, weight in weights.items()) / total, DECIMALS)
