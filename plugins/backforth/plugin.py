"""The only file that Airflow scans: registers the pages. One invalid view would drop them all, so a test loads it."""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from backforth.pages.app import app

URL_PREFIX = "/backforth"


class BackforthPlugin(AirflowPlugin):
    """Browse > Datasets: releases, their rows, and the trace of a row."""

    name = "backforth"
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [{"app": app, "url_prefix": URL_PREFIX, "name": "backforth"}]
    external_views: ClassVar[list[dict[str, Any]]] = [
        {
            "name": "Datasets",
            "href": f"{URL_PREFIX}/",
            "destination": "nav",
            "url_route": "backforth-datasets",
            "category": "browse",
        }
    ]
