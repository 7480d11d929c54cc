"""Bring the lineage database to the newest schema and make the bucket, both as the Airflow connections name them."""

from airflow.sdk import Connection

from backforth.connections import LINEAGE, object_store
from tasks.lineage.migrate import migrate

migrate(Connection.get(LINEAGE).get_uri().replace("postgres://", "postgresql://", 1))
print("lineage: migrated")
store = object_store()
print(f"bucket {store.bucket}: {'made' if store.make_bucket() else 'exists'}")
