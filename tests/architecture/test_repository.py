"""House rules that no linter knows, over every file they are about."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TOP_LEVEL = {
    "docker-compose.yml",
    "README.md",
    "requirements.txt",
    "requirements-gpu.txt",
    "pyproject.toml",
    "Makefile",
}
TOP_LEVEL |= {"dags", "plugins", "tasks", "sql", "tests"}
# What building leaves behind; git ignores it.
LEFTOVERS = re.compile(r"build|.*\.egg-info|__pycache__")

MAX_LINES = 400
EMPTY_NAMES = re.compile(r"(^|_)(utils?|commons?|helpers?|managers?|misc)(_|$)")

# Where an exception of any kind may be caught, and why there.
CATCH_ALL = {
    "tasks/storage/stage.py": "the stage runner: the one place that turns a failure into the end of a stage",
    "plugins/backforth/adapter.py": "the Airflow adapter: a try that fails for any reason is recorded as failed",
}
# Where a statement may stand in Python, and why it cannot be a file in sql/.
OWN_SQL = {
    "tasks/local/postgres.py": "administers the embedded server: roles and databases, before any schema of ours",
    "tasks/lineage/migrate.py": "runs before there is a schema, and keeps the list of what ran",
    "tasks/lineage/store.py": "the way in and out of a session: temporary tables, COPY",
    "tasks/lineage/locks.py": "advisory locks, which are calls and no statements about data",
    "tasks/local/airflow.py": "asks Airflow's own tables which version of its schema they have",
}
STATEMENT = re.compile(
    r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|ALTER|DROP|TRUNCATE|COPY|GRANT|REVOKE|MERGE INTO)\s"
    r"|^\s*(select\s.+\sfrom|insert\s+into|delete\s+from|update\s+\S+\s+set)\s",
    re.MULTILINE | re.DOTALL,
)


def python_files(*folders: str) -> list[str]:
    """Return the Python files of the folders, relative to the root."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def tree_of(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def catch_alls(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that catch, or suppress, exceptions of every kind."""
    broad = {"Exception", "BaseException"}
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=None):
                yield node.lineno
            case ast.ExceptHandler(type=ast.Tuple(elts=kinds)) if any(ast.unparse(kind) in broad for kind in kinds):
                yield node.lineno
            case ast.ExceptHandler(type=kind) if kind is not None and ast.unparse(kind) in broad:
                yield node.lineno
            case ast.Call(func=func, args=args) if ast.unparse(func) in {"suppress", "contextlib.suppress"}:
                if any(ast.unparse(kind) in broad for kind in args):
                    yield node.lineno


def prints(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that call `print`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno


def statements(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of strings that are SQL; docstrings are prose and left out."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in prose and STATEMENT.search(text):
                yield node.lineno


def queries_named(tree: ast.Module) -> Iterator[str]:
    """Yield the names of sql/queries that are asked for by a literal."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str(name)), *_]):
                if attr in {"fetch", "execute", "fetch_by_ids"} and name.isidentifier():
                    yield name


def test_the_visible_top_level_is_the_fixed_list() -> None:
    """Whoever opens the repository sees eleven things and knows them."""
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert {name for name in visible if not LEFTOVERS.fullmatch(name)} == TOP_LEVEL


@pytest.mark.parametrize("path", python_files("tasks"))
def test_files_stay_short(path: str) -> None:
    """A file has one purpose; one that outgrows the limit has two."""
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_names_say_what_is_inside() -> None:
    """A module called after nothing in particular collects everything in particular."""
    named = [
        path for path in python_files("dags", "plugins", "tasks", "tests") if any(map(says_nothing, Path(path).parts))
    ]
    assert named == []


def says_nothing(part: str) -> bool:
    return bool(EMPTY_NAMES.search(part.removesuffix(".py")))


@pytest.mark.parametrize("path", python_files("dags", "plugins", "tasks"))
def test_no_exception_is_swallowed(path: str) -> None:
    """Errors are caught by class: stop, skip, retry. Whatever else happens must be seen."""
    if path not in CATCH_ALL:
        assert list(catch_alls(tree_of(path))) == []


@pytest.mark.parametrize("path", python_files("plugins", "tasks"))
def test_only_the_command_line_prints(path: str) -> None:
    """What a task has to say goes into its log, its counts and its reason codes."""
    if not path.startswith(("tasks/commands/", "tasks/cli.py")) and Path(path).name != "__main__.py":
        assert list(prints(tree_of(path))) == []


@pytest.mark.parametrize("path", python_files("dags", "plugins", "tasks"))
def test_sql_is_kept_in_sql(path: str) -> None:
    """Statements are files in sql/, where they can be read, numbered and run by hand."""
    if path not in OWN_SQL:
        assert list(statements(tree_of(path))) == []


def test_every_query_that_is_asked_for_exists() -> None:
    """A misspelt name fails here and not at night."""
    named = {name for path in python_files("plugins", "tasks") for name in queries_named(tree_of(path))}
    assert named
    assert named - query_files() == set()


def test_every_query_is_asked_for() -> None:
    """A statement that nobody runs goes; `insert_<table>` is run by the name of its table.

    Those that an administrator runs by hand (rollback, takedown, erasure) are run by the tests of lineage.
    """
    nodes = (node for path in python_files("plugins", "tasks", "tests/lineage") for node in ast.walk(tree_of(path)))
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert {name for name in query_files() if not {name, name.removeprefix("insert_")} & strings} == set()


def query_files() -> set[str]:
    return {path.stem for path in (ROOT / "sql" / "queries").glob("*.sql")}


def test_no_exception_from_a_rule_is_left_over() -> None:
    """An allowance for a file that is gone would be taken up by the next file of that name."""
    assert [path for path in {**CATCH_ALL, **OWN_SQL} if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("path", python_files("dags", "plugins", "tasks"))
def test_every_module_says_what_it_is(path: str) -> None:
    """The first line of a file is what a reader gets to know of it; only empty files have none."""
    tree = tree_of(path)
    assert not tree.body or ast.get_docstring(tree)


@pytest.mark.parametrize(
    ("find", "source", "lines"),
    [
        (catch_alls, "try:\n    f()\nexcept Exception:\n    pass", [3]),
        (catch_alls, "try:\n    f()\nexcept:\n    pass", [3]),
        (catch_alls, "try:\n    f()\nexcept (ValueError, BaseException) as e:\n    raise", [3]),
        (catch_alls, "with suppress(Exception):\n    f()", [1]),
        (catch_alls, "try:\n    f()\nexcept (OSError, ValueError):\n    pass", []),
        (prints, "def f():\n    print('x')", [2]),
        (prints, "console.print('x')", []),
        (statements, "q = 'SELECT 1'", [1]),
        (statements, "q = f'INSERT INTO {table} VALUES (1)'", [1]),
        (statements, "q = '''\n  select a\n  from b '''", [1]),
        (statements, "q = 'update lineage.run set state = 1'", [1]),
        (statements, "'''SELECT is explained here.'''", []),
        (statements, "message = 'Select a partition, or update the specification from the other one'", []),
    ],
)
def test_the_finders_find(find: object, source: str, lines: list[int]) -> None:
    """Each rule above can fail: what it looks for is found in a made source, and its neighbour is not."""
    assert list(find(ast.parse(source))) == lines  # type: ignore[operator]


@pytest.mark.parametrize("name", ["utils.py", "llm_utils.py", "common", "test_helpers.py", "run_manager.py", "misc.py"])
def test_empty_names_are_recognised(name: str) -> None:
    """Variants of the four words count as well."""
    assert says_nothing(name)


@pytest.mark.parametrize("name", ["commands", "utilities_bill.py", "helpdesk.py", "management.py", "records.py"])
def test_other_names_are_left_alone(name: str) -> None:
    """A word that only begins like one of the four is a name."""
    assert not says_nothing(name)
