"""`backforth try`: two prompts beside each other on rows of a real run, with no trace in the stores."""

import html
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from tasks.backtranslate import run as backtranslate
from tasks.clean import run as clean
from tasks.cli import app
from tasks.commands import try_prompt as try_module
from tasks.core.config import DatasetSpec
from tasks.core.refs import SourceRef, SourceShard
from tasks.core.runtime import Row, RunContext, Runtime
from tasks.curate import run as curate
from tasks.extract import run as extract
from tasks.filters import run as filters
from tasks.lineage.store import PostgresLineage
from tasks.llm.client import OpenAIClient
from tasks.llm.prompts import TASKS
from tasks.local.s3 import open_bucket
from tasks.local.sample.build import build
from tasks.local.settings import Settings
from tasks.rewrite import run as rewrite
from tasks.score import run as score
from tasks.storage.manifest import open_shard
from tasks.storage.objects import FolderObjects, S3Objects
from tasks.storage.shards import read_shard
from tests.conftest import _on_server
from tests.lineage.chain import add_run
from tests.llm.standin_process import standin

pytestmark = pytest.mark.stack
PARTITION = "2026-01"
STAGES = {"backtranslate": backtranslate, "clean": clean, "score": score, "curate": curate, "rewrite": rewrite}
MODEL = {"connection": "here", "name": "backforth-standin", "revision": "1"}
FILE = "part-00001.warc.gz"


@dataclass
class Made:
    """A run of the model half over one file of the sample corpus, on real stores and a stand-in."""

    spec: DatasetSpec
    objects: S3Objects
    lineage: PostgresLineage
    server: httpx.Client
    rewritten: list[Row]

    def asked(self) -> int:
        return int(self.server.get("/ledger").json()["answered"])

    def traces(self) -> tuple[list[str], list[Row], list[Row]]:
        """What the stores hold, as far as a stage could have changed it."""
        return (
            list(self.objects.list("")),
            self.lineage.fetch("answers_by_stage", dataset="made", partition_key=""),
            self.lineage.fetch("newest_inputs", dataset="made", stage="rewrite", partition_key=None),
        )


@pytest.fixture(scope="module")
def made(
    stack_settings: Settings, lineage_template: str, s3_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    name = f"lineage_{uuid.uuid4().hex}"
    _on_server(stack_settings, "CREATE DATABASE {} OWNER lineage TEMPLATE {}", name, lineage_template)
    lineage = PostgresLineage(stack_settings.database_url("lineage", name))
    objects = open_bucket(s3_settings, f"test-{uuid.uuid4().hex}")
    objects.make_bucket()
    corpus = tmp_path_factory.mktemp("corpus")
    build(corpus)
    spec = DatasetSpec.model_validate(
        {
            "name": "made",
            "demo": True,
            "source": {"uri": corpus.as_uri()},
            "models": {"backward": MODEL, "judge": MODEL, "rewriter": MODEL},
        }
    )
    with standin() as server:
        yield Made(spec, objects, lineage, server, _run(spec, corpus, objects, lineage, str(server.base_url)))
    lineage.close()
    _on_server(stack_settings, "DROP DATABASE {} WITH (FORCE)", name)


def _run(spec: DatasetSpec, corpus: Path, objects: S3Objects, lineage: PostgresLineage, url: str) -> list[Row]:
    """Take one file through every stage, each as a task of its own; return the rewritten rows."""
    source = SourceRef(kind="warc", root=str(corpus), uri=FILE, byte_count=(corpus / FILE).stat().st_size)
    rt = _task("web_corpus__made.extract", objects, lineage, url)
    shard = filters.run(extract.run(SourceShard(pieces=(source,)), spec.extract, rt), spec.filters, rt)
    for name, stage in STAGES.items():
        rt = _task(f"instruction_pairs__made.shard.{name}", objects, lineage, url)
        shard = stage.run(shard, getattr(spec, name), rt)
    return list(read_shard(objects, open_shard(objects, shard).kept))


def _task(job: str, objects: S3Objects, lineage: PostgresLineage, url: str) -> Runtime:
    run_id = add_run(lineage, job=job, dataset="made", partition_key=PARTITION, dag_run_id="one")
    return Runtime(
        objects=objects,
        lineage=lineage,
        run=RunContext(run_id, job, "made", PARTITION, dag_run_id="one", demo=True),
        model_client=lambda config: OpenAIClient(base_url=url, model=config.served_by, demo=True),
        source_store=FolderObjects,
    )


@pytest.fixture
def run(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call the command in a folder of its own; nothing it does may leave a trace in the stores."""
    monkeypatch.setattr(try_module, "local_runtime_parts", lambda settings: (made.objects, made.lineage))
    monkeypatch.setattr(try_module, "spec_of", lambda name: made.spec)
    monkeypatch.setenv("AIRFLOW_CONN_HERE", f"http://127.0.0.1:{made.server.base_url.port}")
    monkeypatch.chdir(tmp_path)
    before = made.traces()
    yield partial(_call, tmp_path)
    assert made.traces() == before, "a try left something in the stores"


def _call(folder: Path, *arguments: str) -> tuple[int, str]:
    given = ["try", *arguments, "--dataset", "made", "--home", str(folder / "home")]
    done = CliRunner().invoke(app, given, env={"COLUMNS": "250"})
    return done.exit_code, done.output


def changed(folder: Path, stage: str, old: str = "", new: str = "", *, end: str = "") -> str:
    """Write a version of a stage's first prompt with another wording; return its path."""
    template = (TASKS / stage / "prompt_v1.jinja").read_text("utf-8")
    assert old in template
    path = folder / "prompt_v9.jinja"
    path.write_text(template.replace(old, new) + end, encoding="utf-8")
    return str(path)


def report(folder: Path) -> Path:
    """Where the report lies when nothing else is said: not in the folder somebody happens to be in."""
    return folder.resolve() / "home" / "try" / "rewrite.md"


def figure(output: str, name: str) -> list[str]:
    """Return the figures of one line of the summary."""
    (line,) = [line for line in output.splitlines() if line.strip().startswith(name)]
    return [part for part in line.strip().removeprefix(name).split("  ") if part.strip()]


def test_a_new_prompt_is_asked_once_and_the_present_one_not_at_all(made: Made, run: Any, tmp_path: Path) -> None:
    """The stored answers of the run stand for the present prompt; a second try asks nothing."""
    prompt, rows = changed(tmp_path, "rewrite", end="\nBe brief."), len(made.rewritten)
    before = made.asked()
    code, output = run("--stage", "rewrite", "--prompt", prompt, "--rows", "100", "--html", "try.html")
    assert code == 0, output
    sent = made.asked() - before
    assert sent >= rows > 3
    assert [part.strip() for part in figure(output, "requests sent now")] == ["0", str(sent)]
    assert f"side by side: {report(tmp_path)}, try.html" in output.replace("\n", "")
    assert run("--stage", "rewrite", "--prompt", prompt, "--rows", "100")[0] == 0
    assert made.asked() - before == sent
    markdown, page = report(tmp_path).read_text("utf-8"), (tmp_path / "try.html").read_text("utf-8")
    for row in made.rewritten:
        assert row["response"] in markdown
        assert html.escape(row["response"], quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
    assert "**present: rewrite@1**: kept" in markdown and "**new: prompt\\_v9.jinja**: kept" in markdown


def test_rejects_are_told_with_their_rates(run: Any, tmp_path: Path) -> None:
    """A prompt that forgets to ask for the markers gets answers without, and each stays visible."""
    prompt = changed(tmp_path, "rewrite", "between [RES] and [/RES], and nothing outside these markers", "at once")
    code, output = run("--stage", "rewrite", "--prompt", prompt, "--rows", "4", "--out", "out/try.md")
    assert code == 0, output
    present, new = figure(output, "response_markers_missing")
    assert (present.strip(), new.strip()) == ("0 (0%)", "4 (100%)")
    markdown = (tmp_path / "out" / "try.md").read_text("utf-8")
    assert markdown.count("rejected, response\\_markers\\_missing") == 4


def test_the_same_seed_takes_the_same_rows(run: Any, tmp_path: Path) -> None:
    """Another seed takes others."""
    prompt = changed(tmp_path, "rewrite", end="\nBe brief.")
    told = []
    for seed in ("1", "1", "2"):
        assert run("--stage", "rewrite", "--prompt", prompt, "--rows", "3", "--seed", seed)[0] == 0
        text = report(tmp_path).read_text("utf-8")
        told.append([line for line in text.splitlines() if line.startswith("## ")])
    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize(("stage", "shown"), [("backtranslate", "mean characters made"), ("score", "mean score")])
def test_other_stages_can_be_tried(made: Made, run: Any, tmp_path: Path, stage: str, shown: str) -> None:
    """With the rules of the stage after it."""
    code, output = run("--stage", stage, "--prompt", changed(tmp_path, stage, end="\nBe brief."), "--rows", "5")
    assert code == 0, output
    assert figure(output, "requests sent now")[0].strip() == "0"
    assert len(figure(output, shown)) == 2
    assert f"5 rows of made {PARTITION}" in output


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{ document }} {{ instruction }} {{ title }}", "unknown variable title; stage rewrite offers {{ document }}"),
        ("{{ document }}", "does not use instruction"),
        ("{{ document }\n{{ instruction }}", "is no valid template"),
        ("{{ document.a.b }}{{ instruction }}", "cannot be rendered"),
    ],
)
def test_a_template_that_cannot_work_is_refused(run: Any, tmp_path: Path, template: str, says: str) -> None:
    """Before anything is asked, with the variables there are."""
    path = tmp_path / "new.jinja"
    path.write_text(template, encoding="utf-8")
    code, output = run("--stage", "rewrite", "--prompt", str(path))
    assert code == 1
    assert says in output and "Traceback" not in output


def test_what_cannot_be_tried_is_named(run: Any, tmp_path: Path) -> None:
    """A stage without a model, and a partition that no run has come to."""
    prompt = changed(tmp_path, "rewrite")
    code, output = run("--stage", "clean", "--prompt", prompt)
    assert code == 1 and "prompts can be tried for backtranslate, score, rewrite" in output
    code, output = run("--stage", "rewrite", "--prompt", prompt, "--partition", "2030-01")
    assert code == 1 and "no rows: no run of partition 2030-01 of made" in output


def test_a_server_that_is_away_is_named(run: Any, tmp_path: Path) -> None:
    """With how to go on; no traceback."""
    prompt = changed(tmp_path, "rewrite", end="\nOnce more.")
    code, output = run("--stage", "rewrite", "--prompt", prompt, "--rows", "1", "--endpoint", "http://127.0.0.1:9")
    assert code == 1
    assert "--endpoint" in output and "Traceback" not in output
