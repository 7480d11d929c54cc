"""Which code is running: the package's version and, in a git checkout, the commit."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@cache
def code_version() -> str:
    """Return e.g. `0.1.0+1a2b3c4d5e6f`, or the bare version outside a checkout."""
    try:
        release = version("backforth")
    except PackageNotFoundError:
        release = "0"
    commit = _commit(Path(__file__).parents[2] / ".git")
    return f"{release}+{commit[:12]}" if commit else release


def _commit(git: Path) -> str:
    try:
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        ref = head.removeprefix("ref: ")
        if (git / ref).is_file():
            return (git / ref).read_text().strip()
        packed = (git / "packed-refs").read_text().splitlines()
        return next((line.split()[0] for line in packed if line.endswith(" " + ref)), "")
    except OSError:
        return ""
