"""`backforth estimate`: a forecast from documents or source files, with no request for a completion."""

import json
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import document_sample
from tasks.commands import estimate as estimate_module
from tasks.commands.document_sample import sample_documents
from tasks.core.refs import ShardRef, SourceShard
from tasks.core.runtime import Runtime
from tasks.core.spec import load_spec
from tasks.extract import run as extract
from tasks.extract.sources import list_sources
from tasks.filters import run as filters
from tasks.lineage.store import PostgresLineage
from tasks.local.sample.build import build
from tasks.storage.manifest import StageCounts, funnel, load_snapshot, store_snapshot
from tasks.storage.objects import FolderObjects, S3Objects, open_source
from tasks.storage.stage import record_snapshot
from tests.lineage.chain import add_chain, add_run, generation_rows
from tests.llm.standin_process import standin
from tests.llm.test_budget import started

pytestmark = pytest.mark.stack
PARTITION = "2026-10"
MODEL = (
    '{connection: here, name: backforth-standin, revision: "1", '
    "price: {input_per_million: 1, output_per_million: 2, tokens_per_gpu_second: 100}}"
)
SPEC = """
name: made
demo: true
source: {{uri: "{uri}", pattern: "{{partition}}/*.warc.gz"}}
models: {{backward: &m {model}, judge: *m, rewriter: *m}}
{more}
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample pages, as a partition on a disk."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / PARTITION).mkdir()
    build(folder / PARTITION)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with standin() as client:
        yield client


class Stage:
    """The command over a corpus, real stores and a stand-in."""

    def __init__(self, folder: Path, corpus: Path, objects: S3Objects, lineage: PostgresLineage) -> None:
        self.folder, self.corpus, self.objects, self.lineage = folder, corpus, objects, lineage

    def spec_file(self, more: str = "", model: str = MODEL) -> Path:
        path = self.folder / "made.yaml"
        path.write_text(SPEC.format(uri=self.corpus.as_uri(), model=model, more=more), encoding="utf-8")
        return path

    def run(self, *arguments: str, more: str = "", model: str = MODEL) -> tuple[int, str]:
        given = ["estimate", str(self.spec_file(more, model)), "--home", str(self.folder / "home")]
        done = CliRunner().invoke(app, [*given, "--partition", PARTITION, *arguments], env={"COLUMNS": "250"})
        return done.exit_code, done.output if done.exit_code else done.stdout

    def told(self, *arguments: str, more: str = "", model: str = MODEL) -> dict[str, Any]:
        code, output = self.run("--json", *arguments, more=more, model=model)
        assert code == 0, output
        return dict(json.loads(output))

    def commit_documents(self) -> int:
        """Take the corpus through extraction and filters, as the Dag does; return how many documents there are."""
        spec = load_spec(self.spec_file())
        rt = started(self.lineage, "web_corpus__made.commit", "one")
        rt = Runtime(objects=self.objects, lineage=self.lineage, run=rt.run, source_store=FolderObjects)
        sources = list_sources(spec.source, PARTITION, lambda root: FolderObjects(self.corpus))
        refs = [source.model_copy(update={"root": str(self.corpus)}) for source in sources]
        pages = [extract.run(SourceShard(pieces=(ref,)), spec.extract, rt) for ref in refs]
        shards = [filters.run(page, spec.filters, rt) for page in pages]
        self.commit("documents", shards, PARTITION, funnel(self.objects, shards), rt)
        return sum(shard.row_count for shard in shards)

    def commit(
        self, kind: str, shards: list[ShardRef], partition_key: str, counts: list[StageCounts], rt: Runtime
    ) -> None:
        ref = store_snapshot(
            self.objects, kind=kind, dataset="made", partition_key=partition_key, shards=shards, funnel=counts
        )
        rt.run.__dict__["partition_key"] = partition_key
        record_snapshot(rt, kind, ref.key, ref.sha256, ref.row_count)


@pytest.fixture
def stage(
    tmp_path: Path,
    corpus: Path,
    s3_objects: S3Objects,
    lineage_store: PostgresLineage,
    server: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    monkeypatch.setattr(estimate_module, "local_runtime_parts", lambda settings: (s3_objects, lineage_store))
    monkeypatch.setenv("AIRFLOW_CONN_HERE", f"http://{server.base_url.host}:{server.base_url.port}")
    yield Stage(tmp_path, corpus, s3_objects, lineage_store)
    ledger = server.get("/ledger").json()
    assert (ledger["received"], ledger["answered"]) == (0, 0), "a completion was asked for"


def by_step(told: dict[str, Any]) -> dict[str, Any]:
    return {line["step"]: line for line in told["stages"]}


def test_source_files_are_sampled_and_nothing_is_written(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every record in the sample the number of documents is exact: that of the real stages."""
    monkeypatch.setattr(document_sample, "MAX_FILES", 100)
    told = stage.told("--sample", "10000")
    assert list(stage.objects.list("")) == []
    count = stage.commit_documents()
    assert told["documents"]["count"] == {"low": count, "mid": count, "high": count}
    assert "source files" in told["documents"]["from"]
    assert told["earlier_partitions"] == []
    assert {line["tokens_by"] for line in told["stages"]} == {"the server's /tokenize"}


def test_a_part_of_the_records_gives_a_range_that_holds_the_truth(stage: Stage) -> None:
    """The same sample each time."""
    told = stage.told("--sample", "40")
    assert told == stage.told("--sample", "40")
    span = told["documents"]["count"]
    assert span["low"] < span["mid"] < span["high"]
    assert span["low"] <= stage.commit_documents() <= span["high"]


def test_committed_documents_come_first(stage: Stage) -> None:
    """Their number is known; only their lengths are sampled."""
    count = stage.commit_documents()
    told = stage.told("--sample", "10")
    assert told["documents"]["from"] == f"10 of the {count} committed documents"
    assert told["documents"]["count"] == {"low": count, "mid": count, "high": count}
    line = by_step(told)["backtranslate"]
    assert line["requests"]["mid"] == count
    assert line["prompt_tokens"]["low"] < line["prompt_tokens"]["mid"] < line["prompt_tokens"]["high"]


def test_the_sums_follow_from_the_documents(stage: Stage, server: httpx.Client) -> None:
    """Prompt tokens are those that the server counts in the rendered prompts; the rest is arithmetic."""
    from tasks.llm.prompts import load_prompt

    count = stage.commit_documents()
    told = stage.told("--sample", "10000")
    found = by_step(told)
    sample = sample_documents(
        load_spec(stage.spec_file()),
        PARTITION,
        10_000,
        objects=stage.objects,
        lineage=stage.lineage,
        open_source=partial(open_source, objects=stage.objects),
        advance=lambda: None,
    )
    prompt = load_prompt("backtranslate", 1)
    rendered = [
        server.post("/tokenize", json={"prompt": prompt.render(document=text)}).json()["count"] for text in sample.texts
    ]
    line = found["backtranslate"]
    assert line["prompt_tokens"]["mid"] == pytest.approx(sum(rendered), rel=0.01)
    assert line["prompt_tokens"]["low"] == line["prompt_tokens"]["high"]  # the sample is all there is
    assert line["output_tokens"]["mid"] == pytest.approx(count * 69)
    assert line["gpu_hours"]["mid"] == pytest.approx(count * 69 / 100 / 3600)
    cost = (line["prompt_tokens"]["mid"] + 2 * line["output_tokens"]["mid"]) / 1e6
    assert line["cost"]["mid"] == pytest.approx(cost)
    assert found["score"]["requests"]["mid"] == pytest.approx(count)
    assert found["rewrite"]["requests"]["mid"] == pytest.approx(count * 0.136)
    assert found["rewrite"]["answers_from"] == found["rewrite"]["rows_from"] == "the paper"
    sums = [line["output_tokens"]["mid"] for line in told["stages"]]
    assert told["total"]["output_tokens"]["mid"] == pytest.approx(sum(sums))


def test_earlier_partitions_tell_rates_and_lengths(stage: Stage) -> None:
    """What they kept spans the range; the partition itself, if it was made before, does not count."""
    stage.commit_documents()
    rt = started(stage.lineage, "instruction_pairs__made.commit", "one")
    rt.objects = stage.objects
    for partition, kept in [("2026-08", 20), ("2026-09", 40), (PARTITION, 100)]:
        counts = [StageCounts(stage="curate", read=100, kept=kept, reasons={})]
        stage.commit("pairs", [], partition, counts, rt)
    told = stage.told()
    assert set(told["earlier_partitions"]) == {"2026-08", "2026-09"}
    rewrite = by_step(told)["rewrite"]
    scored = by_step(told)["score"]["rows"]["mid"] * 0.88
    assert [rewrite["rows"][name] / scored for name in ("low", "mid", "high")] == pytest.approx([0.2, 0.3, 0.4])
    assert rewrite["rows_from"] == "earlier partitions"


def test_answers_of_the_dataset_are_longer_or_shorter_than_the_papers(stage: Stage) -> None:
    """Their mean length is taken from the stored answers of other partitions."""
    stage.commit_documents()
    chain = add_chain(stage.lineage, 0)  # dataset `test`: answers of 5 tokens
    spec = stage.spec_file().read_text("utf-8").replace("name: made", "name: test")
    path = stage.folder / "test.yaml"
    path.write_text(spec, encoding="utf-8")
    done = CliRunner().invoke(
        app, ["estimate", str(path), "--partition", PARTITION, "--json", "--home", str(stage.folder / "home")]
    )
    assert done.exit_code == 0, done.output
    line = by_step(json.loads(done.stdout))["rewrite"]
    assert line["output_tokens"]["mid"] == pytest.approx(line["requests"]["mid"] * 5)
    assert line["answers_from"] == "earlier partitions" and chain.generations


def test_long_documents_are_not_asked_about(stage: Stage) -> None:
    """A model with a short context gets no requests for what does not fit."""
    count = stage.commit_documents()
    model = MODEL.replace("revision:", "context_tokens: 1300, revision:")
    told = stage.told(model=model)
    line = by_step(told)["backtranslate"]
    assert 0 < line["requests"]["mid"] < count


def test_variants_have_their_own_lines(stage: Stage) -> None:
    """Judges in rounds are asked about all pairs, votes multiply requests, a variant without a judge has none."""
    stage.commit_documents()
    assert list(by_step(stage.told(more="variant: rewrite"))) == ["backtranslate", "rewrite"]
    voting = by_step(stage.told(more="score: {votes: 3}"))
    assert voting["score"]["requests"]["mid"] == pytest.approx(3 * voting["score"]["rows"]["mid"])


def test_votes_that_were_there_already_count_all_the_same(stage: Stage) -> None:
    """Another dataset asked for the first vote and this one for the others: the next partition asks for all three."""
    stage.commit_documents()
    run_id = add_run(stage.lineage, dataset="made", partition_key="2026-09")
    for number in range(4):
        prompt, model, (_, (first,)), _ = generation_rows("score", number, run_id)
        votes = [{**first, "generation_id": str(uuid.uuid4()), "attempt": vote} for vote in (1, 2)]
        stage.lineage.insert_all([prompt, model, ("generation", votes)])
    line = by_step(stage.told(more="score: {votes: 3}"))["score"]
    assert line["answers_from"] == "earlier partitions"
    assert line["requests"]["mid"] == pytest.approx(3 * line["rows"]["mid"])


def test_a_terminal_of_80_columns_is_wide_enough(stage: Stage) -> None:
    """For every stage and figure on one line, whatever the model is called."""
    stage.commit_documents()
    given = ["--partition", PARTITION, "--sample", "40", "--home", str(stage.folder / "home")]
    done = CliRunner().invoke(app, ["estimate", str(stage.spec_file()), *given], env={"COLUMNS": "80"})
    assert any(line.startswith("backtranslate ") for line in done.stdout.splitlines()), done.stdout
    assert "backforth-standin@1" in done.stdout


def test_without_a_server_the_tokens_are_guessed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says so."""
    stage.commit_documents()
    monkeypatch.setenv("AIRFLOW_CONN_HERE", "http://127.0.0.1:9")
    code, output = stage.run("--sample", "3")
    assert code == 0
    assert "tokens by 4 characters a token" in output
    assert "documents: 3 of the" in output and "earlier partitions looked at: none" in output
    assert "cost USD" in output


def test_a_bound_below_the_forecast_is_told(stage: Stage) -> None:
    """Before the run stops at it."""
    stage.commit_documents()
    told = stage.told(more="budget: {max_tokens: 1000, max_cost: 100000}")
    assert told["bounds_passed"] == ["budget.max_tokens 1000"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--partition", "2026-1"], "takes the form"),
        (["--partition", "2026-12"], "nothing is committed, and no files lie below"),
    ],
)
def test_what_is_missing_is_named(stage: Stage, arguments: list[str], says: str) -> None:
    """With status 1 and no traceback."""
    code, output = stage.run(*arguments)
    assert code == 1
    assert says in output and "Traceback" not in output


def test_stores_that_do_not_run_are_named(tmp_path: Path) -> None:
    """With the command that starts them."""
    path = tmp_path / "made.yaml"
    path.write_text(SPEC.format(uri="file:///none", model=MODEL, more=""), encoding="utf-8")
    given = ["estimate", str(path), "--partition", PARTITION, "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(app, given, env={"COLUMNS": "250"})
    assert done.exit_code == 1
    assert "backforth up --only postgres --only s3" in done.output and "Traceback" not in done.output


def test_snapshots_are_read_as_they_were_committed(stage: Stage) -> None:
    """The fixture's commit is one that the real reader takes."""
    stage.commit_documents()
    (row,) = stage.lineage.fetch("snapshot_of_partition", dataset="made", kind="documents", partition_key=PARTITION)
    assert load_snapshot(stage.objects, row["manifest_uri"])[0].kind == "documents"
