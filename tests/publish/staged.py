"""A lineage store in memory that follows the rules of releases and quality runs, for tests of publishing."""

from typing import Any

from tests.fakes.lineage import RecordingLineage


class ReleaseLineage(RecordingLineage):
    """Answers the questions about releases from the rows it was given, as PostgreSQL does."""

    def __init__(self) -> None:
        super().__init__(
            {
                "releases_of_partition": self._of_partition,
                "release_by_version": self._release,
                "latest_release": self._latest,
                "publish_release": self._publish,
                "quality_of_snapshot": self._quality,
            }
        )

    def insert(self, table: str, rows: Any) -> int:
        """Keep release rows once by (dataset, version), with the state a new row has."""
        if table != "release":
            return super().insert(table, rows)
        known = {(row["dataset"], row["version"]) for row in self._rows()}
        new = [{**row, "state": "staged"} for row in rows if (row["dataset"], row["version"]) not in known]
        return super().insert(table, new)

    def _rows(self) -> list[dict[str, Any]]:
        return self.tables.get("release", [])

    def _of_partition(self, *, dataset: str, partition_key: str) -> list[dict[str, Any]]:
        return [row for row in self._rows() if (row["dataset"], row["partition_key"]) == (dataset, partition_key)]

    def _release(self, *, dataset: str, version: str) -> list[dict[str, Any]]:
        return [row for row in self._rows() if (row["dataset"], row["version"]) == (dataset, version)]

    def _latest(self, *, dataset: str) -> list[dict[str, Any]]:
        published = [row for row in self._rows() if row["dataset"] == dataset and row["state"] == "published"]
        order = lambda row: (row["partition_key"], [int(part) for part in row["version"].split(".")])  # noqa: E731
        return sorted(published, key=order)[-1:]

    def _quality(self, *, snapshot_id: str, suite_sha256: str) -> list[dict[str, Any]]:
        rows = self.tables.get("quality_run", [])
        return [row for row in rows[::-1] if (row["snapshot_id"], row["suite_sha256"]) == (snapshot_id, suite_sha256)]

    def _publish(self, *, dataset: str, version: str, suite_sha256: str) -> int:
        touched = 0
        for row in self._release(dataset=dataset, version=version):
            runs = [
                run
                for run in self._quality(snapshot_id=row["snapshot_id"], suite_sha256=suite_sha256)
                if run["complete"]
            ]
            if row["state"] == "staged" and runs and runs[0]["success"]:
                row["state"] = "published"
                touched += 1
        return touched
