"""Runs the suite over a candidate and says of each check what it found: counts and ids, never web text."""

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.core.config import DatasetSpec
from tasks.quality.frame import Candidate
from tasks.quality.suite import Check, Table, build, checks

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult

# Enough to start looking; the whole list is one query away.
SHOWN_IDS = 10
# What may be stored and shown of a result. Lists of unexpected values are left out: they are web text.
_KEPT = ("observed_value", "element_count", "unexpected_count", "unexpected_percent", "missing_count", "details")


@dataclass(frozen=True)
class Finding:
    """One check and its outcome. `observed` is JSON: figures, up to SHOWN_IDS row ids, an error if it could not run."""

    check: Check
    success: bool
    observed: dict[str, Any]

    @property
    def is_blocking(self) -> bool:
        """True when the release must not be published because of it."""
        return not self.success and self.check.severity == "critical"

    def __str__(self) -> str:
        """One line for people: the check, what was seen, and on which rows."""
        if "error" in self.observed:
            return f"{self.check.name}: could not be evaluated ({self.observed['error']})"
        if ids := self.observed.get("ids"):
            count = self.observed["unexpected_count"]
            more = ", …" if count > len(ids) else ""
            return f"{self.check.name}: {count} of {self.observed['element_count']} rows: {', '.join(ids)}{more}"
        bounds = {name: value for name, value in self.check.kwargs.items() if name != "column"}
        return f"{self.check.name}: observed {self.observed.get('observed_value')}, expected {bounds}"


def evaluate(candidate: Candidate, spec: DatasetSpec) -> "tuple[list[Finding], list[ExpectationValidationResult]]":
    """Run every check; return the findings in the order of the suite, and the raw results for the data docs.

    A check that Great Expectations gave no result for is missing from the findings.
    """
    results = [*_validate(candidate.rows, spec, "rows"), *_validate(candidate.figures, spec, "figures")]
    by_name = {
        str((result.expectation_config.meta or {}).get("name")): result
        for result in results
        if result.expectation_config
    }
    findings = [_finding(check, by_name[check.name]) for check in checks(spec) if check.name in by_name]
    return findings, results


def _validate(frame: "pd.DataFrame", spec: DatasetSpec, table: Table) -> "list[ExpectationValidationResult]":
    # Read when the package is imported: nothing is sent to the makers of the library.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]  # annotated as a class, read as a mapping
    definition = (
        context.data_sources.add_pandas("candidate")
        .add_dataframe_asset(table)
        .add_batch_definition_whole_dataframe("all")
    )
    result_format: dict[str, Any] = {"result_format": "COMPLETE", "partial_unexpected_count": SHOWN_IDS}
    if "id" in frame:
        result_format["unexpected_index_column_names"] = ["id"]
    batch = definition.get_batch({"dataframe": frame})
    return list(batch.validate(build(spec, table), result_format=result_format).results)


def _finding(check: Check, result: "ExpectationValidationResult") -> Finding:
    raw = result.to_json_dict()["result"]
    values: dict[str, Any] = raw if isinstance(raw, dict) else {}
    observed = {name: _plain(values[name]) for name in _KEPT if name in values}
    if rows := values.get("unexpected_index_list"):
        observed["ids"] = [str(row.get("id")) if isinstance(row, dict) else str(row) for row in rows[:SHOWN_IDS]]
    if not values and not result.success:
        observed["error"] = _error(result.exception_info)
    return Finding(check=check, success=bool(result.success), observed=observed)


def _error(info: Any) -> str:
    """Return the first line of what went wrong; Great Expectations nests it by metric."""
    found: dict[str, Any] = info if isinstance(info, dict) else {}
    if "exception_message" not in found:
        found = next((item for item in found.values() if isinstance(item, dict)), {})
    lines = str(found.get("exception_message") or "no result").splitlines()
    return lines[0][:300]


def _plain(value: Any) -> Any:
    """Return `value` as JSON and PostgreSQL take it: Python's own numbers, and no NaN."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
