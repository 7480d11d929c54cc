"""From WARC to a published release through the real scheduler, and what must hold of it."""

import json
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import psycopg2
import pytest
import yaml

from tasks.audit.rederive import Release
from tasks.local.dataset import published, spec_of
from tasks.storage.manifest import chain, load_snapshot
from tasks.storage.objects import open_source
from tasks.storage.shards import read_rows
from tests.e2e.conftest import PARTITION, Demo

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
PAGES = Path(__file__).parents[2] / "tasks" / "local" / "sample" / "pages.yaml"


def ledger(demo: Demo) -> dict[str, object]:
    """What the stand-in has answered so far."""
    return dict(httpx.get(f"{demo.settings.standin_url}/ledger", trust_env=False).json())


def release_files(demo: Demo) -> dict[str, bytes]:
    """Every object below releases/."""
    return {key: demo.objects.get(key) for key in demo.objects.list("releases/")}


def outcomes(demo: Demo) -> dict[str, str]:
    """Return the end of every page of the demo by its URL: the last stage and reason, or `published`."""
    row = demo.lineage.fetch("snapshot_of_partition", dataset="demo", kind="pairs", partition_key=PARTITION)[0]
    snapshot, _ = load_snapshot(demo.objects, row["manifest_uri"])
    found: dict[str, str] = {}
    for shard in snapshot.shards:
        for manifest in chain(demo.objects, shard):
            for rejected in read_rows(demo.objects, manifest.rejected.key):
                found[rejected["target_uri"] or f"unreadable at {rejected['locator']}"] = rejected["reason"]
        for kept in read_rows(demo.objects, next(chain(demo.objects, shard)).kept.key):
            found[kept["target_uri"]] = "published"
    return found


def test_demo_tells_what_it_made(demo: Demo) -> None:
    """The command ends with the rows, the files, the address of the UI and the next commands."""
    release = published(demo.lineage, demo.objects, "demo", PARTITION)
    assert release and release.row_count >= 10
    for said in (
        f"published demo {release.version}: {release.row_count} rows",
        f"s3://backforth/releases/demo/{release.version}/",
        demo.settings.airflow_url,
        "backforth trace ",
        "stand-in",
    ):
        assert said in demo.output, said


def test_every_page_meets_its_stated_fate(demo: Demo) -> None:
    """Each sample page ends as its entry says: published, or dropped for that very reason."""
    found = outcomes(demo)
    wrong = {}
    for page in yaml.safe_load(PAGES.read_text(encoding="utf-8")):
        wanted = page["fate"] if page["fate"] != "kept" else page.get("model_fate")
        if wanted and found.get(page["url"]) != wanted:
            wrong[page["file"]] = (wanted, found.get(page["url"]))
    assert wrong == {}


def test_documents_in_are_published_or_rejected(demo: Demo) -> None:
    """For every stage, rows in = rows kept + rejects by reason, and each stage reads what the one before kept."""
    row = demo.lineage.fetch("snapshot_of_partition", dataset="demo", kind="pairs", partition_key=PARTITION)[0]
    snapshot, _ = load_snapshot(demo.objects, row["manifest_uri"])
    names = [line.stage for line in snapshot.funnel]
    assert names == ["extract", "filters", "dedup", "backtranslate", "clean", "score", "curate", "rewrite", "verify"]
    for before, line in zip([None, *snapshot.funnel], snapshot.funnel, strict=False):
        assert line.read == line.kept + sum(line.reasons.values()), line.stage
        if before:
            assert line.read == before.kept, line.stage
    rejects = Counter[str]()
    for shard in snapshot.shards:
        for manifest in chain(demo.objects, shard):
            rejects.update(row["reason"] for row in read_rows(demo.objects, manifest.rejected.key))
            assert manifest.kept.row_count == sum(
                1 for _ in read_rows(demo.objects, manifest.kept.key, ["document_id"])
            )
    assert rejects == sum((Counter(line.reasons) for line in snapshot.funnel), Counter())
    assert snapshot.funnel[0].read == snapshot.row_count + sum(rejects.values())


def test_card_manifest_and_shards_agree(demo: Demo) -> None:
    """The numbers people read are the numbers of the data."""
    release = published(demo.lineage, demo.objects, "demo", PARTITION)
    assert release
    manifest = json.loads(demo.objects.get(f"{release.folder}/manifest.json"))
    card = demo.objects.get(f"{release.folder}/README.md").decode()
    assert manifest["row_count"] == release.row_count == len({row["id"] for row in release.rows})
    for line in manifest["funnel"]:
        for reason, count in line["reasons"].items():
            assert any(reason in text and str(count) in text for text in card.splitlines()), reason
    assert "stand-in" in card
    lines = b"".join(
        demo.objects.get(f"{release.folder}/{f['path']}") for f in manifest["files"] if "jsonl" in f["path"]
    )
    assert [json.loads(line)["id"] for line in lines.splitlines()] == [row["id"] for row in release.rows]


def test_every_row_traces_to_its_record(demo: Demo) -> None:
    """`trace` gives the whole chain of every published row."""
    release = published(demo.lineage, demo.objects, "demo", PARTITION)
    assert release
    from tasks.lineage.trace import to_json, trace

    for row in release.rows:
        text = json.dumps(to_json(trace(demo.lineage, row["id"])), default=str)
        for fact in (
            row["source_url"],
            "offset",
            "record_sha256",
            "backtranslate@1",
            "score@1",
            "rewrite@1",
            "seed",
            "top_p",
        ):
            assert fact in text, (row["id"], fact)
    shown = demo.backforth("trace", release.rows[0]["id"])
    assert shown.returncode == 0 and release.rows[0]["source_url"] in shown.stdout


def test_release_verifies(demo: Demo) -> None:
    """`verify --release latest` derives every row again."""
    done = demo.backforth("verify", "--release", "latest")
    assert done.returncode == 0, done.stdout
    assert "every link holds" in done.stdout


def test_a_changed_byte_of_the_corpus_is_found(demo: Demo) -> None:
    """One flipped byte in a WARC file breaks the rows of its record, and the message names row and link."""
    source = demo.objects.below(demo.objects.bucket, "sources/demo")
    victim = Release(
        spec=spec_of("demo"),
        version="2026.1.0",
        objects=demo.objects,
        lineage=demo.lineage,
        open_source=lambda root: open_source(root, demo.objects),
    ).rows()[0]
    before = source.get(victim["source_uri"])
    place = victim["locator"]["offset"] + victim["locator"]["length"] // 2
    source.put(victim["source_uri"], before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
    try:
        done = demo.backforth("verify")
    finally:
        source.put(victim["source_uri"], before)
    assert done.returncode == 1
    assert f"broken {victim['pair_id']}: source record" in done.stdout


def test_a_changed_answer_is_found(demo: Demo) -> None:
    """A stored output that was edited behind the store's back breaks its row."""
    row = demo.lineage.fetch("examples_to_verify", dataset="demo", version="2026.1.0", pair_id=None)[0]
    with (
        psycopg2.connect(demo.settings.database_url("postgres", "lineage")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SET session_replication_role = replica")
        edit = "UPDATE lineage.generation_output SET output_text = output_text || %s WHERE generation_id = %s"
        cursor.execute(edit, (" ", str(row["response_id"])))
    try:
        done = demo.backforth("verify")
    finally:
        with (
            psycopg2.connect(demo.settings.database_url("postgres", "lineage")) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SET session_replication_role = replica")
            undo = "UPDATE lineage.generation_output SET output_text = left(output_text, -1) WHERE generation_id = %s"
            cursor.execute(undo, (str(row["response_id"]),))
    assert done.returncode == 1
    assert f"broken {row['pair_id']}: response" in done.stdout
    assert "stored output was changed" in done.stdout


def test_a_changed_prompt_file_is_found(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prompt file that was edited after its use breaks every row that used it."""
    from dataclasses import replace

    from tasks.audit import asked

    real = asked.load_prompt
    edited = lambda stage, version: replace(real(stage, version), template=real(stage, version).template + " ")  # noqa: E731
    monkeypatch.setattr(asked, "load_prompt", edited)
    release = Release(
        spec=spec_of("demo"),
        version="2026.1.0",
        objects=demo.objects,
        lineage=demo.lineage,
        open_source=lambda root: open_source(root, demo.objects),
    )
    found = list(release.verify(release.rows()))
    assert found and all(item and item.link == "instruction" and "backtranslate@1" in item.message for item in found)


def test_second_demo_changes_nothing(demo: Demo) -> None:
    """Run again, it asks the model nothing, publishes nothing and leaves every file as it is."""
    before, files = ledger(demo), release_files(demo)
    done = demo.backforth("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ledger(demo) == before
    assert release_files(demo) == files


def test_two_runs_for_one_key_end_in_one_release(demo: Demo) -> None:
    """Two corpus runs for the same partition at once make no second version and no second request."""
    before, files = ledger(demo), release_files(demo)
    threads = [
        threading.Thread(target=demo.airflow.trigger, args=("web_corpus__demo", PARTITION)),
        threading.Thread(target=demo.airflow.trigger, args=("web_corpus__demo", PARTITION)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for_quiet(demo)
    assert ledger(demo) == before
    assert release_files(demo) == files


def wait_for_quiet(demo: Demo, seconds: float = 240) -> None:
    """Wait until no run of the demo is under way, for long enough that no consumer is about to start."""
    families = ("web_corpus", "instruction_pairs", "dataset_release")
    deadline, quiet = time.monotonic() + seconds, 0
    while quiet < 6:
        assert time.monotonic() < deadline, "the runs did not end"
        runs = [run for family in families for run in demo.airflow.dag_runs(f"{family}__demo", PARTITION)]
        assert not [run for run in runs if run["state"] == "failed"], runs
        quiet = quiet + 1 if all(run["state"] == "success" for run in runs) else 0
        time.sleep(1)


def test_downloaded_release_loads(demo: Demo, tmp_path: Path) -> None:
    """What `download` writes is what `datasets.load_dataset` reads, as it is."""
    done = demo.backforth("download", "--dataset", "demo", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    import datasets

    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))["train"]
    release = published(demo.lineage, demo.objects, "demo", PARTITION)
    assert release and loaded.num_rows == release.row_count
    assert [message["role"] for message in loaded[0]["messages"]] == ["user", "assistant"]


def test_pages_need_a_login_and_escape(demo: Demo) -> None:
    """The pages in the UI refuse strangers, show the rows, and let no markup through."""
    url = demo.settings.airflow_url
    assert httpx.get(f"{url}/backforth/", trust_env=False).status_code == 401
    login = httpx.post(
        f"{url}/auth/token",
        json={"username": "admin", "password": demo.settings.secrets["ui_password"]},
        trust_env=False,
    )
    headers = {"authorization": f"Bearer {login.json()['access_token']}"}
    page = httpx.get(f"{url}/backforth/", headers=headers, trust_env=False)
    assert page.status_code == 200 and "2026.1.0" in page.text
    rows = httpx.get(f"{url}/backforth/rows/demo/2026.1.0", headers=headers, trust_env=False)
    assert rows.status_code == 200 and "<script" not in rows.text
    row_id = published(demo.lineage, demo.objects, "demo", PARTITION).rows[0]["id"]
    trace = httpx.get(f"{url}/backforth/trace", params={"row_id": row_id}, headers=headers, trust_env=False)
    assert trace.status_code == 200 and "record_sha256" in trace.text
    unknown = httpx.get(f"{url}/backforth/trace", params={"row_id": "ffffffff"}, headers=headers, trust_env=False)
    assert unknown.status_code == 404


def test_nightly_audit_is_clean(demo: Demo) -> None:
    """The audits return no rows, and the sample derives."""
    run = demo.airflow.trigger("lineage_audit")
    deadline = time.monotonic() + 120
    while (state := demo.airflow.dag_run("lineage_audit", run["dag_run_id"])["state"]) in {"queued", "running"}:
        assert time.monotonic() < deadline
        time.sleep(1)
    assert state == "success"


def test_secrets_stay_out_of_logs_and_lineage(demo: Demo) -> None:
    """No password of the stack stands in a log file or in what lineage keeps."""
    words = [value for name, value in demo.settings.secrets.items() if name != "s3_access_key"]
    for path in [*demo.settings.log_folder.glob("*.log"), *demo.settings.airflow_home.rglob("*.log")]:
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in words if word in text], path
    for key in demo.objects.list("runs/"):
        text = demo.objects.get(key).decode()
        assert not [word for word in words if word in text], key
