"""Keeps `tests/golden/stage_versions.json`: what the sources of each stage were when its VERSION was last thought of.

A stage's VERSION is part of every key it writes: the same version must mean the same output for the same input.

    python -m tests.architecture.stage_versions                                    what is out of date
    python -m tests.architecture.stage_versions --update                           after raising VERSION in run.py
    python -m tests.architecture.stage_versions --update --no-output-change "why"  when the output stays the same
"""

import argparse
import ast
import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.architecture.imports import imports_of

ROOT = Path(__file__).resolve().parents[2]
TASKS = ROOT / "tasks"
TEXT = TASKS / "core" / "text"
GOLDEN = ROOT / "tests" / "golden" / "stage_versions.json"

STAGES = (
    *("extract", "filters", "decontaminate", "dedup", "backtranslate", "clean", "score", "curate", "adopt", "rewrite"),
    *("distil", "verify", "faithfulness"),
)
NO_OUTPUT_CHANGE = "no output change: "


@dataclass(frozen=True)
class Stage:
    """One line of the file. `note` says why the sources changed under the same version, and is empty otherwise."""

    version: int
    sources_sha256: str
    note: str = ""


def read_stage(folder: Path) -> Stage:
    """Return the version and digest of a stage; raise ValueError where run.py has no `VERSION = <number>`."""
    run = folder / "run.py"
    for node in ast.parse(run.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="VERSION")], value=ast.Constant(value=int(version))):
                return Stage(version, sources_sha256(folder))
    raise ValueError(f"{run}: has no line `VERSION = <number>` at its top level")


def sources_sha256(folder: Path) -> str:
    """Return a digest over names and bytes of all that makes a stage's output.

    That is every file in `folder` (code, prompts and word lists alike), and the files that it imports of
    tasks/core/text, where stages share their rules about texts.
    """
    own = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    named = [(path.relative_to(folder).as_posix(), path) for path in own]
    named += [(path.relative_to(ROOT).as_posix(), path) for path in shared_texts(own)]
    digest = hashlib.sha256()
    for name, path in named:
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def shared_texts(paths: Iterable[Path]) -> list[Path]:
    """Return the files of tasks/core/text that the sources in `paths` import, also through one another."""
    found: set[Path] = set()
    todo = list(paths)
    while todo:
        path = todo.pop()
        modules = imports_of(path.read_text(encoding="utf-8")) if path.suffix == ".py" else []
        named = {ROOT / f"{name.replace('.', '/')}.py" for item in modules for name in (item.module, item.dotted)}
        new = {path for path in named if path.parent == TEXT and path.is_file()} - found
        found |= new
        todo += new
    return sorted(found)


def problem(name: str, now: Stage, known: Stage | None) -> str:
    """Return what is wrong with a stage as it is now, given what is known of it; "" when all is well."""
    if known is None:
        return f"{name}: is not in {GOLDEN.name} yet; run `python -m tests.architecture.stage_versions --update`"
    if (now.version, now.sources_sha256) == (known.version, known.sources_sha256):
        wrong = known.note and not known.note.startswith(NO_OUTPUT_CHANGE)
        return f"{name}: its note must begin with {NO_OUTPUT_CHANGE!r}" if wrong else ""
    if now.version < known.version:
        return (
            f"{name}: VERSION went from {known.version} back to {now.version}; keys of old output would be used again"
        )
    if now.version > known.version:
        return f"{name}: VERSION is new; run `python -m tests.architecture.stage_versions --update`"
    return (
        f"{name}: sources changed under VERSION {now.version}. If the same input now gives other output, raise VERSION "
        f"in tasks/{name}/run.py and run `python -m tests.architecture.stage_versions --update`; if not, run it with "
        '--update --no-output-change "why"'
    )


def update(name: str, now: Stage, known: Stage | None, why: str = "") -> Stage:
    """Return the stage's new line. Raises ValueError when its sources changed and nobody said what that means."""
    if known is None or now.version > known.version:
        return now
    if now.version == known.version and now.sources_sha256 == known.sources_sha256:
        return known
    if now.version == known.version and why.strip():
        return Stage(now.version, now.sources_sha256, NO_OUTPUT_CHANGE + why.strip())
    raise ValueError(problem(name, now, known))


def load(path: Path = GOLDEN) -> dict[str, Stage]:
    """Read the file; {} when there is none."""
    if not path.exists():
        return {}
    return {name: Stage(**line) for name, line in json.loads(path.read_text(encoding="utf-8")).items()}


def store(stages: dict[str, Stage], path: Path = GOLDEN) -> None:
    """Write the file, one stage after the other in the order the data goes through them."""
    lines = {name: asdict(stage) for name, stage in stages.items()}
    path.write_text(json.dumps(lines, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.architecture.stage_versions")
    parser.add_argument("--update", action="store_true", help="write the file anew")
    parser.add_argument("--no-output-change", metavar="WHY", default="", help="why the output stays the same")
    options = parser.parse_args(arguments)
    known = load()
    stages = {name: read_stage(TASKS / name) for name in STAGES}
    if options.update:
        try:
            store({name: update(name, stages[name], known.get(name), options.no_output_change) for name in STAGES})
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    problems = [found for name in STAGES if (found := problem(name, stages[name], known.get(name)))]
    print("\n".join(problems) or "all stages are as they were")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
