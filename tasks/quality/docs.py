"""Data docs: the gate's findings as one HTML page, made by Great Expectations' own renderer.

Its templates put values into the page without escaping them (version 1.24: a script in an unexpected value
runs), and web text is hostile. So a result is cut down to figures and ids before it is rendered, and what is
left is escaped here. The page must also open without a network and without telling anybody: the scripts and style
sheets that its template takes from public servers are left out, and a style sheet of ours stands in their place.
"""

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.quality.findings import Finding

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult


# What the template fetches when the page is opened, and a link to a page of the suite that is not made.
_FOREIGN = re.compile(r"<script\b[^>]*\bsrc=[^>]*>\s*</script>|<link\b[^>]*>")
_DEAD_LINK = re.compile(r'<a href="[./]*expectations/[^"]*"\s*>(.*?)</a>')


def render(findings: list[Finding], results: "list[ExpectationValidationResult]", title: str) -> bytes:
    """Return the page for one quality run, UTF-8."""
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    by_name = {finding.check.name: finding for finding in findings}
    shown = [cut for result in results if (cut := _cut_down(result, by_name))]
    passed = sum(1 for result in shown if result.success)
    summary = ExpectationSuiteValidationResult(
        success=not any(finding.is_blocking for finding in findings),
        results=shown,
        suite_name=html.escape(title),
        statistics={
            "evaluated_expectations": len(shown),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(shown) - passed,
            "success_percent": 100.0 * passed / len(shown) if shown else None,
        },
        meta={},
    )
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(summary)
    view: Any = DefaultJinjaPageView(custom_styles_directory=str(Path(__file__).parent))
    page: str = view.render(document, template="page_minimal.j2")
    page = _DEAD_LINK.sub(r"\1", _FOREIGN.sub("", page))
    return page.replace("Sampled Unexpected Values", "Ids of such rows").encode()


def _cut_down(
    result: "ExpectationValidationResult", by_name: dict[str, Finding]
) -> "ExpectationValidationResult | None":
    """Return `result` without web text; None for a result that no finding was made of."""
    from great_expectations.core import ExpectationValidationResult

    config = result.expectation_config
    finding = by_name.get(str((config.meta or {}).get("name"))) if config else None
    if config is None or finding is None:
        return None
    observed = finding.observed
    kept = {name: _escaped(value) for name, value in observed.items() if name not in {"ids", "error"}}
    if config.type == "expect_table_columns_to_match_ordered_list":
        # The renderer takes the order of its sections from here, and has no other where the check could not run.
        kept.setdefault("observed_value", [])
    # Where the page would show samples of the text it shows the ids of the rows.
    kept["partial_unexpected_list"] = _escaped(observed.get("ids", []))
    return ExpectationValidationResult(
        success=result.success,
        expectation_config=config,
        result=kept,
        exception_info={
            "raised_exception": "error" in observed,
            "exception_message": _escaped(observed.get("error")),
            "exception_traceback": None,
        },
    )


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    if isinstance(value, dict):
        return {_escaped(name): _escaped(item) for name, item in value.items()}
    return value
