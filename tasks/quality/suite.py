"""The quality gate as code: what a candidate release must be, as Great Expectations checks.

`checks` says it as plain data, so that the suite has a digest without importing Great Expectations (seconds);
`build` makes the expectations. Severities are Great Expectations' own: a failed `critical` check stops the
release, a `warning` is shown and stops nothing.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tasks.core.config import DatasetSpec
from tasks.core.ids import digest_of
from tasks.core.source_config import RECORD_KINDS
from tasks.core.variants import FLOWS

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

Severity = Literal["critical", "warning", "info"]
Table = Literal["rows", "figures"]

# Written out and not imported from the stage that makes them: a gate that takes its idea of the columns from the
# producer would pass whatever the producer makes. `messages` holds the roles; its texts follow as two columns.
COLUMNS = (
    "id",
    "messages",
    "source_url",
    "document_id",
    "score",
    "language",
    "grounding",
    "instruction_model",
    "judge_model",
    "response_model",
    "instruction_prompt",
    "judge_prompt",
    "response_prompt",
    "extractor",
    "instruction",
    "response",
)
ROLES = "user assistant"
MODEL_COLUMNS = ("instruction_model", "judge_model", "response_model")
# Columns that say something only where the variant has one of these stages, and are null where it has none.
MADE_BY = {
    "score": ("score",),
    "judge_model": ("score",),
    "judge_prompt": ("score",),
    "grounding": ("verify",),
    "response_model": ("rewrite", "distil"),
    "response_prompt": ("rewrite", "distil"),
}
# The name under which tasks/llm/standin.py serves: it has no weights, and only a demo may hold what it says.
STANDIN_MODEL = "backforth-standin"
# What rewriting should have removed: our own markers, an assistant speaking of itself, the web page around the text.
RESIDUES = (
    r"\[\s?/?(?:DOC|INS|RES)\]",
    r"(?i)\bas an? (?:AI|artificial intelligence)(?: language)? (?:model|assistant)\b",
    r"(?i)\b(?:click here|read more about this|share this (?:post|article|page))\b",
    r"(?i)\b(?:subscribe to|sign up for) (?:our|the|my) (?:newsletter|mailing list|channel|blog)\b",
    r"(?i)\ball rights reserved\b",
    r"(?i)\b(?:cookie policy|accept (?:all )?cookies)\b",
    r"(?i)</?(?:div|span|script|style|iframe|td|tr|br)\b[^>]{0,200}>",
)


@dataclass(frozen=True)
class Check:
    """One expectation. `name` is the assertion's name in the lineage store, `type` the class in GX."""

    name: str
    type: str
    kwargs: dict[str, Any]
    severity: Severity = "critical"
    table: Table = "rows"

    @property
    def column(self) -> str:
        """The column or columns it speaks of; empty for the whole table."""
        return str(self.kwargs.get("column") or "+".join(self.kwargs.get("column_list", ())))


def checks(spec: DatasetSpec) -> tuple[Check, ...]:
    """Return every check over a candidate of `spec`, in the order they are shown."""
    return (*_shape(spec), *_texts(spec), *_provenance(spec), *_figures(spec))


def absent_columns(spec: DatasetSpec) -> frozenset[str]:
    """Return the columns that are null in every row of the specification's variant."""
    flow = FLOWS[spec.variant]
    return frozenset(column for column, stages in MADE_BY.items() if not set(stages) & set(flow))


def _shape(spec: DatasetSpec) -> list[Check]:
    """Rows of every shape; a line of JSON or a row of a table may have no address, and is a document all the same."""
    absent = absent_columns(spec)
    return [
        Check("columns_are_the_published_ones", "ExpectTableColumnsToMatchOrderedList", {"column_list": list(COLUMNS)}),
        Check("enough_rows", "ExpectTableRowCountToBeBetween", {"min_value": spec.quality.min_rows}),
        *(
            Check(f"{column}_is_absent", "ExpectColumnValuesToBeNull", {"column": column})
            if column in absent
            else Check(
                f"{column}_is_there",
                "ExpectColumnValuesToNotBeNull",
                {"column": column},
                "warning" if column == "source_url" and spec.source.kind in RECORD_KINDS else "critical",
            )
            for column in COLUMNS
        ),
        Check("id_is_unique", "ExpectColumnValuesToBeUnique", {"column": "id"}),
        Check(
            "messages_are_user_then_assistant",
            "ExpectColumnValuesToBeInSet",
            {"column": "messages", "value_set": [ROLES]},
        ),
    ]


def _texts(spec: DatasetSpec) -> list[Check]:
    bounds = spec.quality
    length = "ExpectColumnValueLengthsToBeBetween"
    return [
        Check(
            "instruction_is_long_enough", length, {"column": "instruction", "min_value": bounds.min_instruction_chars}
        ),
        Check("response_is_long_enough", length, {"column": "response", "min_value": bounds.min_response_chars}),
        Check("response_is_not_too_long", length, {"column": "response", "max_value": bounds.max_response_chars}),
        Check("pair_is_unique", "ExpectCompoundColumnsToBeUnique", {"column_list": ["instruction", "response"]}),
        Check("instruction_is_unique", "ExpectColumnValuesToBeUnique", {"column": "instruction"}, "warning"),
        *(
            Check(
                f"{column}_has_no_residue",
                "ExpectColumnValuesToNotMatchRegexList",
                {"column": column, "regex_list": list(RESIDUES)},
                "warning",
            )
            for column in ("instruction", "response")
        ),
        *_tags(spec),
        Check(
            "language_is_wanted",
            "ExpectColumnValuesToBeInSet",
            {"column": "language", "value_set": sorted(spec.filters.languages)},
        ),
    ]


def _tags(spec: DatasetSpec) -> list[Check]:
    if not spec.release.tags:
        return []
    wanted = {"column": "instruction", "regex": rf"\n\n{re.escape(spec.release.data_tag)}\Z"}
    return [Check("instruction_ends_with_the_tag", "ExpectColumnValuesToMatchRegex", wanted)]


def _provenance(spec: DatasetSpec) -> list[Check]:
    between, absent = "ExpectColumnValuesToBeBetween", absent_columns(spec)
    found = [
        Check("score_is_on_the_scale", between, {"column": "score", "min_value": 1, "max_value": 5}),
        Check("score_reaches_the_threshold", between, {"column": "score", "min_value": spec.curate.min_score}),
    ]
    if "score" in absent:
        found = []
    if spec.demo:
        return found
    stands_in = {"regex": f"^{STANDIN_MODEL}@"}
    return found + [
        Check(f"{column}_is_no_stand_in", "ExpectColumnValuesToNotMatchRegex", {"column": column, **stands_in})
        for column in MODEL_COLUMNS
        if column not in absent
    ]


def _figures(spec: DatasetSpec) -> list[Check]:
    """Checks over one row of totals: what no single row of the release can show."""

    def bound(name: str, column: str, severity: Severity = "critical", **limits: float) -> Check:
        kind = "ExpectColumnMinToBeBetween" if "min_value" in limits else "ExpectColumnMaxToBeBetween"
        return Check(name, kind, {"column": column, **limits}, severity, "figures")

    return [
        bound("judgements_are_parseable", "unparseable_rate", max_value=spec.quality.max_unparseable_rate),
        bound("funnel_adds_up", "funnel_gap_count", max_value=0),
        bound("manifest_counts_the_rows", "row_count_gap", max_value=0),
        bound(
            "responses_are_long_on_average",
            "mean_response_chars",
            "warning",
            min_value=spec.quality.min_mean_response_chars,
        ),
    ]


def suite_sha256(spec: DatasetSpec) -> str:
    """Return the digest of the suite: names, types, tables, severities and bounds, and no generated id."""
    return digest_of([[c.name, c.type, c.table, c.severity, c.kwargs] for c in checks(spec)])


def build(spec: DatasetSpec, table: Table) -> "ExpectationSuite":
    """Return the Great Expectations suite for one of the two tables; each expectation carries its name in `meta`."""
    import great_expectations as gx
    from great_expectations import expectations

    suite = gx.ExpectationSuite(name=f"{spec.name}_{table}")
    for check in checks(spec):
        if check.table == table:
            kind = getattr(expectations, check.type)
            suite.add_expectation(kind(**check.kwargs, severity=check.severity, meta={"name": check.name}))
    return suite
