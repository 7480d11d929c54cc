"""SQL by name: `sql/queries/<name>.sql`, and `sql/audits/<name>.sql` under the name `audits/<name>`."""

import difflib
import re
from functools import cache
from pathlib import Path

from tasks.core.errors import ConfigError

SQL = Path(__file__).parents[2] / "sql"
AUDITS = "audits/"


@cache
def statement(name: str, root: Path = SQL) -> str:
    """Return one statement, without its comments; raise ConfigError with near names when there is none.

    Comments go because a parameter named in one would be filled in there too, and a value with a line end
    would leave the comment.
    """
    path = _files(root).get(name)
    if path is None:
        near = difflib.get_close_matches(name, names(root), n=5, cutoff=0.5)
        hint = f"near names: {', '.join(near)}" if near else f"there are {len(names(root))}"
        raise ConfigError(f"no SQL statement {name!r} below {root}; {hint}")
    return re.sub(r"--.*", "", path.read_text(encoding="utf-8")).strip()


@cache
def names(root: Path = SQL) -> tuple[str, ...]:
    """Return the name of every statement, in order."""
    return tuple(sorted(_files(root)))


def _files(root: Path) -> dict[str, Path]:
    queries = {path.stem: path for path in (root / "queries").glob("*.sql")}
    return queries | {AUDITS + path.stem: path for path in (root / "audits").glob("*.sql")}
