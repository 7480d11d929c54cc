"""Every SQL file, by reading the directory: it is planned by PostgreSQL, named alone, and follows the house rules."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from tasks.core.errors import ConfigError
from tasks.lineage.statements import AUDITS, SQL, names, statement
from tasks.lineage.store import PostgresLineage

NAMES = names()
INSERTS = [name.removeprefix("insert_") for name in NAMES if name.startswith("insert_")]
# Filled in by the database: when a row was made or moved, and in which state it starts.
BY_DEFAULT = {"release": {"state", "staged_at", "published_at", "withdrawn_at"}}
FILES = sorted(SQL.rglob("*.sql"))


@pytest.fixture(scope="module")
def store(postgres_url: str) -> PostgresLineage:
    """A migrated store that nothing is written to."""
    return PostgresLineage(postgres_url)


@pytest.mark.stack
@pytest.mark.parametrize("name", NAMES)
def test_statement_can_be_planned(store: PostgresLineage, name: str) -> None:
    """PostgreSQL plans the statement: every table, column and type in it exists."""
    query = sql(statement(name))
    with store._engine.begin() as connection:
        if name.startswith("insert_"):
            connection.execute(sql(f"CREATE TEMPORARY TABLE incoming (LIKE lineage.{name[7:]}) ON COMMIT DROP"))
        connection.execute(sql("CREATE TEMPORARY TABLE wanted (id uuid) ON COMMIT DROP"))
        plan = connection.execute(sql(f"EXPLAIN {query.text}"), dict.fromkeys(query._bindparams)).scalars().all()
    assert plan


@pytest.mark.stack
@pytest.mark.parametrize("table", INSERTS)
def test_insert_takes_every_column(store: PostgresLineage, table: str) -> None:
    """No column of a table is forgotten by its insert."""
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'lineage' AND table_name = :table"
    with store._engine.connect() as connection:
        columns = set(connection.execute(sql(query), {"table": table}).scalars())
    body = statement(f"insert_{table}")
    named = re.search(r"\(([^)]*)\)", body)
    assert named
    taken = {name.strip() for name in named[1].split(",")}
    assert taken == columns - BY_DEFAULT.get(table, set())


@pytest.mark.parametrize("table", INSERTS)
def test_insert_names_its_conflict_and_its_order(table: str) -> None:
    """A bare DO NOTHING would hide a changed fact; rows in one order keep two tasks from a deadlock."""
    body = statement(f"insert_{table}")
    target = re.search(r"ON CONFLICT \(([a-z0-9_, ]+)\) DO NOTHING$", body)
    assert target
    assert re.search(rf"ORDER BY (?:i\.)?{target[1]}\nON", body)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_says_what_it_is_for(path: Path) -> None:
    """Each file begins with a comment; outside migrations it is one statement without a semicolon."""
    body = path.read_text(encoding="utf-8")
    assert body.startswith("-- ")
    assert body.endswith("\n")
    assert max(map(len, body.splitlines())) <= 130
    if path.parent.name != "migrations":
        assert ";" not in re.sub(r"--.*", "", body)
        # Comments are cut by their two dashes, wherever those stand.
        assert not re.search(r"'[^'\n]*--[^'\n]*'", body)


def test_comments_are_cut() -> None:
    """A parameter in a comment would be filled in, and a line end in its value would end the comment."""
    assert all("--" not in statement(name) for name in NAMES)


def test_names(tmp_path: Path) -> None:
    """Statements are found by name, audits below `audits/`; an unknown name is told with near ones."""
    for folder in ("queries", "audits"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "look.sql").write_text(f"-- Comment with :a.\nSELECT '{folder}' -- and :b\n")
    assert names(tmp_path) == ("audits/look", "look")
    assert statement("look", tmp_path) == "SELECT 'queries'"
    assert statement(AUDITS + "look", tmp_path) == "SELECT 'audits'"
    with pytest.raises(ConfigError, match=r"no SQL statement 'lok'.*near names: look"):
        statement("lok", tmp_path)
    with pytest.raises(ConfigError, match="there are 2"):
        statement("../../etc/passwd", tmp_path)
