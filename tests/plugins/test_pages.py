"""The pages in the Airflow UI: web text stays text, strangers stay out, and the plugin loads as a whole."""

import importlib.util
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from airflow.api_fastapi.core_api.datamodels.plugins import ExternalViewResponse, FastAPIAppResponse
from airflow.api_fastapi.core_api.security import get_user
from fastapi.testclient import TestClient

from backforth.pages import app as pages
from tasks.core.errors import DataError
from tasks.storage.shards import ShardWriter
from tests.fakes.objects import MemoryObjects
from tests.plugins.conftest import ClosingLineage

PLUGIN = Path(__file__).parents[2] / "plugins" / "backforth" / "plugin.py"
HOSTILE = """<script>alert(1)</script><img src=x onerror="alert(2)">'"{{ 7 * 7 }}</div>"""
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


class Site:
    """The pages over fakes, seen by a user who is logged in."""

    def __init__(self) -> None:
        self.lineage = ClosingLineage()
        self.objects = MemoryObjects()
        self.client = TestClient(pages.app)

    def get(self, path: str, status: int = 200) -> str:
        """Fetch a page."""
        response = self.client.get(path)
        assert response.status_code == status, response.text
        return response.text


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    made = Site()
    monkeypatch.setattr(pages, "lineage_store", lambda: made.lineage)
    monkeypatch.setattr(pages, "object_store", lambda: made.objects)
    monkeypatch.setitem(pages.app.dependency_overrides, get_user, lambda: "somebody")
    yield made
    assert made.lineage.is_closed or not made.lineage.calls, "a page left its connection open"


def release(**changes: Any) -> dict[str, Any]:
    return {
        "dataset": "made",
        "version": "2026.10.0",
        "partition_key": "2026-10",
        "state": "published",
        "published_at": datetime(2026, 11, 1, 12, 30, tzinfo=UTC),
        "row_count": 41,
        "is_latest": True,
        **changes,
    }


def is_harmless(page: str) -> bool:
    """Whether no part of the hostile text got into the page as markup."""
    return ESCAPED in page and "<script" not in page and "<img" not in page and "{{ 7 * 7 }}" in page


def test_releases_are_listed(site: Site) -> None:
    """With a link to their rows, and a mark on the latest."""
    site.lineage.answers["all_releases"] = [release(), release(version="2026.9.0", is_latest=False, published_at=None)]
    page = site.get("/")
    assert 'href="/backforth/rows/made/2026.10.0"' in page
    assert "2026-11-01 12:30 UTC" in page and page.count(">latest<") == 1


def test_spending_is_told_by_stage_and_model(site: Site) -> None:
    """With its cost in every currency, and a model's name as text."""
    line = {"dataset": "made", "partition_key": "2026-10", "stage": "score", "model": HOSTILE}
    tokens = {"prompt_tokens": 1_234_567, "output_tokens": 8}
    costs = {"USD": 1_500_000, "EUR": 200}
    site.lineage.answers["spending"] = [{**line, **tokens, "cost_micro": costs}, {**line, **tokens, "cost_micro": {}}]
    page = site.get("/spending/made")
    assert is_harmless(page)
    assert "1,234,567" in page and "1.5000 USD, 0.0002 EUR" in page
    assert site.lineage.called("spending") == [{"dataset": "made", "partition_key": None}]
    site.lineage.answers["all_releases"] = [release()]
    assert 'href="/backforth/spending/made"' in site.get("/")


def test_a_dataset_that_spent_nothing_says_so(site: Site) -> None:
    """An empty table helps nobody."""
    assert "Nothing has been spent" in site.get("/spending/made")


def test_nothing_released_says_what_to_do(site: Site) -> None:
    """An empty table helps nobody."""
    assert "Nothing has been released yet" in site.get("/")


def test_names_of_releases_are_escaped(site: Site) -> None:
    """In text and in addresses."""
    site.lineage.answers["all_releases"] = [release(dataset=HOSTILE, version=HOSTILE, partition_key=HOSTILE)]
    page = site.get("/")
    assert is_harmless(page)
    assert 'href="/backforth/rows/%3Cscript' in page


def store_rows(site: Site, key: str, rows: list[dict[str, Any]]) -> None:
    """Store published rows with the columns that the page shows."""
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    columns = [("id", pa.string()), ("messages", pa.list_(message)), ("score", pa.int64())]
    schema = pa.schema([*columns, ("response_model", pa.string()), ("source_url", pa.string())])
    with ShardWriter(schema) as writer:
        for row in rows:
            writer.write(row)
        writer.upload(site.objects, key)


def row(number: int, text: str = "") -> dict[str, Any]:
    return {
        "id": f"id-{number}{text}",
        "messages": [
            {"role": "user", "content": f"Question {number}? {text}"},
            {"role": "assistant", "content": f"Answer {number}. {text}"},
        ],
        "score": 5,
        "response_model": f"tiny{text}",
        "source_url": f"https://tea.example/{number}{text}",
    }


def test_rows_are_shown_a_page_at_a_time(site: Site) -> None:
    """Those that lineage names, from the shards they lie in, in order, with the way on and back."""
    store_rows(site, "a", [row(number) for number in range(30)])
    store_rows(site, "b", [row(number) for number in range(30, 45)])
    order = [("a", number) for number in range(30)] + [("b", number) for number in range(15)]

    def answer(dataset: str, version: str, offset: int, limit: int) -> list[dict[str, Any]]:
        assert (dataset, version) == ("made", "2026.10.0")
        return [{"shard_key": key, "shard_row": at, "row_count": 45} for key, at in order[offset : offset + limit]]

    site.lineage.answers["examples_page"] = answer
    first = site.get("/rows/made/2026.10.0")
    assert "rows 1 to 20 of 45" in first and "Question 19?" in first and "Question 20?" not in first
    assert 'href="?offset=20"' in first and "Previous" not in first
    assert 'href="/backforth/trace?row_id=id-0"' in first
    second = site.get("/rows/made/2026.10.0?offset=20")
    assert "rows 21 to 40 of 45" in second and "Question 20?" in second and "Question 39?" in second
    assert 'href="?offset=0"' in second and 'href="?offset=40"' in second
    assert "Next" not in site.get("/rows/made/2026.10.0?offset=40")
    site.get("/rows/made/2026.10.0?offset=45", status=404)


def test_rows_without_a_judge_or_a_rewriter_are_shown(site: Site) -> None:
    """Variants leave columns null: the page says what that means."""
    store_rows(site, "a", [row(0), {**row(1), "score": None, "response_model": None}])
    site.lineage.answers["examples_page"] = [{"shard_key": "a", "shard_row": at, "row_count": 2} for at in (0, 1)]
    page = site.get("/rows/made/2026.10.0")
    assert "score 5 · tiny" in page
    assert "not judged · the document itself · https://tea.example/1" in page
    assert "None" not in page


def test_web_text_in_rows_is_escaped(site: Site) -> None:
    """Instruction, response, address, model and id all come from outside."""
    store_rows(site, "a", [row(1, HOSTILE)])
    site.lineage.answers["examples_page"] = [{"shard_key": "a", "shard_row": 0, "row_count": 1}]
    page = site.get("/rows/made/2026.10.0")
    assert is_harmless(page)
    assert page.count(ESCAPED) == 5, "question, answer, model, address and id"
    assert "row_id=id-1%3Cscript" in page


@pytest.mark.parametrize("offset", ["-1", "x", "1.5"])
def test_a_wrong_offset_is_refused(site: Site, offset: str) -> None:
    """Before the database sees it."""
    site.get(f"/rows/made/2026.10.0?offset={offset}", status=422)
    assert site.lineage.calls == []


def test_a_release_without_rows_is_not_found(site: Site) -> None:
    """As is one that does not exist."""
    site.get("/rows/made/9.9.9", status=404)


def test_web_text_in_a_trace_is_escaped(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and values at every depth."""
    found = {"document": {"title": HOSTILE, HOSTILE: [{"deep": [HOSTILE]}, None, 5, []]}, HOSTILE: HOSTILE}
    monkeypatch.setattr(pages, "trace", lambda lineage, row_id: found)
    monkeypatch.setattr(pages, "to_json", lambda trace: trace)
    page = site.get("/trace?row_id=abcd")
    assert is_harmless(page)


def test_the_id_that_was_asked_for_is_escaped(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes from the address, which anybody can make."""
    monkeypatch.setattr(pages, "trace", lambda lineage, row_id: {})
    monkeypatch.setattr(pages, "to_json", lambda trace: trace)
    page = site.client.get("/trace", params={"row_id": "<script>alert(1)</script>"}).text
    assert ESCAPED in page and "<script" not in page


def test_an_unknown_id_is_not_found(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason."""

    def nothing(lineage: Any, row_id: str) -> Any:
        raise DataError("unknown_id", f"no row {row_id}")

    monkeypatch.setattr(pages, "trace", nothing)
    assert "no row abcd" in site.get("/trace?row_id=%20abcd", status=404)
    site.get("/trace?row_id=abc", status=422)
    site.get(f"/trace?row_id={'a' * 65}", status=422)


def test_no_script_runs_on_any_page(site: Site) -> None:
    """Even where escaping would fail, the browser is told so."""
    policy = site.client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy


@pytest.mark.parametrize("path", ["/", "/rows/made/2026.10.0", "/trace?row_id=abcd"])
def test_strangers_see_nothing(site: Site, path: str) -> None:
    """Every page asks Airflow who is there; without a login the database is not touched."""
    pages.app.dependency_overrides.clear()
    response = site.client.get(path)
    assert response.status_code in {401, 403}
    assert site.lineage.calls == []


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_there_are_no_other_pages(site: Site, path: str) -> None:
    """The API's own pages would need no login."""
    site.get(path, status=404)


@pytest.fixture
def plugin() -> Any:
    """The plugin file, loaded as Airflow does: by its path, under its bare name."""
    spec = importlib.util.spec_from_file_location("plugin", PLUGIN)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BackforthPlugin


def test_the_plugin_is_what_airflow_takes(plugin: Any) -> None:
    """One invalid view would drop them all, and silently."""
    plugin.validate()
    assert plugin.name == "backforth"
    views = [ExternalViewResponse.model_validate(view) for view in plugin.external_views]
    apps = [FastAPIAppResponse.model_validate({**app, "app": str(app["app"])}) for app in plugin.fastapi_apps]
    assert [view.destination for view in views] == ["nav"]
    assert len({view.url_route for view in views}) == len(views)
    assert [(app.name, app.url_prefix) for app in apps] == [("backforth", "/backforth")]
    assert all(view.href.startswith(apps[0].url_prefix) for view in views)


def test_the_templates_name_the_prefix_of_the_plugin(plugin: Any) -> None:
    """Their links are absolute: another prefix must be changed there too."""
    for path in sorted((PLUGIN.parent / "pages").glob("*.html")):
        for part in path.read_text(encoding="utf-8").split('href="/')[1:]:
            assert part.startswith("backforth/"), path
