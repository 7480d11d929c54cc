"""Migrations on the real PostgreSQL: applied once, in order, and never edited."""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tasks.core.errors import ConfigError
from tasks.lineage.migrate import MIGRATIONS, migrate, read_migrations
from tasks.lineage.statements import SQL

pytestmark = pytest.mark.stack
NAMES = [item.name for item in read_migrations(MIGRATIONS)]


@pytest.fixture
def empty_url(stack_settings: Any, postgres_url: str) -> Iterator[str]:
    """URL of a database without a schema, owned by the lineage role, for this test alone."""
    name = f"empty_{uuid.uuid4().hex}"
    _admin(stack_settings, f"CREATE DATABASE {name} OWNER lineage")
    yield stack_settings.database_url("lineage", name)
    _admin(stack_settings, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may change."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def _admin(settings: Any, statement: str, database: str | None = None) -> None:
    connection = psycopg2.connect(settings.admin_url, **({"dbname": database} if database else {}))
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()


def _ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    connection.close()
    return rows


def test_from_empty_and_again(empty_url: str) -> None:
    """An empty database gets every file, in order; a second call finds nothing to do."""
    assert migrate(empty_url) == NAMES
    assert migrate(empty_url) == []
    assert {name for (name,) in _ask(empty_url, "SELECT name FROM lineage.migration")} == set(NAMES)
    assert _ask(empty_url, "SELECT * FROM lineage.example_trace") == []


def test_what_an_earlier_version_recorded_stays(empty_url: str, folder: Path, stack_settings: Any) -> None:
    """A database of the first release keeps its decisions and releases; new ones about the same pair stand beside."""
    present = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        if path.name.startswith("R_") or path.name[:4] > "0006":
            path.unlink()
    migrate(empty_url, folder)
    pair, config, release = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    old = f"""
        SET session_replication_role = replica;
        INSERT INTO lineage.decision VALUES ('{pair}', '{config}', true, 'score>=5', '{uuid.uuid4()}');
        INSERT INTO lineage.release (dataset, version, partition_key, snapshot_id, manifest_key, manifest_sha256, state)
        VALUES ('a', '2026.1.0', '2026-01', '{release}', 'm', '{"0" * 64}', 'staged')"""
    _admin(stack_settings, old, empty_url.rpartition("/")[2])
    for name, data in present.items():
        (folder / name).write_bytes(data)
    assert migrate(empty_url, folder) == [name for name in NAMES if name > "0006_guards.sql"]
    assert _ask(empty_url, "SELECT kept, reason, score FROM lineage.decision") == [(True, "score>=5", None)]
    assert _ask(empty_url, "SELECT version, variant FROM lineage.release") == [("2026.1.0", "filter+rewrite")]
    query = (SQL / "queries" / "insert_decision.sql").read_text()
    again = "SET session_replication_role = replica; CREATE TEMPORARY TABLE incoming (LIKE lineage.decision);"
    for score in ("NULL", "5", "5"):
        row = f"INSERT INTO incoming VALUES ('{pair}', '{config}', true, 'score>=5', '{uuid.uuid4()}', {score});"
        _admin(stack_settings, again + row + query, empty_url.rpartition("/")[2])
    assert _ask(empty_url, "SELECT score FROM lineage.decision ORDER BY score") == [(5.0,), (None,)]


def test_edited_file_is_refused(empty_url: str, folder: Path) -> None:
    """A numbered file that was edited after it was applied is named, and nothing is applied."""
    migrate(empty_url, folder)
    edited = folder / "0002_runs.sql"
    edited.write_text(edited.read_text() + "\n-- one more word\n")
    (folder / "0099_new.sql").write_text("CREATE TABLE lineage.new (a int);")
    with pytest.raises(ConfigError, match=r"0002_runs\.sql: edited after it was applied"):
        migrate(empty_url, folder)
    assert _ask(empty_url, "SELECT to_regclass('lineage.new')") == [(None,)]


def test_repeatable_file_runs_again_when_it_changed(empty_url: str, folder: Path) -> None:
    """A changed view is made anew, alone; a new numbered file makes all views anew."""
    migrate(empty_url, folder)
    view = folder / "R_release_latest.sql"
    view.write_text(view.read_text().replace("AS is_pinned", "AS holds_a_pin"))
    assert migrate(empty_url, folder) == ["R_release_latest.sql"]
    _ask(empty_url, "SELECT holds_a_pin FROM lineage.release_latest")
    (folder / "0099_new.sql").write_text("DROP VIEW lineage.release_latest; CREATE TABLE lineage.new (a int);")
    assert migrate(empty_url, folder) == ["0099_new.sql", *(name for name in NAMES if name.startswith("R_"))]
    _ask(empty_url, "SELECT holds_a_pin FROM lineage.release_latest")


def test_failed_file_leaves_nothing_and_what_came_before(empty_url: str, folder: Path) -> None:
    """A file that fails is taken back as a whole and named; mended, it is applied."""
    bad = folder / "0099_new.sql"
    bad.write_text("CREATE TABLE lineage.new (a int); SELECT no_such_function();")
    with pytest.raises(ConfigError, match=r"0099_new\.sql.*no_such_function"):
        migrate(empty_url, folder)
    assert _ask(empty_url, "SELECT to_regclass('lineage.new')") == [(None,)]
    bad.write_text("CREATE TABLE lineage.new (a int);")
    assert migrate(empty_url, folder)[0] == "0099_new.sql"


def test_wrong_folders_are_refused(empty_url: str, folder: Path) -> None:
    """A late number, a number twice, a name of another form and a missing applied file are each told."""
    migrate(empty_url, folder)
    wrong = {
        "0000_late.sql": "was applied already; give the new file the next number",
        "0002_twice.sql": "two migrations have the number 0002",
        "extra.sql": "is named NNNN_words.sql",
    }
    for name, message in wrong.items():
        (folder / name).write_text("SELECT 1;")
        with pytest.raises(ConfigError, match=message):
            migrate(empty_url, folder)
        (folder / name).unlink()
    (folder / "0006_guards.sql").unlink()
    with pytest.raises(ConfigError, match=r"this checkout lacks: 0006_guards\.sql"):
        migrate(empty_url, folder)
    with pytest.raises(ConfigError, match="no migrations"):
        migrate(empty_url, folder / "nowhere")


def test_side_by_side(empty_url: str) -> None:
    """Processes that migrate at the same time apply every file once."""
    code = "import sys; from tasks.lineage.migrate import migrate; print(len(migrate(sys.argv[1])))"
    root = Path(__file__).parents[2]
    processes = [
        subprocess.Popen([sys.executable, "-c", code, empty_url], stdout=subprocess.PIPE, text=True, cwd=root)
        for _ in range(4)
    ]
    counts = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sorted(counts) == [0, 0, 0, len(NAMES)]
