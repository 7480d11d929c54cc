"""Airflow connections -> the stores and clients that stages work with. Secrets stay here."""

from collections.abc import Callable

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from tasks.core.config import DatasetSpec, ModelSpec
from tasks.core.errors import ConfigError
from tasks.lineage.store import PostgresLineage
from tasks.llm.client import OpenAIClient
from tasks.storage.objects import S3Objects

LINEAGE = "backforth_lineage"
OBJECTS = "backforth_objects"


def _connection(conn_id: str) -> Connection:
    try:
        return Connection.get(conn_id)
    except AirflowNotFoundException as error:
        raise ConfigError(
            f"Airflow connection {conn_id!r} does not exist; add it under Admin > Connections, "
            f"or as AIRFLOW_CONN_{conn_id.upper()}"
        ) from error


def lineage_store() -> PostgresLineage:
    """The lineage database of connection backforth_lineage."""
    conn = _connection(LINEAGE)
    return PostgresLineage(conn.get_uri().replace("postgres://", "postgresql://", 1))


def object_store() -> S3Objects:
    """The bucket of connection backforth_objects. Host: an address such as https://s3.example:9000; extra: bucket."""
    conn = _connection(OBJECTS)
    scheme, _, host = str(conn.host).rpartition("://")
    return S3Objects(
        endpoint=f"{host}:{conn.port}" if conn.port else host,
        access_key=conn.login or "",
        secret_key=conn.password or "",
        bucket=conn.extra_dejson.get("bucket", "backforth"),
        secure=scheme != "http",
    )


def model_urls(model: ModelSpec) -> list[str]:
    """The addresses behind a model's connections, in their order."""
    return [_url(_connection(conn_id)) for conn_id in model.connections]


def model_client(
    spec: DatasetSpec, model: ModelSpec, urls: list[str], *, shares: Callable[[str], Callable[[], int]] | None = None
) -> OpenAIClient:
    """A client of the servers at `urls`; the password of the model's connections is its API key."""
    keys = {_connection(conn_id).password or "" for conn_id in model.connections if conn_id}
    if len(keys) > 1:
        raise ConfigError(f"model {model.name}: its connections have different passwords; give them one API key")
    return OpenAIClient(base_url=urls, model=model, api_key="".join(keys), demo=spec.demo, shares=shares)


def _url(conn: Connection) -> str:
    port = f":{conn.port}" if conn.port else ""
    return f"{conn.schema or 'http'}://{conn.host}{port}"
