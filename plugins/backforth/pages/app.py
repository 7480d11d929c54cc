"""The pages: releases, the rows of a release, the trace of a row. For people who are logged in to Airflow."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from airflow.api_fastapi.core_api.security import get_user
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backforth.connections import lineage_store, object_store
from tasks.core.errors import DataError
from tasks.lineage.store import PostgresLineage
from tasks.lineage.trace import to_json, trace
from tasks.llm.budget import MICRO
from tasks.storage.shards import read_rows

PAGE_ROWS = 20

app = FastAPI(title="backforth", dependencies=[Depends(get_user)], docs_url=None, redoc_url=None, openapi_url=None)
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@contextmanager
def _lineage() -> Iterator[PostgresLineage]:
    store = lineage_store()
    try:
        yield store
    finally:
        store.close()


def _page(template: str, **values: Any) -> HTMLResponse:
    # No script runs here, whatever a web page may have smuggled into a title.
    headers = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"}
    return HTMLResponse(_templates.get_template(template).render(**values), headers=headers)


@app.get("/")
def releases() -> HTMLResponse:
    """All releases, newest first."""
    with _lineage() as lineage:
        return _page("releases.html", releases=lineage.fetch("all_releases"))


@app.get("/spending/{dataset}")
def spending(dataset: str) -> HTMLResponse:
    """Tokens and cost of a dataset, by partition, stage and model."""
    with _lineage() as lineage:
        lines = lineage.fetch("spending", dataset=dataset, partition_key=None)
    return _page("spending.html", dataset=dataset, lines=lines, micro=MICRO)


@app.get("/rows/{dataset}/{version}")
def rows(dataset: str, version: str, offset: int = Query(0, ge=0)) -> HTMLResponse:
    """Some rows of a release, as a reader of the dataset sees them."""
    with _lineage() as lineage:
        page = lineage.fetch("examples_page", dataset=dataset, version=version, offset=offset, limit=PAGE_ROWS)
    if not page:
        raise HTTPException(404, f"{dataset} {version} has no row {offset}")
    objects = object_store()
    shown = []
    for key in dict.fromkeys(item["shard_key"] for item in page):
        wanted = {item["shard_row"] for item in page if item["shard_key"] == key}
        shown += [row for number, row in enumerate(read_rows(objects, key)) if number in wanted]
    return _page(
        "rows.html",
        dataset=dataset,
        version=version,
        rows=shown,
        offset=offset,
        total=page[0]["row_count"],
        step=PAGE_ROWS,
    )


@app.get("/trace")
def trace_of(row_id: str = Query(min_length=4, max_length=64)) -> HTMLResponse:
    """The whole chain of one row."""
    with _lineage() as lineage:
        try:
            found = to_json(trace(lineage, row_id.strip()))
        except DataError as error:
            raise HTTPException(404, str(error)) from error
    return _page("trace.html", row_id=row_id, trace=found)
