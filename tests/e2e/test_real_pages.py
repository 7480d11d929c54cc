"""Pages that nobody here wrote: a Debian documentation package, packed with our own command, through the same Dags."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tasks.local.dataset import published
from tasks.storage.manifest import load_snapshot
from tests.e2e.conftest import Demo

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]
DOCUMENTATION = Path("/usr/share/doc/python3-doc/html")
PAGES = 300
PARTITION = "2026-02"


@pytest.fixture(scope="module")
def warc(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WARC of a few hundred pages, made by `corpus from-html`."""
    assert DOCUMENTATION.is_dir(), f"{DOCUMENTATION} is missing: apt-get install python3-doc"
    folder = tmp_path_factory.mktemp("pages")
    source = DOCUMENTATION.resolve()
    chosen = sorted(path for path in source.rglob("*.html") if path.stat().st_size < 400_000)[:PAGES]
    for path in chosen:
        target = folder / "html" / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    out = folder / "python3-doc.warc.gz"
    done = demo.backforth("corpus", "from-html", str(folder / "html"), "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(chosen)} pages" in done.stdout
    return out


def test_real_pages_become_a_release(demo: Demo, warc: Path) -> None:
    """They end in a release that verifies; every page is published or has a reason; the texts are grounded."""
    done = demo.backforth("run", "--warc", str(warc), "--partition", PARTITION, timeout=800)
    assert done.returncode == 0, done.stdout + done.stderr
    release = published(demo.lineage, demo.objects, "my_pages", PARTITION)
    assert release and release.row_count >= 30

    row = demo.lineage.fetch("snapshot_of_partition", dataset="my_pages", kind="pairs", partition_key=PARTITION)[0]
    snapshot, _ = load_snapshot(demo.objects, row["manifest_uri"])
    rejects = sum(sum(line.reasons.values()) for line in snapshot.funnel)
    assert snapshot.funnel[0].read == PAGES == release.row_count + rejects

    verified = demo.backforth("verify", "--dataset", "my_pages", "--release", release.version)
    assert verified.returncode == 0, verified.stdout
    for line in snapshot.funnel:
        print(line.stage, line.read, line.kept, line.reasons, line.facts)
    if report := os.environ.get("BACKFORTH_REPORT"):
        Path(report).write_text(
            json.dumps({"funnel": [line.model_dump() for line in snapshot.funnel], "rows": release.rows})
        )
