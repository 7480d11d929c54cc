"""The embedded stack's stores for commands that work beside Airflow, such as `trace` and `verify`."""

from tasks.lineage.store import PostgresLineage
from tasks.local.s3 import open_bucket
from tasks.local.settings import Settings
from tasks.storage.objects import S3Objects


def local_runtime_parts(settings: Settings) -> tuple[S3Objects, PostgresLineage]:
    """Return the object store and the lineage store of a stack that is up."""
    return open_bucket(settings), PostgresLineage(settings.lineage_url)
