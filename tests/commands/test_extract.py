"""`backforth extract`: files become documents without a server, every reject is told, and nothing is done twice."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import local_corpus
from tasks.commands.corpus_output import DOCUMENTS, REJECTS, SUMMARY, read_summary
from tasks.commands.local_corpus import output_folder
from tasks.core.errors import ConfigError
from tests.commands.corpus_files import COPY, FILE, GONE, SHORT, TREE, warc
from tests.filters.texts import GERMAN, GOOD

SPEC = """
name: mine
source: {uri: /nowhere}
models: {backward: &m {connection: here, name: x, revision: "1"}, judge: *m, rewriter: *m}
filters: {change: {too_short: {min_chars: 5000}}}
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two files: a page to keep, a short one and a missing one; then a copy of the first and another to keep."""
    one = warc(tmp_path / "one.warc.gz", TREE, SHORT, GONE)
    return [str(one), str(warc(tmp_path / "two.warc.gz", COPY, FILE))]


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["extract", "--jobs", "1", *arguments], env={"COLUMNS": "160"})
    return done.exit_code, done.output


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def killed(temporary: str) -> None:
    """What the kernel does to a worker when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def committed(out: Path) -> dict[Path, int]:
    """Every commit mark and when it was written."""
    return {path: path.stat().st_mtime_ns for path in (out / "work" / "objects" / "stages").rglob("manifest.json")}


def test_every_record_ends_as_a_document_or_a_reject(files: list[str], tmp_path: Path) -> None:
    """Documents in the order of the corpus, rejects with stage and reason, and the sum is what was read."""
    code, output = run(*files, "--out", str(tmp_path / "out"))
    assert code == 0, output
    documents, rejects = lines(tmp_path / "out" / DOCUMENTS), lines(tmp_path / "out" / REJECTS)
    assert [one["url"] for one in documents] == [TREE.url, FILE.url]
    assert "more than a quarter of its wood" in documents[0]["text"]
    assert documents[0]["source"] == "one.warc.gz"
    assert documents[0]["language"] == "en"
    assert {(one["stage"], one["reason"], one["url"]) for one in rejects} == {
        ("extract", "http_error_status", GONE.url),
        ("filters", "too_short", SHORT.url),
        ("dedup", "duplicate_text", COPY.url),
    }
    summary = read_summary(tmp_path / "out")
    assert summary.read == 5 == len(documents) + len(rejects)
    assert [line.stage for line in summary.funnel][:2] == ["extract", "filters"]
    assert {(item.reason, item.count, item.example) for item in summary.reasons} == {
        (one["reason"], 1, one["url"]) for one in rejects
    }


def test_it_prints_the_funnel_the_reasons_and_where_it_all_is(files: list[str], tmp_path: Path) -> None:
    """With the address of one page for each reason, and the command that shows more."""
    out = str(tmp_path / "out")
    _, output = run(*files, "--out", out)
    assert "5 records, 2 documents" in output
    reject = next(line for line in output.splitlines() if "too_short" in line)
    assert reject.split() == ["too_short", "filters", "1", "20.0%", SHORT.url]
    assert f"{out}/{DOCUMENTS}" in output
    assert f"backforth inspect {out} --reason" in output


def test_a_second_run_does_no_work_and_gives_the_same_bytes(files: list[str], tmp_path: Path) -> None:
    """No commit is written again."""
    out = tmp_path / "out"
    run(*files, "--out", str(out))
    before, written = committed(out), {name: (out / name).read_bytes() for name in (DOCUMENTS, REJECTS, SUMMARY)}
    assert run(*files, "--out", str(out))[0] == 0
    assert before
    assert committed(out) == before
    assert {name: (out / name).read_bytes() for name in written} == written


def test_neither_processes_nor_shards_change_the_result(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes give the same bytes as one, and small shards the same documents as large ones."""
    assert run(*files, "--out", str(tmp_path / "whole"))[0] == 0
    monkeypatch.setattr(local_corpus, "SHARD_BYTES", 700)
    for jobs in ("1", "2"):
        assert run(*files, "--out", str(tmp_path / jobs), "--jobs", jobs)[0] == 0
    assert len(committed(tmp_path / "2")) > len(committed(tmp_path / "whole"))
    for name in (DOCUMENTS, REJECTS, SUMMARY):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    for name in ("1", "2"):
        assert (tmp_path / name / DOCUMENTS).read_bytes() == (tmp_path / "whole" / DOCUMENTS).read_bytes()
        assert read_summary(tmp_path / name) == read_summary(tmp_path / "whole")
        assert not (tmp_path / name / "work" / "tmp").exists()


def test_ctrl_c_leaves_what_is_whole_and_the_next_run_goes_on(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No output of half a run, no temporary file; what was committed is not made again."""
    out, whole = tmp_path / "out", local_corpus.filtered_shard

    def interrupted(folder: Path, shard: Any, settings: Any) -> Any:
        if "two.warc.gz" in str(shard):
            (folder / "work" / "tmp" / "half").write_bytes(b"x")
            raise KeyboardInterrupt
        return whole(folder, shard, settings)

    monkeypatch.setattr(local_corpus, "SHARD_BYTES", 1_000)
    assert run(files[0], "--out", str(out))[0] == 0
    with monkeypatch.context() as patched:
        patched.setattr(local_corpus, "filtered_shard", interrupted)
        code, output = run(*files, "--out", str(out))
    assert code == 130
    assert "goes on from there" in output
    assert {path.name for path in out.iterdir()} == {"work"}
    assert not (out / "work" / "tmp").exists()
    before = committed(out)
    assert run(*files, "--out", str(out))[0] == 0
    assert before.items() <= committed(out).items()
    assert len(lines(out / DOCUMENTS)) == 2


def test_what_a_killed_run_has_left_is_removed(files: list[str], tmp_path: Path) -> None:
    """Its temporary files at least: nobody else knows of them."""
    out = tmp_path / "out"
    (out / "work" / "tmp").mkdir(parents=True)
    (out / "work" / "tmp" / "backforth-half.parquet").write_bytes(b"PAR1")
    assert run(files[0], "--out", str(out))[0] == 0
    assert not (out / "work" / "tmp").exists()


def test_a_worker_that_is_killed_is_told(files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do, and what was done stays."""
    monkeypatch.setattr(local_corpus, "SHARD_BYTES", 1_000)
    monkeypatch.setattr(local_corpus, "_start_worker", killed)
    code, output = run(*files, "--out", str(tmp_path / "out"), "--jobs", "2")
    assert code == 1
    assert "fewer --jobs" in " ".join(output.split())


def test_a_folder_with_other_things_is_refused(files: list[str], tmp_path: Path) -> None:
    """Before anything in it is touched."""
    out = tmp_path / "home"
    out.mkdir()
    (out / "thesis.txt").write_text("x")
    (out / DOCUMENTS).write_text("mine")
    code, output = run(files[0], "--out", str(out))
    assert code == 1
    assert "thesis.txt" in output
    assert (out / DOCUMENTS).read_text() == "mine"


def test_two_runs_in_one_folder_are_refused(files: list[str], tmp_path: Path) -> None:
    """The second one says so at once."""
    with output_folder(tmp_path / "out"):
        code, output = run(files[0], "--out", str(tmp_path / "out"))
    assert code == 1
    assert "works in it" in output


def test_a_limit_is_of_records(files: list[str], tmp_path: Path) -> None:
    """Over all files together, in their order."""
    assert run(*files, "--limit", "4", "--out", str(tmp_path / "out"))[0] == 0
    assert read_summary(tmp_path / "out").read == 4
    assert [one["url"] for one in lines(tmp_path / "out" / DOCUMENTS)] == [TREE.url]


def test_every_kind_of_file_is_read(tmp_path: Path) -> None:
    """Pages, lines and rows side by side; each says where it is from."""
    row = {"text": GERMAN, "url": "https://garten.example/schnitt", "title": "Der Schnitt"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row | {"text": GOOD}) + "\n" + json.dumps({"no": "text"}) + "\n")
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "b.parquet")
    warc(tmp_path / "c.warc.gz", FILE)
    assert run(str(tmp_path), "--out", str(tmp_path / "out"))[0] == 0
    kinds = {(one["source_kind"], one["url"]) for one in lines(tmp_path / "out" / DOCUMENTS)}
    assert kinds == {("jsonl", row["url"]), ("warc", FILE.url)}
    rejects = {(one["source_kind"], one["reason"]) for one in lines(tmp_path / "out" / REJECTS)}
    assert ("parquet", "wrong_language") in rejects
    assert len(rejects) == 2


def test_a_specification_sets_the_bounds(files: list[str], tmp_path: Path) -> None:
    """A file, or the name of a dataset; a name that is neither is told."""
    spec = tmp_path / "mine.yaml"
    spec.write_text(SPEC)
    assert run(*files, "--spec", str(spec), "--out", str(tmp_path / "out"))[0] == 0
    assert read_summary(tmp_path / "out").kept == 0
    assert run(*files, "--spec", "demo", "--out", str(tmp_path / "demo"))[0] == 0
    code, output = run(*files, "--spec", "nonesuch", "--out", str(tmp_path / "none"))
    assert code == 1
    assert "nonesuch" in output


def test_a_share_of_rejects_does_not_stop_a_trial(files: list[str], tmp_path: Path) -> None:
    """Where it would stop the Dag, it is what the trial is about."""
    spec = tmp_path / "mine.yaml"
    spec.write_text(SPEC.replace("{change", "{max_reject_rate: 0.01, change"))
    assert run(*files, "--spec", str(spec), "--out", str(tmp_path / "out"))[0] == 0


def test_text_from_the_web_does_not_reach_the_terminal_as_it_is(tmp_path: Path) -> None:
    """Neither escape sequences nor markup of the console."""
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Soon", "url": "https://evil.example/[red]\x9b5m\u202e"}))
    _, output = run(str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "out"))
    assert "https://evil.example/[red]5m\n" in output.replace(" \n", "\n")
    assert not set(output) & {"\x1b", "\x9b", "\u202e"}


def test_pages_that_are_not_packed_are_told_how(tmp_path: Path) -> None:
    """A page, a folder of pages, a pattern that matches nothing, an address: each says what next."""
    (tmp_path / "page.html").write_bytes(TREE.body)
    for given, said in (
        (str(tmp_path / "page.html"), "backforth corpus from-html"),
        (str(tmp_path), "backforth corpus from-html"),
        (str(tmp_path / "*.warc.gz"), "no such file"),
        ("s3://crawl/x.warc.gz", "only files of this machine"),
    ):
        code, output = run(given, "--out", str(tmp_path / "out"))
        assert code == 1
        assert said in " ".join(output.split())


def test_files_without_pages_are_told_apart_from_bad_pages(tmp_path: Path) -> None:
    """With what there was in their place."""
    code, output = run(str(warc(tmp_path / "empty.warc.gz")), "--out", str(tmp_path / "out"))
    assert code == 0
    assert "no pages in these files, and 1 warcinfo; see --kind" in output


def test_a_wrong_name_costs_nothing_that_was_made(files: list[str], tmp_path: Path) -> None:
    """What lies in the folder is removed when it is known what comes in its place."""
    out = tmp_path / "out"
    assert run(*files, "--out", str(out))[0] == 0
    assert run("nowhere.warc.gz", "--out", str(out))[0] == 1
    assert (out / DOCUMENTS).exists()


def test_an_output_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """As what it is, not as a traceback."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be written"), output_folder(tmp_path / "file" / "out"):
        pass
