"""The dependency rule: dags wire -> plugins adapt -> tasks think -> sql states, and imports run this way only.

| may import ->         | airflow        | backforth | core         | storage, lineage, llm | tasks/<stage>         |
|-----------------------|----------------|-----------|--------------|-----------------------|-----------------------|
| dags                  | sdk, providers | yes       | config, refs | no                    | in a task body, `run` |
| plugins/backforth     | yes            | yes       | yes          | yes                   | no                    |
| core                  | no             | no        | yes          | no                    | no                    |
| storage, lineage, llm | no             | no        | yes          | its own only          | no                    |
| a stage               | no             | no        | yes          | yes                   | its own only          |
| a composer            | no             | no        | yes          | yes                   | yes                   |

Stages do not know each other: they meet only in shards and in the lineage schema, so that each can be changed,
run and tested alone. The composers are where they are put side by side: `audit` derives published rows again with
the stages' own functions, `commands` and `cli.py` are the command line over everything, `local` runs the embedded
stack. Nobody but a composer (and a task body of a Dag) imports a composer, so nothing leaks back through them.
"""

import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture.imports import Import, imports_of

ROOT = Path(__file__).resolve().parents[2]

STAGES = frozenset(
    {"extract", "filters", "dedup", "backtranslate", "clean", "score", "curate", "rewrite", "verify"}
    | {"adopt", "decontaminate", "distil", "faithfulness", "quality", "publish"}
)
SERVICES = frozenset({"storage", "lineage", "llm"})
COMPOSERS = frozenset({"audit", "cli", "commands", "local"})
AREAS = STAGES | SERVICES | COMPOSERS | {"core"}

# What a task body of a Dag may take from a stage besides `run` and the function that bears the task's own name.
ALSO_IN_TASKS = {
    ("tasks.quality.run", "require"): "stopping the Dag run on a verdict is wiring: the suite itself only judges",
}


def sources() -> list[Path]:
    """Every Python file the rule is about."""
    return sorted(path for folder in ("dags", "plugins", "tasks") for path in (ROOT / folder).rglob("*.py"))


def violations(path: str, source: str) -> list[str]:
    """Return what `source`, standing at `path` below the repository's root, may not import, as path:line: why."""
    where = PurePosixPath(path)
    return [f"{path}:{item.line}: {why}" for item in imports_of(source) if (why := _objection(where, item))]


def _objection(where: PurePosixPath, item: Import) -> str:
    package, *rest = item.dotted.split(".")
    if item.module.startswith("."):
        return f"relative import of {item.dotted}; imports are absolute"
    if item.module == "?":
        return "imports a module that cannot be known from the source"
    if package == "tests":
        return f"imports {item.dotted}; tests are not part of the program"
    layer = where.parts[0]
    if layer == "dags":
        return _objection_in_dags(item)
    if package == "tasks":
        area = rest[0] if rest else ""
        return "" if area in _areas_for(where) else f"{_area(where)} must not import {item.dotted}"
    if layer == "tasks" and package in {"airflow", "backforth", "plugins", "dags"}:
        return f"tasks/ must not import {item.dotted}"
    if package in {"dags", "plugins"}:
        return f"imports {item.dotted}; dags are imported by nobody, the plugin is called backforth"
    return ""


def _objection_in_dags(item: Import) -> str:
    package, *rest = item.dotted.split(".")
    if package in sys.stdlib_module_names or package == "backforth":
        return ""
    if package == "airflow" and rest and rest[0] in {"sdk", "providers"}:
        return ""
    if package != "tasks":
        return f"a Dag file imports {item.dotted}; it wires, and takes airflow.sdk, airflow.providers and backforth"
    if rest[:2] in (["core", "config"], ["core", "refs"]):
        return ""
    if not rest or rest[0] not in STAGES | {"audit"}:
        return f"a Dag file imports {item.dotted}; of tasks it may know core.config, core.refs and the stages' run"
    if not item.task:
        return f"{item.dotted} is imported at parse time; import it inside the body of its task"
    if item.name not in {"run", item.task} and (item.module, item.name) not in ALSO_IN_TASKS:
        return f"task {item.task} takes {item.dotted}; it takes `run`, or the function called like itself, and no more"
    return ""


def _area(where: PurePosixPath) -> str:
    return f"tasks/{_folder(where)}" if where.parts[0] == "tasks" else "plugins/backforth"


def _folder(where: PurePosixPath) -> str:
    return where.parts[1].removesuffix(".py")


def _areas_for(where: PurePosixPath) -> frozenset[str]:
    """Return the parts of tasks/ that a file of tasks/ or plugins/ may import."""
    if where.parts[0] == "plugins":
        return SERVICES | {"core"}
    own = _folder(where)
    if own in COMPOSERS:
        return AREAS
    if own in STAGES:
        return SERVICES | {"core", own}
    return frozenset({"core", own})


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_follow_the_rule(path: Path) -> None:
    """No file imports against the direction dags -> plugins -> tasks, or a stage from another."""
    assert violations(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) == []


def test_every_part_of_tasks_has_its_place_in_the_rule() -> None:
    """A new folder must be put into the table before it can hold code."""
    parts = {path.relative_to(ROOT / "tasks").parts[0].removesuffix(".py") for path in (ROOT / "tasks").rglob("*.py")}
    assert parts - {"__init__"} <= AREAS
    assert (ROOT / "tasks" / "__init__.py").read_text(encoding="utf-8").strip() == ""


IN_TASK = "@task\ndef score(part):\n    {}\n"


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("dags/web_corpus.py", "from airflow.sdk import dag, task"),
        ("dags/web_corpus.py", "from airflow.providers.standard.operators.hitl import ApprovalOperator"),
        ("dags/web_corpus.py", "import json\nfrom backforth.adapter import in_run"),
        ("dags/web_corpus.py", "from tasks.core.config import DatasetSpec\nfrom tasks.core.refs import ShardRef"),
        ("dags/web_corpus.py", IN_TASK.format("from tasks.score.run import run")),
        ("dags/web_corpus.py", IN_TASK.replace("@task", "@task(pool='llm')").format("from tasks.score.run import run")),
        (
            "dags/dataset_release.py",
            IN_TASK.replace("score", "publish").format("from tasks.publish.release import publish"),
        ),
        ("dags/lineage_audit.py", IN_TASK.format("from tasks.audit.sample import run")),
        ("plugins/backforth/adapter.py", "from airflow.models import DagRun\nfrom tasks.lineage.store import X"),
        ("plugins/backforth/plugin.py", "from fastapi import FastAPI\nfrom backforth.pages import app"),
        ("tasks/core/spec.py", "import yaml\nfrom tasks.core.config import DatasetSpec"),
        ("tasks/llm/client.py", "import httpx\nfrom tasks.llm.request import Request\nfrom tasks.core.ids import x"),
        ("tasks/score/run.py", "from tasks.llm.generate import generate\nfrom tasks.storage.stage import run_stage"),
        ("tasks/score/run.py", "from tasks.score.parse import parse"),
        ("tasks/audit/sample.py", "from tasks.extract.run import run\nfrom tasks.lineage.trace import trace"),
        ("tasks/cli.py", "from tasks.commands.corpus import app\nfrom tasks.local.stack import up"),
    ],
)
def test_the_rule_allows(path: str, source: str) -> None:
    """What the table permits is not flagged."""
    assert violations(path, source) == []


@pytest.mark.parametrize(
    ("path", "source", "why"),
    [
        ("dags/web_corpus.py", "from airflow.models import DagRun", "airflow.models"),
        ("dags/web_corpus.py", "import airflow", "airflow"),
        ("dags/web_corpus.py", "import pandas", "pandas"),
        ("dags/web_corpus.py", "from tasks.score.run import run", "parse time"),
        ("dags/web_corpus.py", "def helper():\n    from tasks.score.run import run", "parse time"),
        ("dags/web_corpus.py", IN_TASK.format("from tasks.score.parse import parse"), "no more"),
        ("dags/web_corpus.py", IN_TASK.format("import tasks.score.run"), "no more"),
        ("dags/dataset_release.py", IN_TASK.format("from tasks.publish.release import publish"), "no more"),
        ("dags/web_corpus.py", IN_TASK.format("from tasks.storage.objects import S3Objects"), "tasks.storage"),
        ("dags/web_corpus.py", IN_TASK.format("from tasks.local.stack import up"), "tasks.local"),
        ("dags/web_corpus.py", "from tasks.core.ids import content_id", "tasks.core.ids"),
        ("dags/web_corpus.py", "from tasks import score", "parse time"),
        ("plugins/backforth/adapter.py", "from tasks.score.run import run", "tasks.score"),
        ("plugins/backforth/adapter.py", "from tasks.local.settings import Settings", "tasks.local"),
        ("plugins/backforth/adapter.py", "from dags.web_corpus import flow", "nobody"),
        ("tasks/core/ids.py", "from tasks.storage.objects import S3Objects", "tasks/core must not"),
        ("tasks/core/ids.py", "import airflow.sdk", "tasks/ must not"),
        ("tasks/core/ids.py", "if TYPE_CHECKING:\n    from tasks.lineage.store import X", "tasks/core must not"),
        ("tasks/storage/stage.py", "from tasks.lineage.store import X", "tasks/storage must not"),
        ("tasks/lineage/trace.py", "from tasks.storage.objects import S3Objects", "tasks/lineage must not"),
        ("tasks/llm/generate.py", "from tasks.storage.shards import read_rows", "tasks/llm must not"),
        ("tasks/llm/generate.py", "from tasks import storage", "tasks/llm must not"),
        ("tasks/publish/stage.py", "from tasks.quality.run import run", "tasks/publish must not"),
        ("tasks/score/run.py", "def f():\n    from tasks.rewrite.parse import parse", "tasks/score must not"),
        ("tasks/score/run.py", "import tasks.rewrite.parse as p", "tasks/score must not"),
        ("tasks/score/run.py", "from tasks.audit.sample import run", "tasks/score must not"),
        ("tasks/score/run.py", "from backforth.connections import object_store", "tasks/ must not"),
        ("tasks/score/run.py", "import importlib\nimportlib.import_module('airflow.sdk')", "tasks/ must not"),
        ("tasks/score/run.py", "m = __import__(name)", "cannot be known"),
        ("tasks/score/run.py", "from .parse import parse", "relative"),
        ("tasks/score/run.py", "from tests.fakes.objects import FakeObjects", "tests"),
        ("tasks/score/run.py", "import tasks", "tasks/score must not"),
        ("tasks/local/airflow.py", "from airflow.configuration import conf", "tasks/ must not"),
        ("tasks/cli.py", "async def f():\n    from backforth.adapter import in_run", "tasks/ must not"),
    ],
)
def test_the_rule_forbids(path: str, source: str, why: str) -> None:
    """Each cell of the table that says no can fail."""
    found = violations(path, source)
    assert found, f"{path} may import: {source}"
    assert why in found[0]
