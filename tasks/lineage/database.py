"""Connections to the lineage database, and what its errors mean to a run."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import errors
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tasks.core.errors import ConfigError, DataError, FatalError, PipelineError, RetriableError

# Seconds: a server that does not answer in this time is treated as away, and the try as failed.
CONNECT_TIMEOUT = 5
# A task asks one or a few things at a time; the overflow is for the threads of a bundle and for the pages.
POOL_SIZE, POOL_OVERFLOW = 2, 8
# Seconds that one of many threads waits for its turn: a bundle has up to 256, and each insert takes a part of a second.
POOL_TIMEOUT = 300.0
# What a server says before a session exists, when waiting will not help. There is no error code yet at that point.
_REFUSALS = (
    "authentication failed",
    "no password supplied",
    "does not exist",
    "no pg_hba.conf entry",
    "permission denied",
)


class Collision(FatalError):
    """A row whose unique key is taken: by other content, or by a session that is writing the same row just now."""


def make_engine(url: str) -> Engine:
    """Return an engine for a postgresql:// or postgresql+psycopg2:// URL; nothing is connected yet.

    Raises ConfigError for another kind of URL, without showing it: it may hold a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("the URL of the lineage database is not of the form postgresql://user@host/name") from error
    if parsed.get_backend_name() != "postgresql":
        raise ConfigError(f"the lineage database must be PostgreSQL, its URL says {parsed.get_backend_name()!r}")
    return create_engine(
        parsed.set(drivername="postgresql+psycopg2"),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        hide_parameters=True,  # a traceback shows no web text
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": "backforth",
            "client_encoding": "utf8",
            "options": "-c timezone=UTC",
            # A lock is held on a connection that says nothing for hours: a firewall must not forget it.
            "keepalives_idle": 60,
        },
    )


def place(url: URL) -> str:
    """Return host:port/database, without user and password."""
    host = url.host or str(url.query.get("host", "local socket"))
    return f"{host}:{url.port or 5432}/{url.database}"


@contextmanager
def database_errors(url: URL, doing: str) -> Iterator[None]:
    """Turn what PostgreSQL or the driver raises into the errors of tasks.core.errors, and say what was being done."""
    try:
        yield
    except (psycopg2.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise _translate(cause, place(url), doing) from error
    except PoolTimeout as error:
        raise RetriableError(
            f"lineage database {place(url)}: {doing}: all {POOL_SIZE + POOL_OVERFLOW} connections of this task were "
            f"busy for {POOL_TIMEOUT:g} s; see what PostgreSQL is at (pg_stat_activity), or lower bundle_shards"
        ) from error


def _translate(cause: BaseException | None, where: str, doing: str) -> PipelineError:
    at, said = f"lineage database {where}: {doing}", " ".join(str(cause).split()).rstrip(".")
    match cause:
        case errors.UniqueViolation():
            detail = cause.diag.message_detail or said
            return Collision(
                f"lineage conflict: {doing}: {detail} ({cause.diag.constraint_name}). The key stands for other content "
                "already: a source file or a prompt was changed in place. Give the changed one a new name or version"
            )
        case psycopg2.IntegrityError():
            return FatalError(f"lineage refused: {doing}: {said}")
        case psycopg2.DataError():
            return DataError("value_refused_by_database", f"{doing}: {said}")
        case psycopg2.ProgrammingError():
            return ConfigError(f"{at}: {said}; are all migrations applied, and by the schema's owner?")
        case psycopg2.OperationalError() if cause.pgcode is None and any(refusal in said for refusal in _REFUSALS):
            return ConfigError(f"{at}: the connection was refused: {said}; check the connection's settings")
        case psycopg2.OperationalError() | psycopg2.InterfaceError():
            return RetriableError(
                f"{at}: {said}. Nothing that was committed is lost; check that PostgreSQL runs and can be reached, "
                "then clear the task or wait for its retry"
            )
    return FatalError(f"{at}: {said}")
