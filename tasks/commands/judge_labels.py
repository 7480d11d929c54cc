"""Reads a file of pairs that people have labelled, for `backforth audit-judge`: JSON Lines or CSV."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.core.errors import ConfigError
from tasks.core.runtime import Row
from tasks.score.parse import Reason, parse

COLUMNS = "`score` (1 to 5) or `label` (0 or 1), `judgement` or `judge_score`, `instruction`, `response`"
_LABELS = {"0": 0, "1": 1, "false": 0, "true": 1}


@dataclass(frozen=True)
class Labelled:
    """One pair: what a person says (1 to 5, or 0 and 1), what the judge says (None: nothing readable), and its texts.

    `reason` tells why the judge's score is missing, "" where there is one or none was given.
    """

    line: int
    human: int
    judge: float | None
    reason: str
    instruction: str | None
    response: str | None


@dataclass(frozen=True)
class Labels:
    """All pairs of a file. `is_binary`: people said yes or no instead of 1 to 5."""

    pairs: list[Labelled]
    is_binary: bool


def read_labels(path: Path, *, is_judged: bool) -> Labels:
    """Read `path`, CSV where its name ends in .csv, else JSON Lines.

    With `is_judged` each row must say what the judge said; without, it must hold the texts to ask a judge about.
    Raises ConfigError that names the line.
    """
    try:
        rows = list(_csv(path) if path.suffix.lower() == ".csv" else _json_lines(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    if not rows:
        raise ConfigError(f"{path}: holds no rows; each has {COLUMNS}")
    kinds = {_kind(row, f"{path}:{line}") for line, row in rows}
    if len(kinds) > 1:
        raise ConfigError(f"{path}: some rows have `score`, others `label`; give all of them the same")
    pairs = [_labelled(row, line, f"{path}:{line}", is_judged=is_judged) for line, row in rows]
    return Labels(pairs, kinds == {"label"})


def _json_lines(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                row = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise ConfigError(f"{path}:{line}: no JSON ({error}); name the file .csv if it is CSV") from error
            if not isinstance(row, dict):
                raise ConfigError(f"{path}:{line}: a {type(row).__name__}; each line is an object with {COLUMNS}")
            yield line, row


def _csv(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        line = 1
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise ConfigError(f"{path}:{reader.line_num}: another number of fields than the header has")
                line = reader.line_num
                yield line, {name: value for name, value in row.items() if value != ""}
        except csv.Error as error:
            raise ConfigError(f"{path}:{line + 1}: no CSV ({error})") from error


def _kind(row: Row, where: str) -> str:
    given = [name for name in ("score", "label") if row.get(name) is not None]
    if len(given) != 1:
        raise ConfigError(f"{where}: needs what a person said, `score` (1 to 5) or `label` (0 or 1), and one of them")
    return given[0]


def _labelled(row: Row, line: int, where: str, *, is_judged: bool) -> Labelled:
    human = _score(row["score"], where) if row.get("score") is not None else _label(row["label"], where)
    texts = {name: _text(row, name, where) for name in ("instruction", "response")}
    if not is_judged:
        if not texts["instruction"] or not texts["response"]:
            raise ConfigError(f"{where}: needs `instruction` and `response`, as the judge is to be asked about them")
        return Labelled(line, human, None, "", **texts)
    judge, reason = _judged(row, where)
    return Labelled(line, human, judge, reason, **texts)


def _judged(row: Row, where: str) -> tuple[float | None, str]:
    """Return the judge's score and "", or None and the reason."""
    said, score = _text(row, "judgement", where), row.get("judge_score")
    if (said is None) == (score is None):
        raise ConfigError(
            f"{where}: needs what the judge said, `judgement` (its text) or `judge_score`, and one of them; "
            "with --spec the judge is asked instead"
        )
    if said is not None:
        found = parse(said)
        return (None, found.code) if isinstance(found, Reason) else (float(found.value), "")
    value = _number(score)
    if value is None or not 1 <= value <= 5:
        raise ConfigError(f"{where}: judge_score {str(score)[:40]!r} is no number from 1 to 5")
    return value, ""


def _score(value: Any, where: str) -> int:
    number = _number(value)
    if number is None or number not in range(1, 6):
        raise ConfigError(f"{where}: score {str(value)[:40]!r} is no whole number from 1 to 5")
    return int(number)


def _label(value: Any, where: str) -> int:
    found = _LABELS.get(str(value).strip().lower())
    if found is None:
        raise ConfigError(f"{where}: label {str(value)[:40]!r} is neither 0 nor 1")
    return found


def _text(row: Row, name: str, where: str) -> str | None:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"{where}: {name} is no text")
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
